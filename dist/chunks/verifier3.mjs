import { n as openPgpVerifier, t as PgpVerifier } from "./verifier4.mjs";

export { openPgpVerifier };