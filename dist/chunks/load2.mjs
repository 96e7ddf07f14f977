import { n as loadPolicyBytes, r as parsePolicy, t as loadPolicy } from "./load.mjs";

export { loadPolicy, loadPolicyBytes };