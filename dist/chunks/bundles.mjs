import { a as readBundle, i as memoryBlob, n as bundleManifest, o as readSmallBlob, r as isBundleReferrer, t as attachBundle } from "./bundles2.mjs";

export { attachBundle };