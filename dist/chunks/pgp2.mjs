import { a as directSignatures, c as hintOf, d as mergeKeys, f as messageOf, h as unsupportedKey, i as SIGNATURE, l as isMadeBy, m as readSourcedKeyring, n as KEY_FLAG, o as fingerprintOf, p as readSignaturePackets, r as REVOCATION, s as hashNameOf, t as HASH, u as isMessageHash } from "./pgp.mjs";

export { hintOf };