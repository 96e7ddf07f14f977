import { n as readKeyring, t as exportKeys } from "./keyring2.mjs";

export { exportKeys, readKeyring };