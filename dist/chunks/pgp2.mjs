import { _ as secretPacket, a as demandOf, c as generatePgpKey, d as isMadeBy, f as isMessageHash, g as readSignaturePackets, h as readKeyFile, i as SIGNATURE, l as hashNameOf, m as messageOf, n as KEY_FLAG, o as directSignatures, p as mergeKeys, r as REVOCATION, s as fingerprintOf, t as HASH, u as hintOf, v as signDetached } from "./pgp.mjs";

export { generatePgpKey, hintOf };