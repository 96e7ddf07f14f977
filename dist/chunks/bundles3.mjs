import { a as bundleToAttach, i as assertStatementReadable, n as assertAttachable, o as bundlesOfLane, r as assertBundleReadable, t as assembleParts } from "./bundles4.mjs";

export { bundleToAttach };