import { n as loadPolicyBytes, t as loadPolicy } from "./load.mjs";

export { loadPolicy, loadPolicyBytes };