import { n as exportSlurm, t as SCRIPTS } from "./export4.mjs";

export { exportSlurm };