import { n as openPgpVerifier, t as PgpVerifier } from "./verifier2.mjs";

export { openPgpVerifier };