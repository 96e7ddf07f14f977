import { n as examineWithAttached, r as verifyRegistryImage, t as examineRegistryImage } from "./examine2.mjs";

export { examineRegistryImage };