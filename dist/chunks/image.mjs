import { n as manifestsBelow, r as openRegistryImage, t as isAttestation } from "./image2.mjs";

export { openRegistryImage };