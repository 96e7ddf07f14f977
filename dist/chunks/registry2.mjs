import { i as referenceFrom, n as extraCertificates, r as openFrom, t as CONNECTION_INPUTS } from "./registry.mjs";

export { extraCertificates };