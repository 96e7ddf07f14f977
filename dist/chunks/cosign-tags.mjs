import { a as keepLegacy, i as keepAttestations, n as dropWithdrawn, o as signLegacy, r as hasLegacy, s as unlessRefused, t as attestationOf } from "./cosign-tags2.mjs";

export { dropWithdrawn, unlessRefused };