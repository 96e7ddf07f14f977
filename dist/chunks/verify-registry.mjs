import { t as verifyRegistryImage } from "./verify-registry2.mjs";

export { verifyRegistryImage };