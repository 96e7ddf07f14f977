import { i as repairPem, n as nativeKeySigner, r as readPrivateKey, t as createKeySigner } from "./private-key.mjs";

export { createKeySigner };