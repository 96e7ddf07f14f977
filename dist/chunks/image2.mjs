import { a as registrySource, i as openRemoteSif, n as isFolder, r as openRegistryImage, t as blobHasher } from "./image.mjs";

export { openRegistryImage, registrySource };