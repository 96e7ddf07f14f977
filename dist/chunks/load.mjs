import { d as sha256, f as sha256Hex, m as toBase64, r as decodeUtf8 } from "./bytes.mjs";
import { o as SystemError, t as CountersignError } from "./errors.mjs";
import { t as LIMITS } from "./limits.mjs";
import { i as isDay, r as didYouMean } from "./text.mjs";
import { n as isArmored, t as TrustFiles } from "./trust.mjs";
import { o as readFileBounded } from "./files.mjs";
import { n as PolicyError } from "./errors6.mjs";
import { o as fillStages, s as SEVERITIES, t as IDENTITY_MATCHES } from "./signed-identity.mjs";
import { a as isNameOnly, l as parseDockerReference } from "./reference.mjs";
import { a as EVIDENCE_KINDS, i as patternProblem, n as isRfc4514, t as asRfc4514 } from "./pattern.mjs";
import { t as parseYaml } from "./yaml.mjs";
import { dirname, resolve } from "node:path";

// src/policy/document/fields.ts
const LINE = /^(?!\s)[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+(?<!\s)$/u;
/** An error at a place of the document. */
function problemAt({ location }, code, message, hint) {
	return new PolicyError(code, message, {
		hint,
		location
	});
}
/** A foreign value as it is shown in messages. */
function quote(text) {
	return JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}…` : text);
}
/** The value alone. */
function valueOf({ value }) {
	return value;
}
/** Any text. @throws PolicyError POLICY_WRONG_TYPE */
function textOf(node, what) {
	if (node.kind !== "scalar" || node.value === null) throw wrongType(node, what, "a text");
	assertSureText(node, node.source);
	if (typeof node.value === "string") return node.value;
	const source = node.source.slice(0, 80);
	throw problemAt(node, "POLICY_WRONG_TYPE", `${what} must be a text; YAML reads ${source} as a ${typeof node.value}`, `put it in quotes: "${source}"`);
}
/** Refuses a text without quotes that readers of YAML 1.1 take for something else. */
function assertSureText(place, source) {
	if (place.yaml11 === void 0) return;
	throw problemAt(place, "POLICY_AMBIGUOUS", `${source} is a text in YAML 1.2 and ${place.yaml11} in YAML 1.1, which other tools read`, `put it in quotes: "${source}"`);
}
/** A text of one line of printable characters, without space at its ends. */
function line({ limit = 500, pattern = LINE, check } = {}) {
	return {
		schema: {
			type: "string",
			maxLength: limit,
			pattern: pattern.source
		},
		read(node, what) {
			const value = textOf(node, what);
			const refusal = value.length <= limit && LINE.test(value) ? check?.(value) : {
				problem: `is not one line of at most ${limit} printable characters`,
				hint: "remove control characters, line breaks and space at the ends"
			};
			if (!refusal) return {
				value,
				location: node.location
			};
			const { code = "POLICY_INVALID_VALUE", problem, hint } = refusal;
			throw problemAt(node, code, `${what} ${problem}: ${quote(value)}`, hint);
		}
	};
}
/** A line of one form. */
function formed(pattern, refusal) {
	return line({
		pattern,
		check: (text) => pattern.test(text) ? void 0 : refusal
	});
}
/** One of some words; `others` are what else may stand there, for the hint. */
function choice(words, others = []) {
	return {
		schema: { enum: words },
		read(node, what) {
			const text = textOf(node, what);
			const value = words.find((word) => word === text);
			if (value !== void 0) return {
				value,
				location: node.location
			};
			const hint = didYouMean(text, [...words, ...others]);
			throw problemAt(node, "POLICY_INVALID_VALUE", `${what} is ${quote(text)}`, hint);
		}
	};
}
/** A whole number in the one form that every reader takes for the same: YAML 1.1 reads 012 as ten. */
function whole(minimum, maximum) {
	return {
		schema: {
			type: "integer",
			minimum,
			maximum
		},
		read(node, what) {
			if (node.kind !== "scalar" || typeof node.value !== "number" || !/^(?:0|[1-9][0-9]{0,8})$/.test(node.source)) throw wrongType(node, what, "a whole number");
			const { value, location } = node;
			if (value >= minimum && value <= maximum) return {
				value,
				location
			};
			const hint = minimum === maximum ? `write ${minimum}` : `write a number from ${minimum} to ${maximum}`;
			throw problemAt(node, "POLICY_INVALID_VALUE", `${what} is ${value}`, hint);
		}
	};
}
/** A value together with its place. */
function located(field) {
	return {
		schema: field.schema,
		read: (node, what) => ({
			value: field.read(node, what),
			location: node.location
		})
	};
}
/** The error about a node of another kind than `wanted`. */
function wrongType(node, what, wanted) {
	return problemAt(node, "POLICY_WRONG_TYPE", `${what} must be ${wanted}, found ${node.kind === "scalar" ? node.value === null ? "nothing" : quote(node.source) : `a ${node.kind}`}`, `write ${wanted}`);
}
/** A list. */
function list(item, { max, min = 1, unique }) {
	return {
		schema: {
			type: "array",
			minItems: min,
			maxItems: max,
			uniqueItems: unique !== void 0,
			items: item.schema
		},
		read(node, what) {
			if (node.kind !== "list" || min > 1 && node.items.length < min) throw wrongType(node, what, min > 1 ? `a list of ${min} or more` : "a list");
			const { length } = node.items;
			if (length < min) throw problemAt(node, "POLICY_INVALID_VALUE", `${what} is an empty list`, "add an entry");
			if (length > max) throw problemAt(node, "POLICY_INVALID_VALUE", `${what} has more than ${max} entries`, "shorten the list");
			const values = node.items.map((entry, index) => item.read(entry, `${what}${nameIn(entry, index)}`));
			if (unique) assertDistinct(values.map(unique), node.items, what);
			return values;
		}
	};
}
/** How a message calls an entry: by its `name`, or else by its place. */
function nameIn(node, index) {
	const name = node.kind === "map" ? node.entries.get("name")?.value : void 0;
	return name?.kind === "scalar" && /^[\w-]{1,42}$/.test(name.source) ? `.${name.source}` : `[${index}]`;
}
/**
* Refuses a name that an earlier entry has.
* @throws PolicyError POLICY_DUPLICATE
*/
function assertDistinct(names, places, what) {
	const seen = /* @__PURE__ */ new Set();
	for (const [index, place] of places.entries()) {
		const name = names[index] ?? "";
		if (seen.has(name)) throw problemAt(place, "POLICY_DUPLICATE", `${what} has ${quote(name)} twice`, "remove or rename one of the two");
		seen.add(name);
	}
}
/** A list, or its only entry alone. */
function many(item, rules) {
	const several = list(item, rules);
	return {
		schema: { anyOf: [item.schema, several.schema] },
		read: (node, what) => node.kind === "list" ? several.read(node, what) : [item.read(node, what)]
	};
}
/** What the types above say of the values could not be said here without a cast. */
function object(members, some) {
	const all = Object.entries(members);
	const keys = Object.keys(members);
	return {
		schema: {
			type: "object",
			required: all.filter(([, member]) => !("absent" in member)).map(([key]) => key),
			...some ? { anyOf: some.map((key) => ({ required: [key] })) } : {},
			additionalProperties: false,
			properties: Object.fromEntries(all.map(([key, { about, field }]) => [key, {
				description: about,
				...field.schema
			}]))
		},
		read(node, what) {
			const { entries } = mapOf(node, what);
			for (const [key, entry] of entries) if (!keys.includes(key)) throw problemAt(entry, "POLICY_UNKNOWN_KEY", `${what || "the policy"} has no key ${quote(key)}`, didYouMean(key, keys));
			if (some && !some.some((key) => entries.has(key))) throw problemAt(node, "POLICY_MISSING_KEY", `${what} has none of ${some.join(", ")}`, `add ${some.join(": or ")}:`);
			return Object.fromEntries(all.map(([key, member]) => {
				const found = entries.get(key)?.value;
				if (found) return [key, member.field.read(found, what === "" ? key : `${what}.${key}`)];
				if ("absent" in member) return [key, member.absent];
				throw problemAt(node, "POLICY_MISSING_KEY", `${what || "the policy"} has no ${key}`, `add ${key}: …`);
			}));
		}
	};
}
/** A map whose keys are names of the writer's choice, as a list of its values with their names. */
function record(key, value, max) {
	return {
		schema: {
			type: "object",
			minProperties: 1,
			maxProperties: max,
			additionalProperties: false,
			patternProperties: { [key.pattern.source]: value.schema }
		},
		read(node, what) {
			const { entries } = mapOf(node, what);
			if (entries.size === 0 || entries.size > max) throw problemAt(node, "POLICY_INVALID_VALUE", `${what} has ${entries.size} entries`, `write 1 to ${max}`);
			return [...entries].map(([name, entry]) => {
				assertSureText(entry, name);
				const { problem, hint } = key.refusal;
				if (!key.pattern.test(name)) throw problemAt(entry, "POLICY_INVALID_VALUE", `${quote(name)} ${problem}`, hint);
				return {
					...value.read(entry.value, `${what}.${name}`),
					name
				};
			});
		}
	};
}
function mapOf(node, what) {
	if (node.kind === "map") return node;
	throw wrongType(node, what || "the policy", "a map (key: value)");
}

// src/policy/document/model.ts
/** Longest lists of a policy: stages, principals and approvers, credentials of a principal, files of a kind, groups, evidence. */
const POLICY_LIMITS = {
	stages: 64,
	principals: 1e3,
	credentials: 64,
	files: 256,
	distinct: 64,
	requires: 64
};

// src/policy/document/requirement-field.ts
const { principals: principals$1, requires } = POLICY_LIMITS;
const RATED = SEVERITIES.filter((severity) => severity !== "unknown");
const DURATION = formed(/^[1-9][0-9]{0,3}[dh]$/, {
	problem: "is no length of time",
	hint: "write days or hours: 30d or 12h"
});
const ID = formed(/^[^\s*?]+$/, {
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
const EXCEPTION = located(object({
	id: {
		about: "The vulnerability, by its exact name.",
		field: ID
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
}));
function patterns$1(kind) {
	const check = (text) => {
		const problem = patternProblem(text, kind);
		return problem === void 0 ? void 0 : {
			code: "POLICY_PATTERN",
			problem,
			hint: "write the exact value, or one star inside a single part of it"
		};
	};
	return many(line({ check }), { max: POLICY_LIMITS.credentials });
}
/** Members by path, with the one value that each must have. */
const FIELDS = {
	schema: {
		type: "object",
		minProperties: 1,
		additionalProperties: { anyOf: [
			{ type: "string" },
			{ type: "number" },
			{ type: "boolean" }
		] }
	},
	read(node, what) {
		if (node.kind !== "map" || node.entries.size === 0) throw wrongType(node, what, "a map (path: value)");
		return [...node.entries].map(([path, { value: entry }]) => {
			if (entry.kind !== "scalar" || entry.value === null || typeof entry.value === "bigint") throw wrongType(entry, `${what}.${path}`, "a text, a number, true or false");
			if (typeof entry.value === "string") assertSureText(entry, entry.source);
			return {
				path,
				value: entry.value
			};
		});
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
		field: many(line(), {
			max: principals$1,
			unique: valueOf
		})
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
	minComponents: {
		about: "Of an SBOM: how many components it names with their versions at least. Default: 1.",
		field: whole(1, 1e6),
		absent: void 0
	},
	builder: {
		about: "Of provenance: pattern of the builder id.",
		field: patterns$1("uri"),
		absent: void 0
	},
	source: {
		about: "Of provenance: pattern of the source repository.",
		field: patterns$1("uri"),
		absent: void 0
	},
	ref: {
		about: "Of provenance: pattern of the ref, as in refs/tags/v*.",
		field: patterns$1("ref"),
		absent: void 0
	},
	fields: {
		about: "Of other predicates: members by path, names with dots between, and their exact values.",
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
		"exceptions"
	],
	sbom: ["minComponents"],
	provenance: [
		"builder",
		"source",
		"ref"
	],
	fields: ["fields"]
};
/** One entry of `requires`. */
const REQUIREMENT_FIELD = {
	schema: REQUIREMENT.schema,
	read(node, what) {
		const written = REQUIREMENT.read(node, what);
		const evidence = written.evidence.value;
		const of = EVIDENCE_KINDS.find((kind) => kind === evidence) ?? "fields";
		const place = { location: node.location };
		const stray = Object.values(KEYS).flat().find((key) => written[key] !== void 0 && !KEYS[of].includes(key));
		if (stray) throw problemAt(place, "POLICY_INVALID_VALUE", `${what}: ${stray} says nothing of ${quote(evidence)}`, `remove ${stray}`);
		if (of === "findings" && !written.failOn) throw problemAt(place, "POLICY_MISSING_KEY", `${what} has no failOn`, "add failOn: high, or another severity");
		if (of === "fields" && written.maxAge) throw problemAt(written.maxAge, "POLICY_INVALID_VALUE", `${what}: nobody knows where ${quote(evidence)} says its time`, `remove maxAge, which goes with ${EVIDENCE_KINDS.join(", ")}`);
		const requirement = {
			evidence,
			signedBy: written.signedBy.map(valueOf),
			count: written.count?.value ?? 1,
			...written.maxAge ? { maxAge: milliseconds(written.maxAge.value) } : {},
			condition: conditionOf(of, written)
		};
		return {
			...place,
			requirement,
			signedBy: written.signedBy
		};
	}
};
function conditionOf(of, written) {
	switch (of) {
		case "findings": return {
			of,
			failOn: written.failOn?.value ?? "negligible",
			unknownAs: written.unknownSeverity?.value ?? "critical",
			scanner: written.scanner?.map(valueOf) ?? [],
			...written.databaseMaxAge ? { databaseMaxAge: milliseconds(written.databaseMaxAge.value) } : {},
			exceptions: (written.exceptions ?? []).map(exceptionOf)
		};
		case "sbom": return {
			of,
			minComponents: written.minComponents?.value ?? 1
		};
		case "provenance": {
			const { builder = [], source = [], ref = [] } = written;
			return {
				of,
				builder: builder.map(valueOf),
				source: source.map(valueOf),
				ref: ref.map(valueOf)
			};
		}
		case "fields": return {
			of,
			fields: written.fields ?? []
		};
		default: return of;
	}
}
function exceptionOf({ value, location }) {
	const { id, package: name, purl, reason, expires, grantedBy } = value;
	return {
		id: id.value,
		package: name?.value ?? null,
		version: null,
		purl: purl?.value ?? null,
		location: null,
		reason: reason.value,
		expires: expires.value,
		...grantedBy ? { grantedBy: grantedBy.value } : {},
		at: location
	};
}
function milliseconds(text) {
	const hours = text.endsWith("d") ? 24 : 1;
	return Number(text.slice(0, -1)) * hours * 36e5;
}

// src/policy/document/document.ts
const REFERENCE = nameField(false, {
	problem: "is no reference",
	hint: "write registry.example.org/team/app:1.0"
});
const REPOSITORY = nameField(true, {
	problem: "is no repository",
	hint: "write registry.example.org/team/app"
});
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
function nameField(bare, refusal) {
	return line({ check(text) {
		const reference = parseDockerReference(text);
		return reference && isNameOnly(reference) === bare ? void 0 : refusal;
	} });
}
/** The reference for which a plain cosign signature must have been made. */
const SIGNED_IDENTITY = {
	schema: { anyOf: [WORD.schema, {
		...RULE.schema,
		minProperties: 1,
		maxProperties: 1
	}] },
	read(node, what) {
		if (node.kind !== "map") return { type: WORD.read(node, what).value };
		const { exactReference, exactRepository, remapIdentity } = RULE.read(node, what);
		if (node.entries.size === 1) {
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
		throw problemAt(node, "POLICY_INVALID_VALUE", `${what} has not exactly one rule`, `use one of: ${RULES.join(", ")}`);
	}
};
const { credentials, distinct, files, principals, stages } = POLICY_LIMITS;
const NATIVE_FORMATS = [
	"pgp",
	"dsse",
	"cosign"
];
const PATH = line({ limit: 4096 });
const PATHS = many(PATH, { max: files });
/** Stages or principals that are defined elsewhere in the document. */
const NAME = line();
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
const X509 = object({
	anchors: {
		about: "CA certificates; a valid chain must lead to one of them.",
		field: PATHS
	},
	san: {
		about: "Subject alternative name with its type, exact or with * inside one part. One of a list must match.",
		field: patterns("san", /^(?:email|uri|dns|ip):./),
		absent: []
	},
	subject: {
		about: "Subject in RFC 4514 form, exact or with * inside one attribute value.",
		field: patterns("subject"),
		absent: []
	},
	issuer: {
		about: "Issuer in RFC 4514 form, exact or with * inside one attribute value.",
		field: patterns("issuer"),
		absent: []
	}
}, ["san", "subject"]);
const PRINCIPAL = object({
	pgp: {
		about: "Fingerprint of the OpenPGP primary key: 40 hex digits, spaces allowed. One or a list.",
		field: many(FINGERPRINT, {
			max: credentials,
			unique: ({ value }) => fingerprintOf(value)
		}),
		absent: []
	},
	key: {
		about: "Public key: path of an SPKI file, or PEM text. One or a list.",
		field: many(KEY, { max: credentials }),
		absent: []
	},
	x509: {
		about: "Certificates of a CA that have a certain name. One or a list.",
		field: many(X509, { max: credentials }),
		absent: []
	}
}, [
	"pgp",
	"key",
	"x509"
]);
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
		field: formed(/^[A-Za-z][A-Za-z0-9+.-]*:[^\s]+$/, {
			problem: "is no URI",
			hint: "write a URI"
		}),
		absent: void 0
	},
	approvers: {
		about: "Principals who may approve this stage. One or a list.",
		field: many(NAME, {
			max: principals,
			unique: valueOf
		})
	},
	threshold: {
		about: "How many different principals must approve. Default: 1.",
		field: whole(1, principals),
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
		about: "Signatures that name no stage and count as approval of this one: native ones of SIFs (pgp, dsse) and those of cosign sign. Default: none.",
		field: many(choice(NATIVE_FORMATS), {
			min: 0,
			max: NATIVE_FORMATS.length,
			unique: valueOf
		}),
		absent: []
	},
	signedIdentity: {
		about: "With native cosign: which docker-reference the signature must name, as in podman’s policy.json. Bundles name none and do not count then. Default: any.",
		field: located(SIGNED_IDENTITY),
		absent: void 0
	},
	requires: {
		about: "Evidence without which the stage does not pass. Default: none.",
		field: list(REQUIREMENT_FIELD, { max: POLICY_LIMITS.requires }),
		absent: []
	}
});
const TRUST = object({
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
	}
});
const PRINCIPAL_NAME = {
	pattern: /^[A-Za-z0-9][A-Za-z0-9._@+-]{0,63}$/,
	refusal: {
		problem: "is no name for a principal",
		hint: "use up to 64 letters, digits and . _ @ + -, beginning with a letter or digit"
	}
};
/** The whole document. */
const POLICY = object({
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
			certificates: []
		}
	},
	principals: {
		about: "People and services by name, each with one or more credentials. Thresholds count principals.",
		field: record(PRINCIPAL_NAME, PRINCIPAL, principals)
	},
	stages: {
		about: "The stages an image passes, in order.",
		field: list(located(STAGE), {
			max: stages,
			unique: ({ value }) => value.name.value
		})
	},
	distinct: {
		about: "Groups of stages of which nobody may fill two.",
		field: located(list(list(NAME, {
			min: 2,
			max: principals,
			unique: valueOf
		}), {
			min: 0,
			max: distinct
		})),
		absent: void 0
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
function patterns(kind, pattern) {
	const check = (text) => {
		if (kind !== "san" && !isRfc4514(text)) {
			const better = asRfc4514(text);
			return {
				code: "POLICY_PATTERN",
				problem: "is not written as names of certificates are compared",
				hint: better === void 0 ? "write the most specific attribute first, as in CN=Release,O=Example; key show prints the name" : `write ${JSON.stringify(better)}`
			};
		}
		const problem = patternProblem(text, kind);
		return problem === void 0 ? void 0 : {
			code: "POLICY_PATTERN",
			problem,
			hint: "write the exact value, or one star inside a single part of it"
		};
	};
	return many(line(pattern ? {
		pattern,
		check
	} : { check }), { max: credentials });
}

// src/policy/document/load.ts
/**
* Reads a policy file and every file it names.
* @throws PolicyError; SystemError or DataError when the policy file itself cannot be read
*/
async function loadPolicy(path) {
	const absolute = resolve(path);
	return loadPolicyBytes(await readFileBounded(absolute, LIMITS.policyBytes), {
		path: absolute,
		folder: dirname(absolute)
	});
}
/**
* The same for a policy given as text; relative paths start at `folder`, `path` names it in errors.
* @throws PolicyError
*/
async function loadPolicyBytes(bytes, where) {
	const document = parsePolicy(bytes, where.path);
	const reader = new TrustReader(where.folder);
	const principals = [];
	for (const principal of document.principals) principals.push({
		name: principal.name,
		credentials: await reader.credentials(principal)
	});
	const digest = sha256(bytes);
	const { name, stages, distinct } = document;
	const trust = await reader.trust(document);
	return {
		policy: {
			name,
			digest,
			principals,
			stages,
			distinct
		},
		name,
		digest,
		trust,
		path: where.path,
		files: reader.files
	};
}
/** Reads what the policy names, and collects what principals bring along. */
var TrustReader = class {
	#folder;
	#source;
	#keys = /* @__PURE__ */ new Map();
	#anchors = /* @__PURE__ */ new Map();
	constructor(folder) {
		this.#folder = folder;
		this.#source = new TrustFiles(folder);
	}
	/** What was read so far. */
	get files() {
		return this.#source.paths;
	}
	async credentials(principal) {
		const credentials = principal.pgp.map(({ value }) => ({
			method: "pgp",
			fingerprint: fingerprintOf(value)
		}));
		for (const spki of await this.#parts("key", principal.key)) {
			const digest = sha256Hex(spki);
			this.#keys.set(digest, spki);
			credentials.push({
				method: "key",
				hint: toBase64(Buffer.from(digest, "hex"))
			});
		}
		for (const { anchors, san, subject, issuer } of principal.x509) {
			const ders = await this.#parts("certificate", anchors);
			for (const der of ders) this.#anchors.set(sha256Hex(der), der);
			const names = {
				san: san.map(valueOf),
				subject: subject.map(valueOf),
				issuer: issuer.map(valueOf)
			};
			credentials.push({
				method: "x509",
				anchors: ders.map(sha256Hex),
				...names
			});
		}
		return credentials;
	}
	async trust({ trust }) {
		return {
			keyrings: await this.#parts("keyring", trust.keyrings),
			keys: [...this.#keys.values()],
			anchors: [...this.#anchors.values()],
			intermediates: await this.#parts("certificate", trust.intermediates),
			certificates: await this.#parts("certificate", trust.certificates),
			origins: this.#source.origins
		};
	}
	/** One entry at a time, so that an error is about the line that names it. */
	async #parts(kind, entries) {
		const parts = /* @__PURE__ */ new Map();
		for (const entry of entries) for (const part of await this.#entry(kind, entry)) parts.set(sha256Hex(part), part);
		return [...parts.values()];
	}
	async #entry(kind, entry) {
		try {
			return await this.#source.parts(kind, [entry]);
		} catch (cause) {
			if (!(cause instanceof CountersignError)) throw cause;
			const hint = cause instanceof SystemError ? `check the path; relative ones start at ${this.#folder}` : cause.hint;
			throw new PolicyError("POLICY_TRUST_FILE", cause.message, {
				cause,
				location: entry.location,
				hint
			});
		}
	}
};
/**
* The policy in a file's bytes; `file` names it in errors.
* @throws PolicyError with file, line and column
*/
function parsePolicy(bytes, file) {
	const written = POLICY.read(parseYaml(policyText(bytes, file), file), "");
	const { name, trust, principals } = written;
	const known = principals.map((principal) => principal.name);
	const stages = [];
	for (const { value } of written.stages) stages.push(readStage(value, {
		earlier: stages.map(stageName),
		known
	}));
	assertDistinct(stages.map(({ id }) => id), written.stages, "the list of stage ids");
	const groups = written.distinct?.value ?? [];
	for (const group of groups) assertKnown(group, stages.map(stageName), "distinct");
	const distinct = groups.map((group) => group.map(valueOf));
	if (written.distinct) assertSatisfiable(stages, distinct, written.distinct);
	return {
		name: name.value,
		trust,
		principals,
		stages,
		distinct
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
			hint: "save the policy as UTF-8"
		});
	}
}
function stageName({ name }) {
	return name;
}
function readStage(written, { earlier, known }) {
	const { id, approvers, threshold, after, signedIdentity } = written;
	const name = written.name.value;
	const native = written.native.map(valueOf);
	assertKnown(approvers, known, `stages.${name}.approvers`);
	for (const { signedBy } of written.requires) assertKnown(signedBy, known, `stages.${name}.requires`);
	if (threshold && threshold.value > approvers.length) throw problemAt(threshold, "POLICY_UNSATISFIABLE", `stage ${name} needs ${threshold.value} approvers and lists ${approvers.length}`, "lower the threshold or add approvers");
	const late = after?.find(({ value }) => !earlier.includes(value));
	if (late) throw problemAt(late, "POLICY_ORDER", `stage ${name} comes after ${quote(late.value)}, which is no stage listed before it`, earlier.length === 0 ? "the first stage comes after none: write after: []" : didYouMean(late.value, earlier));
	if (signedIdentity && !native.includes("cosign")) throw problemAt(signedIdentity, "POLICY_INVALID_VALUE", `stage ${name} has signedIdentity and accepts no cosign signatures`, "add native: cosign, or remove signedIdentity: approvals name the content alone");
	return {
		name,
		id: id?.value ?? `urn:countersign:stage:${name}`,
		approvers: approvers.map(valueOf),
		threshold: threshold?.value ?? 1,
		after: after?.map(valueOf) ?? earlier.slice(-1),
		native,
		...signedIdentity ? { signedIdentity: signedIdentity.value } : {},
		requires: written.requires.map(({ requirement }) => requirement)
	};
}
/** @throws PolicyError POLICY_UNKNOWN_NAME */
function assertKnown(names, known, what) {
	for (const name of names) if (!known.includes(name.value)) throw problemAt(name, "POLICY_UNKNOWN_NAME", `${what} has ${quote(name.value)}, which is not defined`, didYouMean(name.value, known));
}
/** Supposes that every approver approved: if even that does not do, nothing ever will. */
function assertSatisfiable(stages, distinct, place) {
	const needs = stages.map((stage) => ({
		stage: stage.name,
		needed: stage.threshold,
		candidates: stage.approvers.map((principal) => ({
			principal,
			uses: [principal]
		}))
	}));
	const failed = fillStages(needs, distinct).find((fill) => !fill.met && !fill.undecided);
	if (failed) throw problemAt(place, "POLICY_UNSATISFIABLE", `stage ${failed.stage} can never be approved: the other stages of its distinct group need the same approvers`, "add approvers, lower a threshold, or take the stage out of distinct");
}

export { loadPolicyBytes as n, parsePolicy as r, loadPolicy as t };