import { a as trustError, i as sourceOf, n as isArmored, o as trustIn, r as partError, t as TrustFiles } from "./trust2.mjs";

export { trustIn };