import { a as certificatesOf, c as withIntermediatesOf, i as NATIVE_MEDIA_TYPE, n as COSIGN_ANNOTATION, o as openRegistryImage, r as GROUP_ANNOTATION, s as readRegistryLayers, t as CHAIN_ANNOTATION } from "./registry-image.mjs";

export { openRegistryImage };