import { t as storeRegistryEvidence } from "./registry3.mjs";

export { storeRegistryEvidence };