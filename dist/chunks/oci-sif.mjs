import { n as readOciSif, r as withOciSif, t as OCI_SIF_REASONS } from "./oci-sif2.mjs";

export { withOciSif };