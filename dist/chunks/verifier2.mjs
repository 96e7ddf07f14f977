import { n as openPgpVerifier, t as PgpVerifier } from "./verifier3.mjs";

export { openPgpVerifier };