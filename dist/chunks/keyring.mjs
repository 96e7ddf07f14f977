import { t as readKeyring } from "./keyring2.mjs";

export { readKeyring };