import { n as identityOf, t as SigstoreVerifier } from "./verifier6.mjs";

export { SigstoreVerifier };