import { n as newApproval, r as stagesBefore, t as identityKey } from "./approval2.mjs";

export { stagesBefore };