import { n as readKeyring, r as readSourcedKeyring, t as exportKeys } from "./keyring2.mjs";

export { exportKeys, readKeyring };