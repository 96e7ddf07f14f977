import { n as identityKey, r as stagesBefore, t as draftApproval } from "./draft2.mjs";

export { stagesBefore };