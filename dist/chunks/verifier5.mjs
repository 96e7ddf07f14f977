import { n as identityOf, t as SigstoreVerifier } from "./verifier4.mjs";

export { SigstoreVerifier };