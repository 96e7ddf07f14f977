import { n as simulateContainers, t as registryReference } from "./simulate-containers2.mjs";

export { simulateContainers };