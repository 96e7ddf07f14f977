import { n as readRing, r as timeOf, t as mayUse } from "./ring3.mjs";

export { readRing };