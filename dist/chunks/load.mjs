import { d as sha256, f as sha256Hex, g as utf8, l as parseDigest, m as toBase64, r as decodeUtf8 } from "./bytes.mjs";
import { o as SystemError, r as DataError, t as CountersignError } from "./errors.mjs";
import { t as LIMITS } from "./limits.mjs";
import { n as isArmored, t as TrustFiles } from "./trust.mjs";
import { a as findFile, l as readFileBounded, t as assertOfOneTime } from "./files.mjs";
import { n as PolicyError } from "./errors9.mjs";
import { C as wrongType, S as whole, _ as mapped, a as list, b as textOf, c as record, d as assertSureText, f as choice, g as located, h as line, i as assertDistinct, l as WHETHER, m as formed, n as assertLookedInto, o as many, p as either, s as object, t as DENY_FIELD, u as YES, v as matching, x as valueOf, y as problemAt } from "./deny-field.mjs";
import { t as CLAIM_NAMES } from "./claims.mjs";
import { t as POLICY_LIMITS } from "./model.mjs";
import { a as counted, d as quote, o as didYouMean, s as isDay } from "./text.mjs";
import { E as REPOSITORY_CLAIMS, T as CLAIM_KINDS, h as matchPrincipals } from "./versions.mjs";
import { i as fillStages, o as quorumsOf, t as areDistinct } from "./threshold.mjs";
import { r as parseYaml } from "./yaml.mjs";
import { i as VERDICT_VERIFIER_ID } from "./record.mjs";
import { _ as subjectNamed, c as encodeStatement, g as subjectDigests, i as digestMap, n as IN_TOTO_PAYLOAD_TYPE, p as parseStatement, r as asDigest, t as EVIDENCE_KINDS } from "./statement.mjs";
import { t as SEVERITIES } from "./severity.mjs";
import { a as isNameOnly, l as parseDockerReference } from "./reference.mjs";
import { t as IDENTITY_MATCHES } from "./signed-identity.mjs";
import { i as encodePae, o as parseBundle } from "./bundle2.mjs";
import { t as createVerifier } from "./lazy-verifier.mjs";
import { i as asObject, o as asText, t as asArray } from "./members.mjs";
import { dirname, isAbsolute, relative, resolve, sep } from "node:path";

// src/crypto/verifier.ts
/** What becomes of a certificate about which no CRL speaks: `require` fails, `warn` remarks. */
const REVOCATION_MODES = ["require", "warn"];

// src/policy/document/trust-field.ts
/** A path, relative to the policy file. */
const PATH = line({ limit: 4096 });
/** One path or a list. */
const PATHS = many(PATH, { max: POLICY_LIMITS.files });
const ROOT = object({
	root: {
		about: "The trusted_root.json of the instance.",
		field: PATH
	},
	log: {
		about: "Entries of a transparency log that a signature must have. Default: 1.",
		field: whole(0, 8),
		absent: void 0
	},
	timestamps: {
		about: "Times by a log or a timestamp authority that it must have. Default: 1.",
		field: whole(1, 8),
		absent: void 0
	},
	sct: {
		about: "Proofs of a certificate log that its certificate must have; 0 for a CA without such a log. Default: 1.",
		field: whole(0, 8),
		absent: void 0
	}
});
/** A Sigstore instance: the path of its trusted root, with or without thresholds. */
const INSTANCE = either(mapped(PATH, (root) => ({
	root,
	log: void 0,
	timestamps: void 0,
	sct: void 0
})), ROOT);
/** The keys in `trust`. */
const TRUST_MEMBERS = {
	keyrings: {
		about: "OpenPGP public keys, armored or binary; must hold the keys of all pgp principals.",
		field: PATHS,
		absent: []
	},
	intermediates: {
		about: "X.509 certificates that may complete a chain up to an anchor.",
		field: PATHS,
		absent: []
	},
	certificates: {
		about: "X.509 leaf certificates whose keys may have made native DSSE signatures, which name no certificate.",
		field: PATHS,
		absent: []
	},
	crls: {
		about: "X.509 certificate revocation lists, DER or PEM. Default: nothing is looked up.",
		field: PATHS,
		absent: []
	},
	revocation: {
		about: "What becomes of a certificate about which no CRL in force speaks: require fails, warn remarks. Default with crls: require.",
		field: choice(REVOCATION_MODES),
		absent: void 0
	},
	timestamps: {
		about: "X.509 certificates of the CAs of timestamp authorities whose clocks are believed.",
		field: PATHS,
		absent: []
	},
	sigstore: {
		about: "Trusted roots of the Sigstore instances whose keyless signatures may count: path, or path and what must be proven.",
		field: many(INSTANCE, { max: POLICY_LIMITS.files }),
		absent: []
	}
};
/** The key `trust`. */
const TRUST = object(TRUST_MEMBERS);

// src/policy/document/people.ts
const DAY_MS = 864e5;
const TIME_FORM = /^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}:\d{2}Z)?$/;
const TIME = line({
	pattern: TIME_FORM,
	check: (text) => TIME_FORM.test(text) && isDay(text.slice(0, 10)) && !Number.isNaN(Date.parse(text)) ? void 0 : {
		problem: "is no day and no time in UTC",
		hint: "write \"2027-01-31\" or \"2027-01-31T12:00:00Z\", in quotes"
	}
});
/** Members of whoever counts for a time alone. */
const WINDOW = {
	from: {
		about: "What was approved before this day or time does not count.",
		field: TIME,
		absent: void 0
	},
	until: {
		about: "The last day that counts, or the time from which on nothing counts.",
		field: TIME,
		absent: void 0
	}
};
/** The time that all of these have in common; undefined when none is limited. @throws PolicyError POLICY_CONTRADICTION */
function windowOf(...written) {
	const starts = written.flatMap(({ from }) => from ? [{
		place: from,
		time: Date.parse(from.value)
	}] : []);
	const ends = written.flatMap(({ until }) => until ? [{
		place: until,
		time: endOf(until.value)
	}] : []);
	const [start] = starts.toSorted((a, b) => b.time - a.time);
	const [end] = ends.toSorted((a, b) => a.time - b.time);
	if (!start && !end) return {};
	if (start && end && start.time >= end.time) throw problemAt(end.place, "POLICY_CONTRADICTION", `nothing is both from ${start.place.value} on and until ${end.place.value}`, "correct one of the two; a principal and a credential count in the time that both have in common");
	return { window: {
		...start ? { from: start.time } : {},
		...end ? { until: end.time } : {}
	} };
}
function endOf(text) {
	return Date.parse(text) + (text.length === 10 ? DAY_MS : 0);
}
const FINGERPRINT = line({
	pattern: /^(?:[0-9A-Fa-f] *){39}[0-9A-Fa-f]$/,
	check(text) {
		const digits = fingerprintOf(text);
		if (/^[0-9A-F]{40}$/.test(digits)) return void 0;
		return {
			problem: "is not 40 hex digits",
			hint: fingerprintHint(digits.replace(/^0X/, ""))
		};
	}
});
/** The hex digits of a fingerprint, upper case, without spaces. */
function fingerprintOf(text) {
	return text.replace(/ /g, "").toUpperCase();
}
function fingerprintHint(hex) {
	if (/^(?:[0-9A-F]{8}|[0-9A-F]{16})$/.test(hex)) return "a key ID can be forged; write the whole fingerprint, as gpg --fingerprint shows it";
	if (/^[0-9A-F]{64}$/.test(hex)) return "version 6 keys are not supported; use a version 4 key";
	if (/^[0-9A-F]{40}$/.test(hex)) return "leave out 0x";
	return "write the 40 hex digits of the primary key, as gpg --fingerprint shows them";
}
/** The path of a key file, or the key itself as PEM. */
const KEY = {
	schema: { anyOf: [PATH.schema, {
		type: "string",
		pattern: "^\\s*-----BEGIN "
	}] },
	read(node, what) {
		const value = textOf(node, what);
		return isArmored(value) ? {
			value,
			location: node.location
		} : PATH.read(node, what);
	}
};
const PGP = either(FINGERPRINT, mapped(object({
	fingerprint: {
		about: "Fingerprint of the OpenPGP primary key.",
		field: FINGERPRINT
	},
	...WINDOW
}), ({ fingerprint, ...window }) => ({
	...fingerprint,
	...window
})));
const BARE_KEY = either(KEY, mapped(object({
	file: {
		about: "Public key: path of an SPKI file, or PEM text.",
		field: KEY
	},
	...WINDOW
}), ({ file, ...window }) => ({
	...file,
	...window
})));
const LIST$1 = { max: POLICY_LIMITS.credentials };
const X509 = object({
	anchors: {
		about: "CA certificates; a valid chain must lead to one of them.",
		field: PATHS
	},
	san: {
		about: "Subject alternative name with its type, exact or with * inside one part. One of a list must match.",
		field: many(matching("san"), LIST$1),
		absent: []
	},
	subject: {
		about: "Subject in RFC 4514 form, exact or with * inside one attribute value.",
		field: many(matching("subject"), LIST$1),
		absent: []
	},
	issuer: {
		about: "Issuer in RFC 4514 form, exact or with * inside one attribute value.",
		field: many(matching("issuer"), LIST$1),
		absent: []
	},
	any: {
		about: "Any certificate with a name that leads to an anchor; instead of san and subject.",
		field: YES,
		absent: void 0
	},
	...WINDOW
}, [
	"san",
	"subject",
	"any"
]);
/** Certificates, their names either described or all accepted. */
const CERTIFICATES = mapped(X509, (written, what) => {
	if (written.any && (written.san.length > 0 || written.subject.length > 0)) throw problemAt(written.any, "POLICY_CONTRADICTION", `${what} accepts any name and describes names`, "remove any to accept the described names alone, or san and subject to accept all");
	return written;
});
/** The keys of a principal that say by which keys and certificates they are recognised. */
const CREDENTIALS = {
	pgp: {
		about: "Fingerprint of the OpenPGP primary key: 40 hex digits, spaces allowed. One or a list.",
		field: many(PGP, {
			...LIST$1,
			unique: ({ value }) => fingerprintOf(value)
		}),
		absent: []
	},
	key: {
		about: "Public key: path of an SPKI file, or PEM text. One or a list.",
		field: many(BARE_KEY, LIST$1),
		absent: []
	},
	x509: {
		about: "Certificates of a CA that have a certain name. One or a list.",
		field: many(CERTIFICATES, LIST$1),
		absent: []
	}
};
/** What a principal may be called. */
const PRINCIPAL_NAME = {
	pattern: /^[A-Za-z0-9][A-Za-z0-9._@+-]{0,63}$/,
	refusal: {
		problem: "is no name for a principal",
		hint: "use up to 64 letters, digits and . _ @ + -, beginning with a letter or digit"
	}
};
/** Principals and teams by their names. */
var Directory = class {
	#principals;
	#teams;
	#resolved = /* @__PURE__ */ new Map();
	/** People named by now. */
	#named = 0;
	/** @throws PolicyError POLICY_DUPLICATE, POLICY_UNKNOWN_NAME, POLICY_CYCLE */
	constructor(principals, teams) {
		this.#principals = new Set(principals.map(({ name }) => name));
		this.#teams = new Map(teams.map((team) => [team.name, team]));
		const both = teams.find(({ name }) => this.#principals.has(name));
		if (both) throw problemAt(both, "POLICY_DUPLICATE", `${quote(both.name)} is a principal and a team`, "rename one of the two");
		for (const team of teams) this.#members(team, []);
	}
	/** The teams, resolved. */
	get teams() {
		return [...this.#resolved].map(([name, members]) => ({
			name,
			members
		}));
	}
	/**
	* Names of the principals whom these names stand for, each once.
	* @throws PolicyError POLICY_UNKNOWN_NAME; POLICY_INVALID_VALUE where too many were named by then
	*/
	principals(names, what) {
		const unique = [...new Set(names.flatMap((name) => this.#resolve(name, what, [])))];
		this.#count(unique, names[0]);
		return unique;
	}
	/** @throws PolicyError POLICY_INVALID_VALUE */
	#count({ length }, place) {
		this.#named += length;
		if (!place || this.#named <= POLICY_LIMITS.named) return;
		const most = POLICY_LIMITS.named.toLocaleString("en");
		throw problemAt(place, "POLICY_INVALID_VALUE", `teams, stages and requirements name more than ${most} people together, those in teams counted each time`, "name fewer people here, or write a policy for each group of images");
	}
	#resolve(name, what, within) {
		if (this.#principals.has(name.value)) return [name.value];
		const team = this.#teams.get(name.value);
		if (!team) throw problemAt(name, "POLICY_UNKNOWN_NAME", `${what} has ${quote(name.value)}, which is not defined`, didYouMean(name.value, [...this.#principals, ...this.#teams.keys()]));
		if (within.includes(name.value)) {
			const circle = [...within.slice(within.indexOf(name.value)), name.value].join(" in ");
			throw problemAt(name, "POLICY_CYCLE", `the team ${name.value} is in itself: ${circle}`, "take one out of the other");
		}
		return this.#members(team, within);
	}
	#members({ name, members }, within) {
		const known = this.#resolved.get(name);
		if (known) return known;
		const found = members.flatMap((member) => this.#resolve(member, `teams.${name}`, [...within, name]));
		const unique = [...new Set(found)];
		this.#count(unique, members[0]);
		this.#resolved.set(name, unique);
		return unique;
	}
};

// src/policy/keyless/field.ts
const LIST = { max: POLICY_LIMITS.credentials };
const GITHUB = "https://github.com";
const GITHUB_ISSUER = "https://token.actions.githubusercontent.com";
const GITLAB = "https://gitlab.com";
const URL_LINE = formed(/^https?:\/\/[^\s?#]*[^\s?#/]$/, {
	problem: "is no URL without a slash at its end",
	hint: "write it as the certificate names it, for instance https://token.actions.githubusercontent.com"
});
const REPOSITORY$1 = many(formed(/^[A-Za-z0-9_.-]+(?:\/[A-Za-z0-9_.-]+)*\/[A-Za-z0-9_.*-]+$/, {
	problem: "names no repository",
	hint: "write owner/name; a star may stand in the name, not in the owner"
}), LIST);
const WORKFLOW = many(formed(/^(?:[A-Za-z0-9_.*-]+\/[A-Za-z0-9_.*-]+\/)?\.(?:github|forgejo|gitea)\/workflows\/[^@/\s]+(?:@(?:refs\/\S+|[^@/\s]+))?$/, {
	problem: "is no workflow file",
	hint: "write .github/workflows/release.yml, for one of another repository owner/name/.github/workflows/release.yml, each with @refs/tags/v1 behind it where the ref matters"
}), LIST);
const CONFIG = many(formed(/^[^@\s/*][^@\s*]*(?:@refs\/(?!.*@refs\/)\S+)?$/, {
	problem: "is no file of a project",
	hint: "write .gitlab-ci.yml"
}), LIST);
const ID$2 = many(formed(/^[1-9][0-9]{0,19}$/, {
	problem: "is no number",
	hint: "write the number in quotes, as the API gives it"
}), LIST);
const NAMES$1 = many(matching("name"), LIST);
/** A claim that is compared as it is: the key, what it says, and which claim it is. */
const SHARED = {
	ref: {
		about: "Branch or tag of the run, such as refs/tags/v*.",
		field: many(matching("ref"), LIST),
		absent: void 0
	},
	environment: {
		about: "Deployment environment of the job, whose reviewers released it.",
		field: NAMES$1,
		absent: void 0
	},
	runner: {
		about: "Kind of runner: github-hosted, gitlab-hosted, self-hosted.",
		field: NAMES$1,
		absent: void 0
	},
	event: {
		about: "What started the run: push, release, workflow_dispatch …",
		field: NAMES$1,
		absent: void 0
	}
};
const GITHUB_JOB = object({
	repository: {
		about: "Repository of the run as owner/name. Required.",
		field: REPOSITORY$1
	},
	workflow: {
		about: "Workflow file that holds the job: of this repository, or a reusable one of another.",
		field: WORKFLOW,
		absent: void 0
	},
	caller: {
		about: "Workflow file that the run began with.",
		field: WORKFLOW,
		absent: void 0
	},
	...SHARED,
	repositoryId: {
		about: "Number of the repository: names can be taken over.",
		field: ID$2,
		absent: void 0
	},
	ownerId: {
		about: "Number of the owner.",
		field: ID$2,
		absent: void 0
	},
	issuer: {
		about: `Issuer of the tokens. Default: ${GITHUB_ISSUER}.`,
		field: URL_LINE,
		absent: void 0
	},
	server: {
		about: `Address of the platform. Default: ${GITHUB}.`,
		field: URL_LINE,
		absent: void 0
	},
	...WINDOW
});
const GITLAB_JOB = object({
	project: {
		about: "Project of the pipeline as group/name. Required.",
		field: REPOSITORY$1
	},
	config: {
		about: "Pipeline file of this project, such as .gitlab-ci.yml.",
		field: CONFIG,
		absent: void 0
	},
	...SHARED,
	projectId: {
		about: "Number of the project: names can be taken over.",
		field: ID$2,
		absent: void 0
	},
	namespaceId: {
		about: "Number of the group.",
		field: ID$2,
		absent: void 0
	},
	issuer: {
		about: "Issuer of the tokens. Default: the address of the platform.",
		field: URL_LINE,
		absent: void 0
	},
	server: {
		about: `Address of the platform. Default: ${GITLAB}.`,
		field: URL_LINE,
		absent: void 0
	},
	...WINDOW
});
const SIGNER = object({
	issuer: {
		about: "OpenID issuer, exact.",
		field: URL_LINE
	},
	san: {
		about: "Name in the certificate with its type, exact or with * inside one part. One of a list must match.",
		field: many(matching("san"), LIST)
	},
	claims: {
		about: "Other claims of the certificate, exact or with * inside one part.",
		field: object(Object.fromEntries(CLAIM_NAMES.map((name) => {
			return [name, {
				about: "Claim of the certificate; one of a list must match.",
				field: many(matching(CLAIM_KINDS[name]), LIST),
				absent: void 0
			}];
		}))),
		absent: void 0
	},
	...WINDOW
});
/** The keyless keys of a principal. */
const KEYLESS = {
	sigstore: {
		about: "Keyless signers by OpenID issuer and name. One or a list.",
		field: many(located(SIGNER), LIST),
		absent: []
	},
	github: {
		about: "Keyless jobs of GitHub Actions, or of a platform with tokens like theirs. One or a list.",
		field: many(GITHUB_JOB, LIST),
		absent: []
	},
	gitlab: {
		about: "Keyless jobs of GitLab. One or a list.",
		field: many(GITLAB_JOB, LIST),
		absent: []
	}
};
/** Whose reviews are whose. */
const REVIEWING = { "github-user": {
	about: "User of the platform, by number or name, who is this person when they release a job. One or a list.",
	field: many(formed(/^(?:[1-9][0-9]{0,19}|[A-Za-z][A-Za-z0-9-]{0,99})$/, {
		problem: "is no user",
		hint: "write the number in quotes, or the name"
	}), LIST),
	absent: []
} };
/** The credentials that the keyless keys describe. @throws PolicyError POLICY_MISSING_KEY */
function keylessCredentials({ sigstore, github, gitlab, ...own }) {
	return [
		...sigstore.map((signer) => ({
			...signerCredential(signer),
			...windowOf(own, signer.value)
		})),
		...github.map((job) => ({
			...githubCredential(job),
			...windowOf(own, job)
		})),
		...gitlab.map((job) => ({
			...gitlabCredential(job),
			...windowOf(own, job)
		}))
	];
}
/** Names that jobs have on the platforms that Sigstore's CA knows. */
const JOB = /^uri:.*(?:\/\.(?:github|forgejo|gitea)\/|\/\/.*\/\/|@)/;
function signerCredential({ value, location }) {
	const issuer = value.issuer.value;
	const san = value.san.map(valueOf);
	const claims = claimsOf(Object.entries(value.claims ?? {}));
	if (([GITHUB_ISSUER, GITLAB].includes(issuer) || san.some((name) => JOB.test(name))) && !REPOSITORY_CLAIMS.some((claim) => claims[claim])) throw problemAt({ location }, "POLICY_MISSING_KEY", "a job of a pipeline is named without its repository: any repository can call the workflow of another one", "write github: or gitlab: with the repository, or add claims: with sourceRepositoryUri");
	return {
		method: "sigstore",
		issuer,
		san,
		claims
	};
}
function githubCredential(job) {
	const server = job.server?.value ?? GITHUB;
	const repositories = job.repository.map(({ value }) => `${server}/${value}`);
	const files = (list) => list?.flatMap(({ value }) => value.startsWith(".") ? repositories.map((repository) => `${repository}/${value}`) : [`${server}/${value}`]);
	const workflow = files(job.workflow);
	const caller = files(job.caller);
	const claims = {
		...jobClaims(job, {
			sourceRepositoryIdentifier: job.repositoryId,
			sourceRepositoryOwnerIdentifier: job.ownerId
		}),
		sourceRepositoryUri: repositories,
		...workflow ? { buildSignerUri: workflow } : {},
		...caller ? { buildConfigUri: caller } : {}
	};
	return {
		method: "sigstore",
		issuer: job.issuer?.value ?? GITHUB_ISSUER,
		san: [],
		claims
	};
}
function gitlabCredential(job) {
	const server = job.server?.value ?? GITLAB;
	const projects = job.project.map(({ value }) => `${server}/${value}`);
	const config = job.config?.flatMap(({ value }) => projects.map((project) => `${project}//${value}`));
	const claims = {
		...jobClaims(job, {
			sourceRepositoryIdentifier: job.projectId,
			sourceRepositoryOwnerIdentifier: job.namespaceId
		}),
		sourceRepositoryUri: projects,
		...config ? { buildSignerUri: config } : {}
	};
	return {
		method: "sigstore",
		issuer: job.issuer?.value ?? server,
		san: [],
		claims
	};
}
function jobClaims({ ref, environment, runner, event }, ids) {
	return claimsOf(Object.entries({
		sourceRepositoryRef: ref,
		deploymentEnvironment: environment,
		runnerEnvironment: runner,
		buildTrigger: event,
		...ids
	}));
}
function claimsOf(written) {
	const given = new Map(written);
	return Object.fromEntries(CLAIM_NAMES.flatMap((name) => {
		const list = given.get(name);
		return list ? [[name, list.map(valueOf)]] : [];
	}));
}

// src/policy/rules/never.ts
/** Ways of approving among which it is searched exactly; stages with more of them are not decided. */
const MAX_SEARCHED = 1e3;
/** Stages that are not filled; those of which it was not found out are `undecided`. A way uses up three things at most. */
function neverFilled({ stages, distinct }, ways) {
	const needs = stages.map((stage) => {
		return needOf(stage, stages.filter((other) => other === stage || areDistinct(stage.name, other.name, distinct)).reduce((sum, { threshold }) => sum + threshold, 0), ways);
	}).filter(({ seats }) => seats.length > 0);
	if (canDivide(needs, distinct)) return [];
	if (needs.reduce((sum, { candidates }) => sum + candidates.length, 0) <= MAX_SEARCHED) return fillStages(needs, distinct).filter(({ met }) => !met);
	return needs.map(({ stage }) => ({
		stage,
		met: false,
		undecided: true,
		principals: [],
		conflicts: []
	}));
}
/**
* What has to be found for a stage, where all stages that are tied to it need so many people. A quorum is left out that has
* enough of them whomever the others take: thousands of people cost no more than a few.
*/
function needOf(stage, people, ways) {
	const seats = [];
	const candidates = [];
	for (const { approvers, needed } of quorumsOf(stage)) {
		const found = waysWithin(approvers, {
			enough: needed + 3 * (people - needed),
			ways
		});
		if (!found) continue;
		for (const one of found) candidates.push({
			...one,
			seat: seats.length
		});
		seats.push(needed);
	}
	return {
		stage: stage.name,
		seats,
		candidates
	};
}
/** All ways in which these can approve; undefined where enough of them use up different things. */
function waysWithin(approvers, { enough, ways }) {
	const used = /* @__PURE__ */ new Set();
	const all = [];
	let different = 0;
	for (const principal of approvers) {
		const mine = ways(principal);
		if (mine === "any") return void 0;
		for (const uses of mine) {
			all.push({
				principal,
				uses
			});
			if (uses.some((use) => used.has(use))) continue;
			for (const use of uses) used.add(use);
			different += 1;
			if (different === enough) return void 0;
		}
	}
	return all;
}
/** Whether whoever comes first, to the stages with the fewest candidates first, fills all: mostly that is enough. */
function canDivide(needs, distinct) {
	const used = new Map(needs.map(({ stage }) => [stage, /* @__PURE__ */ new Set()]));
	return needs.toSorted((one, other) => one.candidates.length - other.candidates.length).every(({ stage, seats, candidates }) => {
		const others = [...used].flatMap(([other, uses]) => areDistinct(stage, other, distinct) ? [uses] : []);
		const mine = used.get(stage) ?? /* @__PURE__ */ new Set();
		const open = [...seats];
		for (const { seat, uses } of candidates) {
			const needed = open[seat] ?? 0;
			if (needed === 0 || uses.some((use) => mine.has(use) || others.some((taken) => taken.has(use)))) continue;
			for (const use of uses) mine.add(use);
			open[seat] = needed - 1;
		}
		return open.every((needed) => needed === 0);
	});
}

// src/policy/document/requirement-field.ts
const { requires } = POLICY_LIMITS;
const PATTERNS = { max: POLICY_LIMITS.credentials };
const RATED = SEVERITIES.filter((severity) => severity !== "unknown");
/** A length of time in days or hours. */
const DURATION = formed(/^[1-9][0-9]{0,3}[dh]$/, {
	problem: "is no length of time",
	hint: "write days or hours: 30d or 12h"
});
const DIGEST = formed(/^sha256:[0-9a-f]{64}$/, {
	problem: "is no digest",
	hint: "write sha256: and 64 lower-case hex digits"
});
const ID$1 = formed(/^[^\s*?]+$/, {
	problem: "is not one exact name",
	hint: "write one id, as in CVE-2026-1001"
});
const PURL = formed(/^pkg:[A-Za-z0-9.+-]+\/[^\s/]+(?:\/[^\s/]+)*$/, {
	problem: "is no package URL",
	hint: "write it as the report has it, as in pkg:npm/jsonkit@2.0.0"
});
const DAY = line({
	pattern: /^\d{4}-\d{2}-\d{2}$/,
	check: (text) => isDay(text) ? void 0 : {
		problem: "is no day",
		hint: "write a day, as in \"2027-01-31\""
	}
});
const EXCEPTION = mapped(object({
	id: {
		about: "The vulnerability, by its exact name.",
		field: ID$1
	},
	package: {
		about: "Only in the package of this name.",
		field: line(),
		absent: void 0
	},
	purl: {
		about: "Only in this package; without a version in all of them.",
		field: PURL,
		absent: void 0
	},
	reason: {
		about: "Why it is acceptable.",
		field: line()
	},
	expires: {
		about: "The last day on which it is, in UTC.",
		field: DAY
	},
	grantedBy: {
		about: "Who decided it.",
		field: line(),
		absent: void 0
	}
}), ({ id, package: name, purl, reason, expires, grantedBy }, _, { location }) => ({
	id: id.value,
	package: name?.value ?? null,
	version: null,
	purl: purl?.value ?? null,
	location: null,
	reason: reason.value,
	expires: expires.value,
	...grantedBy ? { grantedBy: grantedBy.value } : {},
	at: location
}));
const VALUE = {
	schema: { anyOf: [
		{ type: "string" },
		{ type: "number" },
		{ type: "boolean" }
	] },
	read(node, what) {
		if (node.kind !== "scalar" || node.value === null || typeof node.value === "number" && !Number.isFinite(node.value)) throw wrongType(node, what, "a text, a number, true or false");
		if (typeof node.value === "string") assertSureText(node, node.source);
		return node.value;
	}
};
const NUMBER = {
	schema: { type: "number" },
	read(node, what) {
		const value = VALUE.read(node, what);
		if (typeof value !== "number") throw wrongType(node, what, "a number");
		return value;
	}
};
const VALUES = many(VALUE, { max: 100 });
const RULES$1 = object({
	oneOf: {
		about: "It is one of these.",
		field: VALUES,
		absent: void 0
	},
	not: {
		about: "It is there, and none of these.",
		field: VALUES,
		absent: void 0
	},
	atLeast: {
		about: "It is this number or more.",
		field: NUMBER,
		absent: void 0
	},
	atMost: {
		about: "It is this number or less.",
		field: NUMBER,
		absent: void 0
	}
}, [
	"oneOf",
	"not",
	"atLeast",
	"atMost"
]);
/** A value alone stands for "equal to it". */
const COMPARISON = either(mapped(VALUES, (oneOf) => ({ oneOf })), mapped(RULES$1, ({ oneOf, not, atLeast, atMost }, what, place) => {
	if ((atLeast ?? Number.NEGATIVE_INFINITY) > (atMost ?? Number.POSITIVE_INFINITY) || oneOf?.every((value) => not?.includes(value))) throw problemAt(place, "POLICY_CONTRADICTION", `${what} fits no value`, "change or remove one of the rules");
	return {
		...oneOf ? { oneOf } : {},
		...not ? { not } : {},
		...atLeast === void 0 ? {} : { atLeast },
		...atMost === void 0 ? {} : { atMost }
	};
}));
/** Members by path. */
const FIELDS = {
	schema: {
		type: "object",
		minProperties: 1,
		additionalProperties: COMPARISON.schema
	},
	read(node, what) {
		if (node.kind !== "map" || node.entries.size === 0) throw wrongType(node, what, "a map (path: value)");
		return [...node.entries].map(([path, { value }]) => ({
			path,
			comparison: COMPARISON.read(value, `${what}.${path}`)
		}));
	}
};
/** Evidence that a stage rests on, as written. */
const REQUIREMENT = object({
	evidence: {
		about: "provenance, sbom, findings, or the URI of a predicate type.",
		field: formed(/^(?:provenance|sbom|findings|[A-Za-z][A-Za-z0-9+.-]*:\S+)$/, {
			problem: "is no kind of evidence",
			hint: `write ${EVIDENCE_KINDS.join(", ")}, or the URI of a predicate type`
		})
	},
	signedBy: {
		about: "Principals who may have signed it. One or a list.",
		field: many(line(), { unique: valueOf })
	},
	count: {
		about: "How many different statements; of findings, by how many different scanners. Default: 1.",
		field: whole(1, requires),
		absent: void 0
	},
	maxAge: {
		about: "How old it may be, in days or hours: 30d, 12h.",
		field: DURATION,
		absent: void 0
	},
	inside: {
		about: "It must lie in the SIF file itself, whatever its size. Default: false.",
		field: WHETHER,
		absent: false
	},
	failOn: {
		about: "Of findings: this severity and worse fail the stage. none: findings are only to be there.",
		field: choice([...RATED, "none"]),
		absent: void 0
	},
	unknownSeverity: {
		about: "Of findings: what a finding that nobody rated is taken for. Default: critical.",
		field: choice(RATED),
		absent: void 0
	},
	scanner: {
		about: "Of findings: names or addresses of scanners that count. Default: any.",
		field: many(line(), {
			max: requires,
			unique: valueOf
		}),
		absent: void 0
	},
	databaseMaxAge: {
		about: "Of findings: how old the database of the scanner may be.",
		field: DURATION,
		absent: void 0
	},
	exceptions: {
		about: "Of findings: those that are accepted.",
		field: list(EXCEPTION, { max: 1e3 }),
		absent: void 0
	},
	vexBy: {
		about: "Of findings: principals whose signed VEX documents (OpenVEX, CycloneDX) make findings acceptable.",
		field: many(line(), { unique: valueOf }),
		absent: void 0
	},
	minComponents: {
		about: "Of an SBOM: how many components it names with their versions at least. Default: 1.",
		field: whole(1, 1e6),
		absent: void 0
	},
	builder: {
		about: "Of provenance: pattern of the builder id.",
		field: many(matching("uri"), PATTERNS),
		absent: void 0
	},
	source: {
		about: "Of provenance: pattern of the source repository.",
		field: many(matching("uri"), PATTERNS),
		absent: void 0
	},
	ref: {
		about: "Of provenance: pattern of the ref, as in refs/tags/v*.",
		field: many(matching("ref"), PATTERNS),
		absent: void 0
	},
	base: {
		about: "Of provenance: digests of base images; every base must be one of them.",
		field: many(DIGEST, {
			max: requires,
			unique: valueOf
		}),
		absent: void 0
	},
	fields: {
		about: "Of other predicates: members by path, names with dots between or a JSON Pointer, and their values: one value, or a map of oneOf, not, atLeast, atMost.",
		field: FIELDS,
		absent: void 0
	}
});
/** Which keys go with which kind; the others go with all. */
const KEYS = {
	findings: [
		"failOn",
		"unknownSeverity",
		"scanner",
		"databaseMaxAge",
		"exceptions",
		"vexBy"
	],
	sbom: ["minComponents"],
	provenance: [
		"builder",
		"source",
		"ref",
		"base"
	],
	fields: ["fields"]
};
/** One entry of `requires`. */
const REQUIREMENT_FIELD = mapped(REQUIREMENT, (written, what, { location }) => {
	const evidence = written.evidence.value;
	const of = EVIDENCE_KINDS.find((kind) => kind === evidence) ?? "fields";
	const place = { location };
	const stray = Object.values(KEYS).flat().find((key) => written[key] !== void 0 && !KEYS[of].includes(key));
	if (stray) throw problemAt(place, "POLICY_INVALID_VALUE", `${what}: ${stray} says nothing of ${quote(evidence)}`, `remove ${stray}`);
	if (of === "findings" && !written.failOn) throw problemAt(place, "POLICY_MISSING_KEY", `${what} has no failOn`, "add failOn: high, or another severity");
	if (of === "fields" && written.maxAge) throw problemAt(written.maxAge, "POLICY_INVALID_VALUE", `${what}: nobody knows where ${quote(evidence)} says its time`, `remove maxAge, which goes with ${EVIDENCE_KINDS.join(", ")}`);
	if (written.count && written.scanner && written.count.value > written.scanner.length) throw problemAt(written.count, "POLICY_UNSATISFIABLE", `${what} wants findings by ${written.count.value} scanners and names ${written.scanner.length}`, "lower count, or name more scanners");
	const requirement = {
		evidence,
		signedBy: written.signedBy.map(valueOf),
		count: written.count?.value ?? 1,
		...written.maxAge ? { maxAge: milliseconds(written.maxAge.value) } : {},
		...written.inside ? { inside: true } : {},
		condition: conditionOf(of, written)
	};
	return {
		...place,
		requirement,
		people: [...written.signedBy, ...written.vexBy ?? []]
	};
});
function conditionOf(of, written) {
	switch (of) {
		case "findings": return {
			of,
			failOn: written.failOn?.value ?? "negligible",
			unknownAs: written.unknownSeverity?.value ?? "critical",
			scanner: written.scanner?.map(valueOf) ?? [],
			...written.databaseMaxAge ? { databaseMaxAge: milliseconds(written.databaseMaxAge.value) } : {},
			exceptions: written.exceptions ?? [],
			...written.vexBy ? { vexBy: written.vexBy.map(valueOf) } : {}
		};
		case "sbom": return {
			of,
			minComponents: written.minComponents?.value ?? 1
		};
		case "provenance": {
			const { builder = [], source = [], ref = [], base } = written;
			return {
				of,
				builder: builder.map(valueOf),
				source: source.map(valueOf),
				ref: ref.map(valueOf),
				...base ? { base: base.map(({ value }) => parseDigest(value)) } : {}
			};
		}
		case "fields": return {
			of,
			fields: written.fields ?? []
		};
		default: return of;
	}
}
/** A length of time as DURATION writes it. */
function milliseconds(text) {
	const hours = text.endsWith("d") ? 24 : 1;
	return Number(text.slice(0, -1)) * hours * 36e5;
}

// src/policy/break-glass/read.ts
/** Longest time for which the glass of a stage can be broken. */
const MAX_BREAK_GLASS = 2592e6;
/**
* Whoever breaks the glass is not who reviews it, so that somebody else must be able to.
* @throws PolicyError POLICY_CONTRADICTION, POLICY_INVALID_VALUE, POLICY_UNKNOWN_NAME
*/
function readBreakGlass(stage, breakGlass, { names, people, many }) {
	const maxDuration = milliseconds(breakGlass.maxDuration.value);
	if (maxDuration > MAX_BREAK_GLASS) throw problemAt(breakGlass.maxDuration, "POLICY_INVALID_VALUE", `the glass of stage ${stage} could be broken for ${breakGlass.maxDuration.value}`, "write 30d or less: what is skipped for longer is no exception");
	const by = people.principals(breakGlass.by, `stages.${stage}.breakGlass.by`);
	const alone = by.find((one) => !many.has(one) && names.every((other) => other === one));
	const [place] = breakGlass.by;
	if (alone !== void 0 && place) throw problemAt(place, "POLICY_CONTRADICTION", `${alone} may break the glass of stage ${stage}, and nobody else can approve it: a review is by another person`, "add an approver, or take the name out of breakGlass");
	return {
		by,
		maxDuration
	};
}

// src/policy/document/signed-identity-field.ts
const REFERENCE = line({ check: (text) => isNamed(text, false) ? void 0 : {
	problem: "is no reference",
	hint: "write registry.example.org/team/app:1.0"
} });
const REPOSITORY = line({ check: (text) => isNamed(text, true) ? void 0 : {
	problem: "is no repository",
	hint: "write registry.example.org/team/app"
} });
/** A prefix ends at a slash: what follows it must still be a name. */
const PREFIX = line({ check: (text) => parseDockerReference(`${text}/x`)?.name === `${text}/x` ? void 0 : {
	problem: "is no host or repository",
	hint: "write registry.example.org or registry.example.org/team"
} });
const REMAP = object({
	prefix: {
		about: "What the place of the image begins with.",
		field: PREFIX
	},
	signedPrefix: {
		about: "What stands there in the signature.",
		field: PREFIX
	}
});
const RULE = object({
	exactReference: {
		about: "This tag or digest.",
		field: REFERENCE,
		absent: void 0
	},
	exactRepository: {
		about: "Any tag or digest of this repository.",
		field: REPOSITORY,
		absent: void 0
	},
	remapIdentity: {
		about: "As matchRepoDigestOrExact, with one prefix replaced.",
		field: REMAP,
		absent: void 0
	}
});
const RULES = [
	"exactReference",
	"exactRepository",
	"remapIdentity"
];
const WORD = choice(IDENTITY_MATCHES, RULES);
function isNamed(text, bare) {
	const reference = parseDockerReference(text);
	return reference !== void 0 && isNameOnly(reference) === bare;
}
/** The reference for which a plain cosign signature must have been made. */
const SIGNED_IDENTITY = either(mapped(WORD, ({ value }) => ({ type: value })), mapped({
	...RULE,
	schema: {
		...RULE.schema,
		minProperties: 1,
		maxProperties: 1
	}
}, (rules, what, place) => {
	const { exactReference, exactRepository, remapIdentity } = rules;
	if (Object.values(rules).filter(Boolean).length === 1) {
		if (exactReference) return {
			type: "exactReference",
			reference: exactReference.value
		};
		if (exactRepository) return {
			type: "exactRepository",
			repository: exactRepository.value
		};
		if (remapIdentity) {
			const { prefix, signedPrefix } = remapIdentity;
			return {
				type: "remapIdentity",
				prefix: prefix.value,
				signedPrefix: signedPrefix.value
			};
		}
	}
	throw problemAt(place, "POLICY_INVALID_VALUE", `${what} has not exactly one rule`, `use one of: ${RULES.join(", ")}`);
}));

// src/policy/document/stage.ts
const { stages } = POLICY_LIMITS;
const NATIVE_FORMATS = [
	"pgp",
	"dsse",
	"cosign",
	"notation",
	"simple-signing"
];
/** Stages or principals that are defined elsewhere in the document. */
const NAME = line();
const URI = /^[A-Za-z][A-Za-z0-9+.-]*:[^\s]+$/;
/** Gates that ask for this id would take a verdict for an approval. */
const ID = line({
	pattern: URI,
	check(text) {
		if (text === "urn:countersign:verify-all") return {
			problem: "is the id that signed verdicts of verify-all have",
			hint: "write another URI"
		};
		return URI.test(text) ? void 0 : {
			problem: "is no URI",
			hint: "write a URI"
		};
	}
});
const NAMES = many(NAME, { unique: valueOf });
/** How many are needed of each. */
const QUORUMS = record(PRINCIPAL_NAME, mapped(whole(1, 1e6), (needed) => ({ needed })));
const APPROVERS = either(mapped(NAMES, (names) => ({
	names,
	needed: void 0
})), mapped(QUORUMS, (quorums) => ({
	names: quorums.map(({ name, location }) => ({
		value: name,
		location
	})),
	needed: quorums.map(({ needed }) => needed)
})));
/** Bits that a group number has in a SIF descriptor. */
const MAX_GROUP = 268435455;
/** Numbers of groups of a SIF. */
const GROUPS = many(whole(1, MAX_GROUP), {
	max: POLICY_LIMITS.groups,
	unique: ({ value }) => String(value)
});
const PARTS = choice(["base", "overlays"], ["the number of a group"]);
const OBJECTS = {
	schema: { anyOf: [PARTS.schema, GROUPS.schema] },
	read(node, what) {
		if (node.kind === "scalar" && typeof node.value === "string") return PARTS.read(node, what);
		if (node.kind === "map") throw wrongType(node, what, "base, overlays, or numbers of groups");
		return {
			value: GROUPS.read(node, what).map(valueOf),
			location: node.location
		};
	}
};
/** A stage of the list `stages`. */
const STAGE = object({
	name: {
		about: "1 to 42 lower-case letters, digits and inner hyphens.",
		field: formed(/^[a-z0-9](?:[a-z0-9-]{0,40}[a-z0-9])?$/, {
			problem: "is no stage name",
			hint: "use 1 to 42 lower-case letters, digits and hyphens, with no hyphen at the ends"
		})
	},
	id: {
		about: "URI that approvals have as verifier.id. Default: urn:countersign:stage:NAME.",
		field: ID,
		absent: void 0
	},
	approvers: {
		about: "Principals and teams who may approve this stage: one or a list, or a map from each to how many of them must.",
		field: APPROVERS
	},
	grantors: {
		about: "Approvers who may let others approve in their place, by signed grants. Default: none.",
		field: NAMES,
		absent: void 0
	},
	breakGlass: {
		about: "Principals and teams who may let this stage be skipped for a while, by signed statements. Default: nobody.",
		field: object({
			by: {
				about: "Who may. One or a list.",
				field: NAMES
			},
			maxDuration: {
				about: "For how long at most, in days or hours: 12h, 3d. 30 days at most.",
				field: DURATION
			}
		}),
		absent: void 0
	},
	threshold: {
		about: "How many different people must approve. Default: 1. Not beside numbers in approvers.",
		field: whole(1, 1e6),
		absent: void 0
	},
	after: {
		about: "Earlier stages that must be approved first. Default: the stage before this one in the list.",
		field: many(NAME, {
			min: 0,
			max: stages,
			unique: valueOf
		}),
		absent: void 0
	},
	native: {
		about: "Signatures that name no stage and count as approval of this one: native ones of SIFs (pgp, dsse), those of cosign sign and notation sign, and GPG signatures in the folder lookaside (simple-signing). Default: none.",
		field: many(choice(NATIVE_FORMATS), {
			min: 0,
			max: NATIVE_FORMATS.length,
			unique: valueOf
		}),
		absent: []
	},
	signedIdentity: {
		about: "With native cosign or simple-signing: which docker-reference the signature must name, as in podman’s policy.json. Bundles name none and do not count then. Default: any.",
		field: located(SIGNED_IDENTITY),
		absent: void 0
	},
	maxAge: {
		about: "How old an approval may be, in days or hours: 90d, 12h. Default: any age.",
		field: DURATION,
		absent: void 0
	},
	reviewed: {
		about: "Whether a human must have released the keyless job that approves into its environment. Default: no.",
		field: YES,
		absent: void 0
	},
	requires: {
		about: "Evidence without which the stage does not pass. Default: none.",
		field: list(REQUIREMENT_FIELD, { max: POLICY_LIMITS.requires }),
		absent: []
	},
	objects: {
		about: "Which objects of a SIF its approvals are about: base, overlays, or numbers of groups that hold overlay and data partitions alone. Default: all.",
		field: OBJECTS,
		absent: void 0
	}
});
/** What a stage says, beside the stages before it. @throws PolicyError */
function readStage(written, { earlier, people, anyNumber }) {
	const { id, after, maxAge, signedIdentity } = written;
	const name = written.name.value;
	const native = written.native.map(valueOf);
	const { names, quorums, needed } = readApprovers(written, {
		people,
		anyNumber
	});
	const late = after?.find(({ value }) => !earlier.includes(value));
	if (late) throw problemAt(late, "POLICY_ORDER", `stage ${name} comes after ${quote(late.value)}, which is no stage listed before it`, earlier.length === 0 ? "the first stage comes after none: write after: []" : didYouMean(late.value, earlier));
	if (signedIdentity && !native.includes("cosign") && !native.includes("simple-signing")) throw problemAt(signedIdentity, "POLICY_INVALID_VALUE", `stage ${name} has signedIdentity and accepts no signatures of cosign or GPG`, "add native: cosign or simple-signing, or remove signedIdentity: approvals name the content alone");
	return {
		name,
		id: id?.value ?? `urn:countersign:stage:${name}`,
		approvers: names,
		threshold: needed,
		...quorums ? { quorums } : {},
		...written.grantors ? { grantors: readGrantors(name, written.grantors, {
			names,
			people
		}) } : {},
		...written.breakGlass ? { breakGlass: readBreakGlass(name, written.breakGlass, {
			names,
			people,
			many: anyNumber
		}) } : {},
		after: after?.map(valueOf) ?? earlier.slice(-1),
		native,
		...written.reviewed ? { reviewed: true } : {},
		...maxAge ? { maxAge: milliseconds(maxAge.value) } : {},
		...signedIdentity ? { signedIdentity: signedIdentity.value } : {},
		...written.objects ? { objects: written.objects.value } : {},
		requires: written.requires.map((one) => resolveRequirement(one, people, `stages.${name}.requires`))
	};
}
function resolveRequirement({ requirement, people }, directory, what) {
	directory.principals(people, what);
	const resolve = (names) => directory.principals(people.filter(({ value }) => names.includes(value)), what);
	const { condition } = requirement;
	const vexBy = condition.of === "findings" && condition.vexBy ? { vexBy: resolve(condition.vexBy) } : {};
	return {
		...requirement,
		signedBy: resolve(requirement.signedBy),
		condition: {
			...condition,
			...vexBy
		}
	};
}
/** Who may approve a stage, and how many of whom must. */
function readApprovers(written, { people, anyNumber }) {
	const { approvers, threshold } = written;
	const name = written.name.value;
	const names = people.principals(approvers.names, `stages.${name}.approvers`);
	const quorums = readQuorums(written, {
		people,
		anyNumber
	});
	if (threshold && quorums) throw problemAt(threshold, "POLICY_CONTRADICTION", `stage ${name} has a threshold, and approvers with numbers of their own`, "remove threshold: the numbers in approvers add up");
	if (threshold && threshold.value > names.length && !names.some((one) => anyNumber.has(one))) throw problemAt(threshold, "POLICY_UNSATISFIABLE", `stage ${name} needs ${threshold.value} approvers and lists ${names.length}`, "lower the threshold or add approvers");
	return {
		names,
		quorums,
		needed: quorums?.reduce((sum, { needed }) => sum + needed, 0) ?? threshold?.value ?? 1
	};
}
/** Whoever grants gives away what is theirs, so they must be approvers. */
function readGrantors(stage, grantors, { names, people }) {
	const approvers = new Set(names);
	for (const grantor of grantors) {
		const stray = people.principals([grantor], `stages.${stage}.grantors`).find((one) => !approvers.has(one));
		if (stray !== void 0) throw problemAt(grantor, "POLICY_CONTRADICTION", `${stray} may grant stage ${stage} and not approve it: nobody gives more than they have`, "add the name to approvers, or remove it from grantors");
	}
	return people.principals(grantors, `stages.${stage}.grantors`);
}
/** How many are needed of which team; undefined where the stage has one threshold for all. */
function readQuorums({ name, approvers: { names, needed } }, { people, anyNumber }) {
	return needed?.map((count, index) => {
		const team = names.slice(index, index + 1);
		const approvers = people.principals(team, `stages.${name.value}.approvers`);
		const quorum = {
			name: team[0]?.value ?? "",
			approvers,
			needed: count.value
		};
		if (count.value > approvers.length && !approvers.some((one) => anyNumber.has(one))) throw problemAt(count, "POLICY_UNSATISFIABLE", `stage ${name.value} needs ${count.value} of ${quorum.name}, which has ${counted(approvers.length, "member")}`, "lower the number or add members");
		return quorum;
	});
}

// src/policy/document/document.ts
const TEAM = mapped(many(NAME, { unique: valueOf }), (members) => ({ members }));
/** A person or service. */
const PRINCIPAL = object({
	...CREDENTIALS,
	many: {
		about: "Everybody whom the credentials fit is a person of their own. Default: they are all one and the same.",
		field: YES,
		absent: void 0
	},
	...KEYLESS,
	...REVIEWING,
	...WINDOW
}, [
	"pgp",
	"key",
	"x509",
	"sigstore",
	"github",
	"gitlab"
]);
/** What a policy says, once it is put together. */
const MEMBERS = {
	version: {
		about: "Version of this format.",
		field: whole(1, 1)
	},
	name: {
		about: "Name of the policy; recorded in every approval given under it.",
		field: line({ limit: 100 })
	},
	trust: {
		about: "Public keys and certificates that no principal names. Paths are relative to the policy file.",
		field: TRUST,
		absent: {
			keyrings: [],
			intermediates: [],
			certificates: [],
			timestamps: [],
			crls: [],
			revocation: void 0,
			sigstore: []
		}
	},
	principals: {
		about: "People and services by name, each with one or more credentials. Thresholds count principals.",
		field: record(PRINCIPAL_NAME, PRINCIPAL)
	},
	teams: {
		about: "Principals and other teams under a name, which may stand wherever a principal may.",
		field: record(PRINCIPAL_NAME, TEAM),
		absent: []
	},
	stages: {
		about: "The stages an image passes, in order.",
		field: list(located(STAGE), {
			max: POLICY_LIMITS.stages,
			unique: ({ value }) => value.name.value
		})
	},
	distinct: {
		about: "Groups of stages of which nobody may fill two.",
		field: located(list(list(NAME, {
			min: 2,
			max: POLICY_LIMITS.stages,
			unique: valueOf
		}), {
			min: 0,
			max: POLICY_LIMITS.distinct
		})),
		absent: void 0
	},
	objects: {
		about: "What is asked of the parts of every image. Default: nothing.",
		field: object({
			mustBeEncrypted: {
				about: "Every partition holds an encrypted file system. Default: false.",
				field: WHETHER,
				absent: false
			},
			unsigned: {
				about: "Groups that need no approval as long as they hold data partitions alone. Default: none.",
				field: GROUPS,
				absent: []
			}
		}),
		absent: void 0
	},
	deny: {
		about: "What does not count any more: keys, certificates, principals, contents, statements. Default: nothing.",
		field: list(DENY_FIELD, { max: POLICY_LIMITS.deny }),
		absent: []
	}
};
const POLICY = object(MEMBERS);
/** The tree in a file's bytes; `file` names it in errors. @throws PolicyError */
function parseDocument(bytes, file) {
	return parseYaml(policyText(bytes, file), file);
}
/** True for what is a policy by itself: no key of it says of which files or profiles it is put together. */
function isWhole(node) {
	return node.kind !== "map" || [...node.entries.keys()].every((key) => Object.hasOwn(MEMBERS, key));
}
/** What a policy says that was put together. @throws PolicyError with the file, line and column that say it */
function readPolicy(node) {
	const written = POLICY.read(node, "");
	const { name, trust, principals } = written;
	const people = new Directory(principals, written.teams);
	const anyNumber = new Set(principals.filter((principal) => principal.many).map((principal) => principal.name));
	const stages = [];
	for (const { value } of written.stages) stages.push(readStage(value, {
		earlier: stages.map(({ name: earlier }) => earlier),
		people,
		anyNumber
	}));
	assertDistinct(stages.map(({ id }) => id), written.stages, "the list of stage ids");
	const groups = written.distinct?.value ?? [];
	for (const group of groups) assertKnown(group, new Set(stages.map((stage) => stage.name)), "distinct");
	const distinct = groups.map((group) => group.map(valueOf));
	if (distinct.length > 0 || stages.some(({ quorums }) => quorums)) assertSatisfiable({
		stages,
		distinct,
		anyNumber
	}, written);
	const known = new Set(principals.map((principal) => principal.name));
	for (const { principal } of written.deny) if (principal) assertKnown([principal], known, "deny");
	const component = written.deny.find(({ denial }) => denial.what.of === "component");
	if (component) assertLookedInto(component, stages);
	const deny = written.deny.map(({ denial }) => denial);
	const objects = written.objects && readObjects(written.objects, written.stages);
	return {
		name: name.value,
		trust,
		principals,
		teams: people.teams,
		stages,
		distinct,
		deny,
		objects
	};
}
function policyText(bytes, file) {
	const location = {
		file,
		line: 1,
		column: 1
	};
	if (bytes.length > LIMITS.policyBytes) throw new PolicyError("POLICY_SYNTAX", `the policy has ${bytes.length} bytes; the limit is ${LIMITS.policyBytes}`, {
		location,
		hint: "check that the right file was given"
	});
	try {
		return decodeUtf8(bytes, "the policy");
	} catch (cause) {
		if (!(cause instanceof CountersignError)) throw cause;
		throw new PolicyError("POLICY_SYNTAX", cause.message, {
			cause,
			location,
			hint: "check that the right file was given, and save it as UTF-8"
		});
	}
}
/** What may stay unsigned is approved by nobody: a stage about it would wait for ever. */
function readObjects({ mustBeEncrypted, unsigned }, stages) {
	for (const group of unsigned) {
		const about = stages.find(({ value }) => Array.isArray(value.objects?.value) && value.objects.value.includes(group.value));
		if (about) throw problemAt(group, "POLICY_CONTRADICTION", `group ${group.value} may stay unsigned, and stage ${about.value.name.value} is about it`, "remove the group from objects.unsigned, or from the stage");
	}
	return {
		mustBeEncrypted,
		...unsigned.length > 0 ? { unsigned: unsigned.map(valueOf) } : {}
	};
}
/** @throws PolicyError POLICY_UNKNOWN_NAME */
function assertKnown(names, known, what) {
	for (const name of names) if (!known.has(name.value)) throw problemAt(name, "POLICY_UNKNOWN_NAME", `${what} has ${quote(name.value)}, which is not defined`, didYouMean(name.value, [...known]));
}
/** @throws PolicyError POLICY_UNSATISFIABLE */
function assertSatisfiable({ stages, distinct, anyNumber }, written) {
	const failed = neverFilled({
		stages,
		distinct
	}, (name) => anyNumber.has(name) ? "any" : [[name]]).find(({ undecided }) => !undecided);
	if (!failed) return;
	const place = written.stages.find(({ value }) => value.name.value === failed.stage);
	const alone = distinct.every((group) => !group.includes(failed.stage));
	throw problemAt((alone ? place : written.distinct) ?? written.name, "POLICY_UNSATISFIABLE", alone ? `stage ${failed.stage} can never be approved: its teams need the same people` : `stage ${failed.stage} can never be approved: the other stages of its distinct group need the same approvers`, alone ? "add members, or lower a number" : "add approvers, lower a threshold, or take the stage out of distinct");
}

// src/policy/compose/fields.ts
const { version, ...SAID } = MEMBERS;
/** Keys whose former value can be replaced as a whole: all that restrict. */
const REPLACEABLE = [
	...Object.keys(SAID).filter((key) => key !== "name"),
	"profiles",
	"defaultProfile",
	...Object.keys(TRUST_MEMBERS).map((key) => `trust.${key}`)
];
const EXTENDED = line({
	limit: 4096,
	check: (text) => /^[A-Za-z][A-Za-z0-9+.-]+:\/\//.test(text) ? {
		problem: "is no local file",
		hint: "fetch the file, and give its path"
	} : void 0
});
const PROFILE_NAME = {
	pattern: /^[a-z0-9](?:[a-z0-9-]{0,40}[a-z0-9])?$/,
	refusal: {
		problem: "is no name for a profile",
		hint: "use 1 to 42 lower-case letters, digits and inner hyphens"
	}
};
const REPLACES = {
	about: "Keys of this file or profile in whose place nothing counts that was said before.",
	field: many(choice(REPLACEABLE), { unique: valueOf }),
	absent: []
};
/** Every key may be absent: another file may have it. */
const OPTIONAL = Object.fromEntries(Object.entries(SAID).map(([key, member]) => [key, {
	absent: void 0,
	...member
}]));
const BODY_MEMBERS = {
	...OPTIONAL,
	replaces: REPLACES
};
const BODY = object(BODY_MEMBERS);
/** The body of a profile. Its schema is that of the same keys outside. */
const PROFILE = {
	schema: {
		type: "object",
		additionalProperties: false,
		properties: Object.fromEntries(Object.keys(BODY_MEMBERS).map((key) => [key, { $ref: `#/properties/${key}` }]))
	},
	read: (node, what) => BODY.read(node, what)
};
/** How a file is put together. */
const COMPOSITION = {
	extends: {
		about: "Policy file that this one adds to; relative to this file.",
		field: EXTENDED,
		absent: void 0
	},
	replaces: REPLACES,
	profiles: {
		about: "Uses of this policy under names, of which one is chosen; each adds to what stands outside.",
		field: record(PROFILE_NAME, mapped(PROFILE, () => ({}))),
		absent: []
	},
	defaultProfile: {
		about: "The profile that counts where none is chosen.",
		field: line(),
		absent: void 0
	}
};
/** The keys of COMPOSITION alone. */
const HEAD = object(COMPOSITION);
/** True for a key that says how a file is put together. */
function composes(key) {
	return Object.hasOwn(COMPOSITION, key);
}
/** A whole file. */
const FILE = object({
	version,
	...OPTIONAL,
	...COMPOSITION
});

// src/policy/compose/merge.ts
/** Every other key must be equal. Of these two the later one counts: all files are of one version, a name restricts nothing. */
const JOINS = {
	version: later,
	name: later,
	trust: joinTrust,
	principals: joinNames,
	teams: joinNames,
	distinct: joinLists,
	deny: joinLists,
	profiles: joinNames
};
/** Whoever can say these things can have signatures count that do not without them: each is said by one file alone. */
const LOOSENING = [
	"trust.sigstore",
	"trust.timestamps",
	"objects.unsigned"
];
/** Of what the absence says something, by the key that says it. */
const MEANT_BY = new Map([["trust.revocation", "trust.crls"], ...[
	"trust.sigstore",
	"trust.timestamps",
	"objects"
].map((key) => [key, "stages"])]);
/**
* What `before` and `after` say together; `after` may drop what `before` says by the names in its key `replaces`, but for
* what stands in one of the files `extending` its own.
* @throws PolicyError POLICY_OVERRIDE, POLICY_DUPLICATE
*/
function merge(before, after, extending = []) {
	const replaced = replacedBy(after, before, extending);
	assertNotLoosened(before, after, replaced);
	const entries = new Map(before.entries);
	for (const [key, entry] of after.entries) {
		if (key === "replaces") continue;
		const former = entries.get(key);
		entries.set(key, former && !replaced.has(key) ? (JOINS[key] ?? same)(former, entry, key, replaced) : entry);
	}
	return {
		...after,
		entries
	};
}
/** @throws PolicyError POLICY_OVERRIDE for a word that does nothing: it would hide that something is spelled wrong */
function replacedBy(after, before, extending) {
	const words = replacesOf(after);
	for (const word of words) {
		const former = entryAt(before, word.value);
		const meant = MEANT_BY.get(word.value);
		for (const [there, is] of [["this file or profile does not say", entryAt(after, word.value) !== void 0], ["nothing before it says", former !== void 0 || meant !== void 0 && entryAt(before, meant) !== void 0]]) if (!is) throw problemAt(word, "POLICY_OVERRIDE", `replaces has ${word.value}, which ${there}`, "take it out of replaces, or add the key");
		const lost = former && placesIn(former.value).find(({ file }) => extending.includes(file));
		if (lost) throw problemAt(word, "POLICY_OVERRIDE", `replaces has ${word.value}, and would drop what ${placeOf(lost)} says, in a file that extends this one`, `take ${word.value} out of that file, or say it in a profile of that file and choose this one`);
	}
	return new Set(words.map(({ value }) => value));
}
/** Stages that were said without such a thing are not met by means of it unless a word says so. */
function assertNotLoosened(before, after, replaced) {
	const stages = before.entries.get("stages");
	if (!stages || replaced.has("stages")) return;
	for (const path of LOOSENING) {
		const [key = path] = path.split(".", 1);
		const word = key === "trust" ? path : key;
		const entry = entryAt(after, path);
		if (!entry || entryAt(before, path) || replaced.has(word) || replaced.has(key)) continue;
		if (entry.value.kind === "list" && entry.value.items.length === 0) continue;
		throw problemAt(entry, "POLICY_OVERRIDE", `${path} lets more count for the stages in ${placeOf(stages.location)}, which were said without it`, `write replaces: ${word} beside it, or leave the key out`);
	}
}
/** What a tree says under a key, or under one of a map in it: `trust.sigstore`. */
function entryAt({ entries }, path) {
	const [key = path, member] = path.split(".");
	const entry = entries.get(key);
	if (member === void 0 || entry?.value.kind !== "map") return member === void 0 ? entry : void 0;
	return entry.value.entries.get(member);
}
/** Where a value and all in it stand. */
function placesIn(node) {
	const inside = node.kind === "list" ? node.items : node.kind === "map" ? [...node.entries.values()].map(({ value }) => value) : [];
	return [node.location, ...inside.flatMap(placesIn)];
}
/** The words of the key `replaces`. */
function replacesOf({ entries, ...map }) {
	return HEAD.read({
		...map,
		entries: new Map([...entries].filter(([key]) => key === "replaces"))
	}, "").replaces;
}
function later(_, after) {
	return after;
}
function same(before, after, key) {
	if (isSame(before.value, after.value)) return after;
	throw override(after, before, key);
}
function override(after, before, key) {
	return problemAt(after, "POLICY_OVERRIDE", `${key} is said otherwise in ${placeOf(before.location)}`, `write replaces: ${key} beside it to drop all that was said before of ${key}, or leave the key out`);
}
function placeOf({ file, line, column }) {
	return `${file}:${line}:${column}`;
}
function joinNames(before, after, key) {
	if (before.value.kind !== "map" || after.value.kind !== "map") return after;
	const entries = new Map(before.value.entries);
	for (const [name, entry] of after.value.entries) {
		const former = entries.get(name);
		if (former && !isSame(former.value, entry.value)) throw problemAt(entry, "POLICY_DUPLICATE", `${key}.${quote(name)} is said otherwise in ${placeOf(former.location)}`, `use another name, or write replaces: ${key} beside it to drop all ${key} that were said before`);
		entries.set(name, entry);
	}
	return {
		...after,
		value: {
			...after.value,
			entries
		}
	};
}
function joinLists(before, after) {
	const { location } = after.value;
	return {
		...after,
		value: {
			kind: "list",
			location,
			items: [...itemsOf(before.value), ...itemsOf(after.value)]
		}
	};
}
function itemsOf(node) {
	return node.kind === "list" ? node.items : [node];
}
/**
* Files are joined that only complete what a credential names. Whoever is trusted to say who signed, or when, is said once;
* how strict revocation is may be said again, and be made stricter.
*/
function joinTrust(before, after, _, replaced) {
	if (before.value.kind !== "map" || after.value.kind !== "map") return after;
	const entries = new Map(before.value.entries);
	const strict = entries.get("revocation") ?? entries.get("crls");
	for (const [key, entry] of after.value.entries) {
		const former = entries.get(key);
		const path = `trust.${key}`;
		const isNew = !former || replaced.has(path);
		if (key === "revocation") {
			if (!replaced.has(path) && strict && loosens(entry.value, former?.value)) throw override(entry, strict, path);
			entries.set(key, entry);
		} else if (isNew) entries.set(key, entry);
		else entries.set(key, LOOSENING.some((one) => one === path) ? same(former, entry, path) : joinLists(former, entry));
	}
	return {
		...after,
		value: {
			...after.value,
			entries
		}
	};
}
function loosens(after, before) {
	return wordOf(after) !== "require" && wordOf(after) !== wordOf(before);
}
function wordOf(node) {
	return node?.kind === "scalar" ? node.value : "require";
}
/** Whether two nodes say the same: alike, and where paths in them mean the same files. */
function isSame(one, other) {
	if (dirname(one.location.file) !== dirname(other.location.file)) return false;
	if (one.kind === "scalar") return other.kind === "scalar" && one.value === other.value;
	if (one.kind === "list") return other.kind === "list" && one.items.length === other.items.length && one.items.every((item, index) => {
		const twin = other.items[index];
		return twin !== void 0 && isSame(item, twin);
	});
	if (other.kind !== "map" || one.entries.size !== other.entries.size) return false;
	return [...one.entries].every(([key, { value }]) => {
		const twin = other.entries.get(key);
		return twin !== void 0 && isSame(value, twin.value);
	});
}

// src/policy/compose/compose.ts
/** Files that extend one another, the first one included. */
const MAX_FILES$1 = 8;
/**
* Puts a policy together that begins with this file.
* @throws PolicyError POLICY_EXTENDS, POLICY_CYCLE, POLICY_OVERRIDE, POLICY_DUPLICATE, POLICY_PROFILE and those of a field
*/
async function composePolicy(first, options) {
	const layers = await layersOf(first, options);
	const files = layers.map(({ path, name, bytes }) => ({
		path,
		name,
		bytes
	}));
	const { node, profile } = choose(joined(layers), options.profile, files);
	return {
		node,
		profile,
		files,
		digest: digestOf(files, profile)
	};
}
/** Names of the profiles among which composePolicy chooses. @throws PolicyError as composePolicy */
async function profilesOf(first, options) {
	const whole = joined(await layersOf({
		...first,
		node: parseDocument(first.bytes, first.path)
	}, options));
	return whole.kind === "map" ? headOf(whole).profiles.map(({ name }) => name) : [];
}
async function layersOf(file, options) {
	const first = layerOf(file);
	const layers = [first];
	for (let { base } = first; base; base = layers.at(-1)?.base) layers.push(await extended(base, layers, options));
	return layers;
}
function joined(layers) {
	const trees = layers.map(({ node }) => node);
	const nothing = {
		kind: "map",
		location: trees[0]?.location ?? {
			file: "",
			line: 1,
			column: 1
		},
		entries: /* @__PURE__ */ new Map()
	};
	return trees.reduceRight(merged, nothing);
}
function layerOf(file, isExtended = false) {
	const { node } = file;
	if (!isWhole(node) || isExtended) FILE.read(node, "");
	if (node.kind !== "map" || isWhole(node)) return {
		...file,
		base: void 0
	};
	return {
		...file,
		node: without(node, "extends"),
		base: headOf(node).extends
	};
}
function headOf({ entries, ...map }) {
	return HEAD.read({
		...map,
		entries: new Map([...entries].filter(([key]) => composes(key)))
	}, "");
}
function without({ entries, ...map }, ...keys) {
	return {
		...map,
		entries: new Map([...entries].filter(([key]) => !keys.includes(key)))
	};
}
/** Reads the file that the last layer extends. */
async function extended(base, layers, { folder, read }) {
	const { file } = base.location;
	const path = resolve(isAbsolute(file) ? dirname(file) : folder, base.value);
	const chain = [...layers.map((layer) => layer.path), path];
	if (layers.some((layer) => layer.path === path)) throw problemAt(base, "POLICY_CYCLE", `files extend each other: ${chain.slice(chain.indexOf(path)).join(" extends ")}`, "take one of the lines extends out");
	if (layers.length === MAX_FILES$1) throw problemAt(base, "POLICY_EXTENDS", `more than ${MAX_FILES$1} files extend one another: ${chain.join(" extends ")}`, "put some of the files together");
	const name = isAbsolute(base.value) || layers.at(-1)?.name !== void 0 ? path : void 0;
	const bytes = await readExtended({
		base,
		path,
		name
	}, read);
	return layerOf({
		path,
		name,
		bytes,
		node: parseDocument(bytes, path)
	}, true);
}
async function readExtended({ base, ...file }, read) {
	try {
		return await read(file);
	} catch (cause) {
		if (!(cause instanceof CountersignError) || cause instanceof PolicyError) throw cause;
		throw new PolicyError("POLICY_EXTENDS", `the file that is extended cannot be read: ${cause.message}`, {
			cause,
			location: base.location,
			hint: `check the path; relative ones start at ${dirname(base.location.file)}`
		});
	}
}
/** What is no map is refused by its reader. */
function merged(before, after) {
	return before.kind === "map" && after.kind === "map" ? merge(before, after) : after;
}
/** The tree with the chosen profile in it. */
function choose(node, wanted, files) {
	const map = node.kind === "map" ? node : {
		kind: "map",
		location: node.location,
		entries: /* @__PURE__ */ new Map()
	};
	const { profiles, defaultProfile } = headOf(map);
	const names = profiles.map(({ name }) => name);
	const list = names.join(", ");
	if (defaultProfile && !names.includes(defaultProfile.value)) throw problemAt(defaultProfile, "POLICY_UNKNOWN_NAME", `defaultProfile is ${quote(defaultProfile.value)}, which is no profile`, didYouMean(defaultProfile.value, names));
	const profile = wanted ?? defaultProfile?.value;
	if (profile === void 0 && names.length === 0) return {
		node,
		profile
	};
	const place = map.entries.get("profiles") ?? map;
	if (profile === void 0) throw problemAt(place, "POLICY_PROFILE", `the policy has profiles: ${list}`, "choose one by ⟨profile⟩, or write defaultProfile");
	const body = map.entries.get("profiles")?.value;
	const chosen = body?.kind === "map" ? body.entries.get(profile)?.value : void 0;
	if (chosen?.kind !== "map") throw problemAt(place, "POLICY_PROFILE", names.length === 0 ? `the policy has no profiles, and ${quote(profile)} was chosen` : `the policy has no profile ${quote(profile)}, only ${list}`, names.length === 0 ? "leave ⟨profile⟩ out" : didYouMean(profile, names));
	const shared = without(map, "profiles", "defaultProfile");
	const paths = files.map(({ path }) => path);
	const extending = paths.slice(0, Math.max(0, paths.indexOf(chosen.location.file)));
	return {
		node: {
			...merge(shared, chosen, extending),
			location: map.location
		},
		profile
	};
}
/**
* Of a single file its SHA-256. Of more than that, the SHA-256 of a document that names all of it and is no policy itself,
* so that no file has the digest of another composition.
*/
function digestOf(files, profile) {
	const digests = files.map(({ bytes }) => sha256(bytes));
	const [only, ...more] = digests;
	if (only && more.length === 0 && profile === void 0) return only;
	return sha256(utf8(JSON.stringify({
		policy: "urn:countersign:policy:v1",
		files: digests,
		profile: profile ?? null
	})));
}

// src/policy/signed/statement.ts
/** Predicate type of signed policies. */
const SIGNED_POLICY_TYPE = "urn:countersign:signed-policy:v1";
/** Files of one statement: so many subjects are read. */
const MAX_FILES = 4096;
const MAX_READINGS = 256;
/**
* The payload that is signed.
* @throws DataError DATA_TOO_LARGE; DATA_JSON_INVALID when a file has two contents, so that it was altered meanwhile
*/
function encodeSignedPolicy(readings) {
	const all = /* @__PURE__ */ new Map();
	const predicate = { readings: readings.map(({ profile, files }) => ({
		profile,
		files: files.map(({ name, bytes }) => {
			const digest = sha256(bytes);
			if (all.has(name) && all.get(name) !== digest) throw new DataError("DATA_JSON_INVALID", `${name} was changed while it was read`, { hint: "sign again" });
			all.set(name, digest);
			return {
				name,
				digest: digestMap(digest)
			};
		})
	})) };
	if (all.size > MAX_FILES) throw new DataError("DATA_TOO_LARGE", `the policy has ${all.size} files; ${MAX_FILES} can be signed`, { hint: "put keys and certificates of a kind into one file" });
	const subject = [...all].map(([name, digest]) => subjectNamed(name, digest));
	return encodeStatement({
		subject,
		predicateType: SIGNED_POLICY_TYPE,
		predicate
	});
}
/**
* The files of each profile. They are what the statement is about: otherwise somebody signed a predicate that others wrote,
* about something else.
* @throws CountersignError
*/
function parseSignedPolicy({ predicate, subject }) {
	const readings = asArray(asObject(predicate, "the predicate")["readings"], "readings", MAX_READINGS).map((reading) => readingOf(asObject(reading, "a reading")));
	const listed = new Set(subject.map((one) => nameOf(one.name, subjectDigests(one).join())));
	for (const [, files] of readings) for (const [name, digest] of files) if (!listed.has(nameOf(name, digest))) throw new DataError("DATA_JSON_INVALID", `${name} is not among its subjects`, { hint: "sign again" });
	return new Map(readings);
}
function nameOf(name = "", digest = "") {
	return `${digest} ${name}`;
}
function readingOf({ profile, files }) {
	const entries = asArray(files, "files", MAX_FILES).map((file) => {
		const { name, digest } = asObject(file, "a file");
		return [asText(name, "name"), asDigest(digest, "digest")];
	});
	return [profile === null ? null : asText(profile, "profile"), new Map(entries)];
}

// src/policy/signed/signature.ts
/** Where the signature of a policy is. */
function signaturePath(policy) {
	return `${policy}.sigstore.json`;
}
/** A policy whose signature was verified. */
var SignedPolicy = class SignedPolicy {
	#path;
	#readings;
	constructor(path, readings) {
		this.#path = path;
		this.#readings = readings;
	}
	/**
	* Verifies the signature beside the policy at an absolute path.
	* @throws PolicyError POLICY_UNSIGNED, POLICY_SIGNATURE
	*/
	static async open(path, pin) {
		const bytes = await readFileBounded(signaturePath(path), LIMITS.bundleBytes).catch((cause) => {
			if (!(cause instanceof CountersignError)) throw cause;
			throw refusal(path, "POLICY_UNSIGNED", `its signature cannot be read: ${cause.message}`, cause);
		});
		try {
			return new SignedPolicy(path, parseSignedPolicy(await verified(path, bytes, pin)));
		} catch (cause) {
			if (!(cause instanceof CountersignError) || cause instanceof PolicyError) throw cause;
			throw refusal(path, "POLICY_SIGNATURE", `its signature cannot be used: ${cause.message}`, cause);
		}
	}
	/** Refuses bytes that were not signed under this name, for whatever profile. @throws PolicyError POLICY_NOT_SIGNED */
	assertSigned({ name, bytes }) {
		const digests = [...this.#readings.values()].flatMap((files) => files.get(name) ?? []);
		if (digests.length === 0) throw refusal(this.#path, "POLICY_NOT_SIGNED", `${name} is read and was not signed with it`);
		if (!digests.includes(sha256(bytes))) throw refusal(this.#path, "POLICY_NOT_SIGNED", `${name} was altered since it was signed`);
	}
	/** Refuses a reading that is less or more than was signed for the profile. @throws PolicyError POLICY_NOT_SIGNED */
	assertAll(profile, files) {
		const signed = this.#readings.get(profile ?? null);
		const what = profile === void 0 ? "" : ` for the profile ${profile}`;
		if (!signed) throw refusal(this.#path, "POLICY_NOT_SIGNED", `nothing was signed${what}`);
		for (const { name, bytes } of files) if (signed.get(name) !== sha256(bytes)) throw refusal(this.#path, "POLICY_NOT_SIGNED", `${name} is not the file that was signed${what}`);
		const read = new Set(files.map(({ name }) => name));
		const missing = [...signed.keys()].find((name) => !read.has(name));
		if (missing !== void 0) throw refusal(this.#path, "POLICY_NOT_SIGNED", `${JSON.stringify(missing)} was signed${what} and is not there any more`);
	}
};
/** The statement of a signature by whoever is pinned. @throws CountersignError */
async function verified(path, bytes, { said, credentials, trust, now }) {
	const { envelope, material, timestamps, json } = parseBundle(bytes);
	const { payload, payloadType, signature, keyid } = envelope;
	const statement = payloadType === "application/vnd.in-toto+json" ? parseStatement(payload) : void 0;
	if (statement?.predicateType !== "urn:countersign:signed-policy:v1") throw refusal(path, "POLICY_SIGNATURE", "what lies beside it is no signature of a policy");
	const verifier = await createVerifier(trust);
	const input = {
		pae: encodePae(payloadType, payload),
		signature,
		material,
		keyid,
		hashing: "bundle",
		timestamps,
		bundle: json
	};
	const { status, identity, reasons } = await verifier.verifyDsse(input, now);
	if (status !== "valid" || !identity || matchPrincipals({ principals: [{
		name: said,
		credentials
	}] }, identity).length === 0) {
		const why = reasons.map(({ message }) => message).join("; ");
		throw refusal(path, "POLICY_SIGNATURE", `it is not signed by ${JSON.stringify(said.slice(0, 200))}${why && `: ${why}`}`);
	}
	return statement;
}
const HINTS = {
	POLICY_UNSIGNED: "have it signed with `countersign policy sign`, and keep the file that this writes beside the policy",
	POLICY_SIGNATURE: "restore policy and signature from their source, or name who signs it now",
	POLICY_NOT_SIGNED: "restore the files that were signed, or review them and have the policy signed again with `countersign policy sign`"
};
function refusal(path, code, message, cause) {
	const location = {
		file: path,
		line: 1,
		column: 1
	};
	return new PolicyError(code, `a signed policy is required: ${message}`, {
		hint: HINTS[code],
		location,
		cause
	});
}

// src/policy/document/load.ts
/**
* Reads a policy file, the files that it extends, and every file they name.
* @throws PolicyError; SystemError or DataError when the policy file itself cannot be read
*/
async function loadPolicy(path, choice = {}) {
	const absolute = resolve(path);
	return load(await readPolicyFile(absolute), {
		path: absolute,
		folder: dirname(absolute),
		isText: false
	}, choice);
}
/**
* The same for a policy given as text; relative paths start at `folder`, `path` names it in errors.
* @throws PolicyError
*/
async function loadPolicyBytes(bytes, where, choice = {}) {
	return load({ bytes }, {
		...where,
		isText: true
	}, choice);
}
function readPolicyFile(path) {
	return findFile(path, LIMITS.policyBytes);
}
/**
* Names of the profiles of a policy file; none where it has none.
* @throws as loadPolicy
*/
async function profilesIn(path) {
	const absolute = resolve(path);
	const file = {
		path: absolute,
		name: void 0,
		bytes: (await readPolicyFile(absolute)).bytes
	};
	const read = async ({ path: other }) => (await readPolicyFile(other)).bytes;
	return profilesOf(file, {
		folder: dirname(absolute),
		read
	});
}
async function load(text, where, { profile: wanted, pin }) {
	const signed = pin && await SignedPolicy.open(where.path, pin);
	const seen = /* @__PURE__ */ new Map();
	const accept = (file) => {
		if (file.stats) seen.set(file.path, file.stats);
		signed?.assertSigned(policyFile(file, where.folder));
	};
	const read = async (file) => {
		const found = await readPolicyFile(file.path);
		accept({
			...file,
			use: "policy",
			...found
		});
		return found.bytes;
	};
	const { path, folder } = where;
	const first = {
		path,
		name: void 0,
		...text
	};
	accept({
		...first,
		use: "policy"
	});
	const composed = await documentIn(first, {
		folder,
		profile: wanted,
		read
	});
	const loaded = await readNamed(composed, where, accept);
	assertOfOneTime(seen);
	signed?.assertAll(composed.profile, loaded.files);
	return loaded;
}
async function documentIn(first, options) {
	const node = parseDocument(first.bytes, first.path);
	if (options.profile === void 0 && isWhole(node)) return {
		document: readPolicy(node),
		profile: void 0,
		files: [first],
		digest: sha256(first.bytes)
	};
	const { node: whole, ...composition } = await composePolicy({
		...first,
		node
	}, options);
	return {
		document: readPolicy(whole),
		...composition
	};
}
/** Reads what a policy names that was put together. */
async function readNamed({ document, digest, profile, files }, where, accept) {
	const reader = new TrustReader(where.folder, {
		accept,
		files
	});
	const principals = [];
	for (const principal of document.principals) principals.push({
		name: principal.name,
		...principal.many ? { many: true } : {},
		...principal["github-user"].length > 0 ? { githubUsers: principal["github-user"].map(valueOf) } : {},
		credentials: await reader.credentials(principal)
	});
	const { teams, stages, distinct, deny, objects } = document;
	const name = profile === void 0 ? document.name : `${document.name}/${profile}`;
	const trust = await reader.trust(document);
	const policy = {
		name,
		digest,
		principals,
		teams,
		stages,
		distinct,
		deny,
		...objects ? { objects } : {}
	};
	const places = new Map(document.principals.map((one) => [one.name, one.location]));
	const documents = files.slice(where.isText ? 1 : 0).map((file) => policyFile({
		...file,
		use: "policy"
	}, where.folder));
	return {
		policy,
		name,
		digest,
		trust,
		places,
		path: where.path,
		files: [...documents, ...reader.files],
		roots: [...files.slice(1).map((file) => file.path), ...reader.roots]
	};
}
function policyFile({ name, path, use, bytes }, folder) {
	return {
		path,
		use,
		bytes,
		name: name !== void 0 && isAbsolute(name) ? name : relative(folder, path).split(sep).join("/")
	};
}
/** Reads what the policy names, and collects what principals bring along. */
var TrustReader = class {
	#folder;
	#fixed;
	#source;
	#read = /* @__PURE__ */ new Map();
	#keys = /* @__PURE__ */ new Map();
	#anchors = /* @__PURE__ */ new Map();
	constructor(folder, { accept, files }) {
		this.#folder = folder;
		this.#fixed = new Set(files.flatMap(({ name }) => name ?? []));
		this.#source = new TrustFiles(folder, (file) => accept(this.#named(file)));
	}
	/** What was read so far, by name. */
	get files() {
		return this.#source.files.map((file) => policyFile(this.#named(file), this.#folder)).sort((one, other) => one.name < other.name ? -1 : 1);
	}
	/** What a file names to which an absolute path led is the same file wherever the policy lies. */
	#named({ path, name, bytes, stats, kind, location }) {
		return {
			path,
			bytes,
			stats,
			use: kind,
			name: location && this.#fixed.has(location.file) ? path : name
		};
	}
	/** Where it was looked so far. */
	get roots() {
		return [...this.#source.roots];
	}
	async credentials(principal) {
		const credentials = principal.pgp.map((written) => ({
			method: "pgp",
			fingerprint: fingerprintOf(written.value),
			...windowOf(principal, written)
		}));
		for (const written of principal.key) for (const spki of await this.#parts("key", [written])) {
			const digest = sha256Hex(spki);
			addNew(this.#keys, digest, spki);
			const hint = toBase64(Buffer.from(digest, "hex"));
			credentials.push({
				method: "key",
				hint,
				...windowOf(principal, written)
			});
		}
		for (const written of principal.x509) {
			const { anchors, san, subject, issuer, any } = written;
			const ders = await this.#parts("certificate", anchors);
			for (const der of ders) addNew(this.#anchors, sha256Hex(der), der);
			const names = {
				san: san.map(valueOf),
				subject: subject.map(valueOf),
				issuer: issuer.map(valueOf)
			};
			const more = {
				...any ? { any: any.value } : {},
				...windowOf(principal, written)
			};
			credentials.push({
				method: "x509",
				anchors: ders.map(sha256Hex),
				...names,
				...more
			});
		}
		const { sigstore, github, gitlab } = principal;
		if (sigstore.length + github.length + gitlab.length > 0) credentials.push(...keylessCredentials(principal));
		return credentials;
	}
	async trust({ trust, deny }) {
		return {
			keyrings: await this.#parts("keyring", trust.keyrings),
			keys: [...this.#keys.values()],
			anchors: [...this.#anchors.values()],
			intermediates: await this.#parts("certificate", trust.intermediates),
			certificates: await this.#parts("certificate", trust.certificates),
			crls: await this.#parts("crl", trust.crls),
			...trust.revocation ? { revocation: trust.revocation.value } : {},
			timestamps: await this.#parts("certificate", trust.timestamps),
			denied: deny,
			sigstore: await this.#instances(trust.sigstore),
			origins: this.#source.origins
		};
	}
	async #instances(written) {
		const instances = /* @__PURE__ */ new Map();
		for (const { root, log, timestamps, sct } of written) for (const bytes of await this.#entry("trusted-root", root)) {
			const asked = {
				log: log?.value ?? 1,
				timestamps: timestamps?.value ?? 1,
				sct: sct?.value ?? 1
			};
			const before = instances.get(sha256Hex(bytes));
			if (before && (before.log !== asked.log || before.timestamps !== asked.timestamps || before.sct !== asked.sct)) throw new PolicyError("POLICY_CONTRADICTION", "the instance is named before, with other numbers", {
				location: root.location,
				hint: "name each trusted root once"
			});
			instances.set(sha256Hex(bytes), {
				root: bytes,
				...asked
			});
		}
		return [...instances.values()];
	}
	/** One entry at a time, so that an error is about the line that names it. */
	async #parts(kind, entries) {
		const parts = /* @__PURE__ */ new Map();
		for (const entry of entries) for (const part of await this.#entry(kind, entry)) addNew(parts, sha256Hex(part), part);
		return [...parts.values()];
	}
	async #entry(kind, entry) {
		const { file } = entry.location;
		const folder = isAbsolute(file) ? dirname(file) : this.#folder;
		try {
			const key = `${kind} ${folder} ${entry.value}`;
			const reading = this.#read.get(key) ?? this.#source.parts(kind, [{
				...entry,
				folder
			}]);
			this.#read.set(key, reading);
			return await reading;
		} catch (cause) {
			if (!(cause instanceof CountersignError) || cause instanceof PolicyError) throw cause;
			const hint = cause instanceof SystemError ? `check the path; relative ones start at ${folder}` : cause.hint;
			throw new PolicyError("POLICY_TRUST_FILE", cause.message, {
				cause,
				location: entry.location,
				hint
			});
		}
	}
};
/** The first of several that are equal stays, and with it the place that it is from. */
function addNew(parts, digest, part) {
	if (!parts.has(digest)) parts.set(digest, part);
}

export { encodeSignedPolicy as a, PATH as c, signaturePath as i, loadPolicyBytes as n, parseDocument as o, profilesIn as r, neverFilled as s, loadPolicy as t };