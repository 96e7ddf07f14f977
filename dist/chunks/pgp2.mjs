import { a as messageOf, c as secretPacket, i as generatePgpKey, l as signDetached, n as checkPackets, o as readAnyKeys, r as fingerprintOf, s as readKeyring, t as FULL_CONFIG } from "./pgp.mjs";

export { generatePgpKey, readKeyring };