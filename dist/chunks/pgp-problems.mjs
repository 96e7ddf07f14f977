import { a as tellingProblem, i as selectFingerprint, n as packetProblem, o as unsupportedAlgorithm, r as secretKeyError, t as keyProblem } from "./pgp-problems2.mjs";

export { unsupportedAlgorithm };