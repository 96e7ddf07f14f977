import { n as readInstance, t as proofsOf } from "./library.mjs";

export { proofsOf, readInstance };