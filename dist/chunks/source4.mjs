import { n as registrySource, t as blobHasher } from "./source3.mjs";

export { registrySource };