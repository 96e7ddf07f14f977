import { n as readRing, r as timeOf, t as mayUse } from "./ring2.mjs";

export { readRing };