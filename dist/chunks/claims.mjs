// src/findings/claims.ts
/** Claims of a CI job, in the order of their extensions; the last five are the older form of some of the others. */
const CLAIM_NAMES = [
	"buildSignerUri",
	"buildSignerDigest",
	"runnerEnvironment",
	"sourceRepositoryUri",
	"sourceRepositoryDigest",
	"sourceRepositoryRef",
	"sourceRepositoryIdentifier",
	"sourceRepositoryOwnerUri",
	"sourceRepositoryOwnerIdentifier",
	"buildConfigUri",
	"buildConfigDigest",
	"buildTrigger",
	"runInvocationUri",
	"sourceRepositoryVisibilityAtSigning",
	"deploymentEnvironment",
	"tokenSubject",
	"workflowTrigger",
	"workflowSha",
	"workflowName",
	"workflowRepository",
	"workflowRef"
];

export { CLAIM_NAMES as t };