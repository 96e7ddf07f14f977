import { c as isDigest } from "./bytes.mjs";
import { l as parsePurl, r as parseRange, t as hasRanges } from "./versions.mjs";
import { d as quote, o as didYouMean } from "./text.mjs";
import { n as PolicyError } from "./errors9.mjs";
import { i as patternProblem, n as isRfc4514, t as asRfc4514 } from "./pattern.mjs";

// src/policy/document/fields.ts
const LINE = /^(?!\s)[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+(?<!\s)$/u;
/** An error at a place of the document. */
function problemAt({ location }, code, message, hint) {
	return new PolicyError(code, message, {
		hint,
		location
	});
}
/** The value alone. */
function valueOf({ value }) {
	return value;
}
/** Any text. @throws PolicyError POLICY_WRONG_TYPE */
function textOf(node, what) {
	return locatedText(node, what).value;
}
/** The same with its place: the node itself, for there are hundreds of thousands. @throws PolicyError POLICY_WRONG_TYPE */
function locatedText(node, what) {
	if (node.kind !== "scalar" || node.value === null) throw wrongType(node, what, "a text");
	assertSureText(node, node.source);
	if (isText(node)) return node;
	const source = node.source.slice(0, 80);
	throw problemAt(node, "POLICY_WRONG_TYPE", `${what} must be a text; YAML reads ${source} as a ${typeof node.value}`, `put it in quotes: "${source}"`);
}
function isText(node) {
	return typeof node.value === "string";
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
			const text = locatedText(node, what);
			const { value } = text;
			const refusal = value.length <= limit && LINE.test(value) ? check?.(value) : {
				problem: `is not one line of at most ${limit} printable characters`,
				hint: "remove control characters, line breaks and space at the ends"
			};
			if (!refusal) return text;
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
/** A line that is compared with what certificates and provenance name: exact, or with stars. */
function matching(kind) {
	const isName = kind === "subject" || kind === "issuer";
	return line({
		...kind === "san" ? { pattern: /^(?:email|uri|dns|ip):./ } : {},
		check(text) {
			const misspelt = isName ? nameRefusal(text) : void 0;
			if (misspelt) return misspelt;
			const problem = patternProblem(text, kind);
			return problem === void 0 ? void 0 : {
				code: "POLICY_PATTERN",
				problem,
				hint: "write the exact value, or one star inside a single part of it"
			};
		}
	});
}
/** What is wrong with the name of a subject or an issuer. */
function nameRefusal(text) {
	if (isRfc4514(text)) return void 0;
	const better = asRfc4514(text);
	return {
		code: "POLICY_PATTERN",
		problem: "is not written as names of certificates are compared",
		hint: better === void 0 ? "write the most specific attribute first, as in CN=Release,O=Example; key show prints the name" : `write ${JSON.stringify(better)}`
	};
}
/** True or false. */
const WHETHER = {
	schema: { type: "boolean" },
	read(node, what) {
		if (node.kind === "scalar" && typeof node.value === "boolean") return node.value;
		throw wrongType(node, what, "true or false");
	}
};
/** `true`, the only thing that may be written: a word that says something by being there. */
const YES = {
	schema: { const: true },
	read(node, what) {
		if (node.kind === "scalar" && node.value === true) return {
			value: true,
			location: node.location
		};
		throw problemAt(node, "POLICY_WRONG_TYPE", `${what} can only be true`, "write true, or remove the key");
	}
};
/** A field whose values are turned into others, or refused for what they say together. */
function mapped(field, change) {
	return {
		schema: field.schema,
		read: (node, what) => change(field.read(node, what), what, node)
	};
}
/** A value together with its place. */
function located(field) {
	return mapped(field, (value, _, { location }) => ({
		value,
		location
	}));
}
/** A map by the one field, everything else by the other. */
function either(plain, map) {
	return {
		schema: { anyOf: [plain.schema, map.schema] },
		read: (node, what) => (node.kind === "map" ? map : plain).read(node, what)
	};
}
/** The error about a node of another kind than `wanted`. */
function wrongType(node, what, wanted) {
	return problemAt(node, "POLICY_WRONG_TYPE", `${what} must be ${wanted}, found ${node.kind === "scalar" ? node.value === null ? "nothing" : quote(node.source) : `a ${node.kind}`}`, `write ${wanted}`);
}

// src/policy/document/collections.ts
/** A list. */
function list(item, { max = Number.POSITIVE_INFINITY, min = 1, unique }) {
	return {
		schema: {
			type: "array",
			minItems: min,
			...Number.isFinite(max) ? { maxItems: max } : {},
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
	const absent = Object.fromEntries(all.map(([key, member]) => [key, member.absent]));
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
			const values = { ...absent };
			for (const [key, member] of all) {
				const found = entries.get(key)?.value;
				if (!found && !("absent" in member)) {
					const hint = `add ${key}: ${member.about.replace(/\.$/, "")}`;
					throw problemAt(node, "POLICY_MISSING_KEY", `${what || "the policy"} has no ${key}`, hint);
				}
				if (found) values[key] = member.field.read(found, what === "" ? key : `${what}.${key}`);
			}
			return values;
		}
	};
}
/** The node as a map; the document itself has no path. @throws PolicyError POLICY_WRONG_TYPE */
function mapOf(node, what) {
	if (node.kind === "map") return node;
	throw wrongType(node, what || "the policy", "a map (key: value)");
}
/** A map whose keys are names of the writer's choice, as a list of its values with their names. */
function record(key, value) {
	return {
		schema: {
			type: "object",
			minProperties: 1,
			additionalProperties: false,
			patternProperties: { [key.pattern.source]: value.schema }
		},
		read(node, what) {
			const { entries } = mapOf(node, what);
			if (entries.size === 0) throw problemAt(node, "POLICY_INVALID_VALUE", `${what} has no entries`, "add an entry");
			return [...entries].map(([name, entry]) => {
				assertSureText(entry, name);
				const { problem, hint } = key.refusal;
				if (!key.pattern.test(name)) throw problemAt(entry, "POLICY_INVALID_VALUE", `${quote(name)} ${problem}`, hint);
				const read = value.read(entry.value, `${what}.${name}`);
				return Object.assign(read, {
					name,
					location: entry.location
				});
			});
		}
	};
}

// src/policy/document/deny-field.ts
const KEY = line({ check: (text) => keyOf(text) ? void 0 : {
	problem: "is no key",
	hint: "write the fingerprint or hint that key show prints"
} });
const DIGEST = line({ check: (text) => isDigest(text) ? void 0 : {
	problem: "is no digest",
	hint: "write sha256: and 64 hex digits"
} });
const NAME = line({ check: nameRefusal });
const SERIAL = formed(/^(?:[0-9A-Fa-f]{1,2}:?)+$/, {
	problem: "is no serial number",
	hint: "write its hex digits, as the verdict shows them"
});
/** A time to the second in UTC. */
const TIME = line({
	pattern: /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/,
	check: (text) => isTime(text) ? void 0 : {
		problem: "is no time in UTC",
		hint: "write it as in \"2026-05-01T00:00:00Z\""
	}
});
const OF = [
	"key",
	"certificate",
	"principal",
	"content",
	"statement",
	"component"
];
const PURL = /^pkg:[A-Za-z][A-Za-z0-9.+-]*\/[^\s@?#]+$/;
const COMPONENT = line({
	pattern: PURL,
	check: (text) => PURL.test(text) && parsePurl(text) ? void 0 : {
		problem: "is no package URL without version and qualifiers",
		hint: "write it as in pkg:npm/left-pad, with an encoded @ (%40) in scopes, and its versions under versions"
	}
});
const VERSION = line({ limit: 200 });
const DENY = object({
	key: {
		about: "A key: base64 or hex SHA-256 of its SPKI, or OpenPGP fingerprint of the primary key or a subkey.",
		field: KEY,
		absent: void 0
	},
	certificate: {
		about: "A certificate by issuer and serial number, wherever in a chain it is.",
		field: object({
			issuer: {
				about: "Name of the CA in RFC 4514 form.",
				field: NAME
			},
			serial: {
				about: "Hex digits.",
				field: SERIAL
			}
		}),
		absent: void 0
	},
	principal: {
		about: "A principal, by name.",
		field: line(),
		absent: void 0
	},
	content: {
		about: "Content digest of an image.",
		field: DIGEST,
		absent: void 0
	},
	statement: {
		about: "Digest of an approval or of evidence, as the verdict shows it.",
		field: DIGEST,
		absent: void 0
	},
	component: {
		about: "A component, by package URL without a version: no SBOM that a stage requires may name it.",
		field: COMPONENT,
		absent: void 0
	},
	versions: {
		about: "Of a component: its versions, single ones or ranges such as \">=2.0 <2.17.1\". Default: all.",
		field: many(VERSION, {
			max: 1e3,
			unique: valueOf
		}),
		absent: void 0
	},
	since: {
		about: "What is proven to be older than this time keeps counting. Default: nothing counts.",
		field: TIME,
		absent: void 0
	},
	reason: {
		about: "Why; the report shows it.",
		field: line()
	}
}, OF);
/** One entry of `deny`. */
const DENY_FIELD = mapped(DENY, (written, what, { location }) => {
	const { principal, component, versions, since, reason } = written;
	const given = OF.filter((name) => written[name] !== void 0);
	if (given.length > 1) throw problemAt({ location }, "POLICY_INVALID_VALUE", `${what} has ${given.join(" and ")}`, "write one entry for each");
	const stray = component ? since : versions?.[0];
	if (stray) throw problemAt(stray, "POLICY_CONTRADICTION", component ? `${what}: a component has no since` : `${what}: versions are of a component alone`, component ? "remove since: what is in an image does not change" : "remove versions");
	return {
		location,
		denial: {
			reason: reason.value,
			...since ? { since: new Date(since.value) } : {},
			what: subjectOf(written)
		},
		principal
	};
});
function subjectOf({ key, certificate, principal, content, statement, component, versions }) {
	if (certificate) {
		const serial = certificate.serial.value.replaceAll(":", "").toLowerCase().replace(/^0+(?=.)/, "");
		return {
			of: "certificate",
			issuer: certificate.issuer.value,
			serial
		};
	}
	if (principal) return {
		of: "principal",
		name: principal.value
	};
	if (content) return {
		of: "content",
		digest: content.value
	};
	if (statement) return {
		of: "statement",
		digest: statement.value
	};
	if (component) return {
		of: "component",
		purl: component.value,
		...versionsOf(component, versions)
	};
	return {
		of: "key",
		...keyOf(key?.value ?? "")
	};
}
/** Where no stage requires an SBOM nobody says what is in an image. @throws PolicyError POLICY_CONTRADICTION */
function assertLookedInto(component, stages) {
	if (stages.some(({ requires }) => requires.some(({ condition }) => condition.of === "sbom"))) return;
	throw problemAt(component, "POLICY_CONTRADICTION", "deny names a component, and no stage requires an SBOM that says what is in an image", "add { evidence: sbom, signedBy: … } to requires of a stage, by whom you believe it");
}
/** What begins with `<`, `>` or `=` is a range, everything else a single version. */
function versionsOf(component, versions) {
	if (!versions) return {};
	const type = parsePurl(component.value)?.type ?? "";
	const read = (one) => {
		if (!/^[<>=]/.test(one.value)) return one.value;
		const range = parseRange(one.value, type);
		if (range) return range;
		throw problemAt(one, "POLICY_INVALID_VALUE", hasRanges(type) ? `${quote(one.value)} is no range of versions` : `the order of versions of pkg:${type} is not known here`, hasRanges(type) ? "write comparisons with blanks between, as in \">=2.0 <2.17.1\"" : "list the versions one by one, or leave versions out for all");
	};
	return { versions: versions.map(read) };
}
/** A key by how it is written; undefined for what is none. */
function keyOf(text) {
	const hex = text.replace(/^sha256:/, "");
	if (/^[0-9a-fA-F]{64}$/.test(hex)) return { hint: Buffer.from(hex, "hex").toString("base64") };
	if (/^[A-Za-z0-9+/]{43}=$/.test(text)) return { hint: text };
	const digits = text.replaceAll(" ", "").toUpperCase();
	return /^[0-9A-F]{40}$/.test(digits) ? { fingerprint: digits } : void 0;
}
function isTime(text) {
	const time = new Date(text);
	return !Number.isNaN(time.getTime()) && time.toISOString() === `${text.slice(0, -1)}.000Z`;
}

export { wrongType as C, whole as S, mapped as _, list as a, textOf as b, record as c, assertSureText as d, choice as f, located as g, line as h, assertDistinct as i, WHETHER as l, formed as m, assertLookedInto as n, many as o, either as p, keyOf as r, object as s, DENY_FIELD as t, YES as u, matching as v, valueOf as x, problemAt as y };