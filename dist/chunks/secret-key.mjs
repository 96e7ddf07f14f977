import { n as readSecretKey, t as describePgpKeys } from "./secret-key2.mjs";

export { describePgpKeys };