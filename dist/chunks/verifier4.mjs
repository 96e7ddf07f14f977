import { n as identityOf, t as SigstoreVerifier } from "./verifier3.mjs";

export { SigstoreVerifier };