import { n as loadPolicyBytes, r as profilesIn, t as loadPolicy } from "./load.mjs";

export { loadPolicy, loadPolicyBytes };