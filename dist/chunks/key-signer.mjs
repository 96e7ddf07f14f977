import { n as nativeKeySigner, t as createKeySigner } from "./key-signer2.mjs";

export { createKeySigner };