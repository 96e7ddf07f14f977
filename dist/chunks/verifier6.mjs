import { n as identityOf, t as SigstoreVerifier } from "./verifier5.mjs";

export { SigstoreVerifier };