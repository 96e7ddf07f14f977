import { n as readSecretKey, t as describePgpKeys } from "./pgp-secret2.mjs";

export { describePgpKeys };