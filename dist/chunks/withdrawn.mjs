import { n as dropWithdrawn, r as withdrawnIn, t as approvalNamed } from "./withdrawn2.mjs";

export { dropWithdrawn };