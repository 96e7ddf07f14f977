import { a as trustIn, i as trustError, n as isArmored, r as partError, t as TrustFiles } from "./trust2.mjs";

export { trustIn };