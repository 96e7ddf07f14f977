import { n as policyOrFolder, t as command } from "./simulate2.mjs";

export { command };