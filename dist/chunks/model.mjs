// src/policy/document/model.ts
/**
* Longest lists of a policy: stages, credentials of a principal, files of a kind, groups, evidence. People are not counted, but
* whom all teams, stages and requirements name together, teams in them resolved: else every stage could have everybody.
*/
const POLICY_LIMITS = {
	stages: 64,
	credentials: 64,
	files: 1024,
	distinct: 64,
	requires: 64,
	groups: 64,
	deny: 1e4,
	named: 125e4
};

export { POLICY_LIMITS as t };