import { a as keyPacketOf, c as signaturePacketOf, i as fingerprintsIn, l as withKey, n as attributedTo, o as publicKeyIn, r as exportKeys, s as readKeyring, t as armoredKeys } from "./ring2.mjs";

export { armoredKeys, exportKeys, fingerprintsIn, publicKeyIn, readKeyring, withKey };