import { n as createVerifier, t as REVOCATION_MODES } from "./verifier2.mjs";

export { createVerifier };