import { a as repairPem, i as readPrivateKey, n as nativeKeySigner, r as openSigningKey, t as createKeySigner } from "./private-key.mjs";

export { createKeySigner };