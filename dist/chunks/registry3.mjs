import { n as storeRegistryEvidence, t as orRefused } from "./registry4.mjs";

export { orRefused, storeRegistryEvidence };