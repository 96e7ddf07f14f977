import { n as examineWithAttached, r as verifyRegistryImage, t as examineRegistryImage } from "./examine.mjs";

export { examineRegistryImage };