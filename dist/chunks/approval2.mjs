import { n as newApproval, r as stagesBefore, t as identityKey } from "./approval3.mjs";

export { stagesBefore };