import { _ as signDetached, a as demandOf, c as generatePgpKey, d as isMessageHash, f as mergeKeys, g as secretPacket, h as readSignaturePackets, i as SIGNATURE, l as hintOf, m as readKeyFile, n as KEY_FLAG, o as directSignatures, p as messageOf, r as REVOCATION, s as fingerprintOf, t as HASH, u as isMadeBy } from "./pgp.mjs";

export { generatePgpKey, hintOf };