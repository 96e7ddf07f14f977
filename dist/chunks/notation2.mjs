import { a as encodePem, f as sha256Hex } from "./bytes.mjs";
import { t as asksOf } from "./asks.mjs";
import { r as GateError } from "./errors11.mjs";

// src/gates/notation.ts
/**
* The trust policy for these repositories, or for `*`, and the trust store.
* @throws GateError GATE_NOT_EXPRESSIBLE when there is no such stage
* @see https://github.com/notaryproject/specifications/blob/v1.1.0/specs/trust-store-trust-policy.md
*/
function exportNotation(loaded, scopes, now) {
	const { asks, losses } = asksOf(loaded, loaded.policy.stages, {
		knows: isAskable,
		what: "a certificate of which notation can ask the whole subject",
		now
	});
	const ask = asks.filter((ask) => identitiesOf(ask) !== void 0).at(-1);
	if (!ask) throw new GateError("GATE_NOT_EXPRESSIBLE", "notation can ask for none of the stages: it knows certificates by their subject, which must name C, ST and O", { hint: "describe the approvers of a stage by an exact `subject` with C, ST and O, or by `any: true`" });
	const { stage, approvers } = ask;
	const names = approvers.map(({ name }) => name).join(" or ");
	const store = `countersign-${stage}`;
	const document = {
		version: "1.0",
		trustPolicies: [{
			name: store,
			registryScopes: scopes,
			signatureVerification: { level: "strict" },
			trustStores: [`ca:${store}`],
			trustedIdentities: identitiesOf(ask)
		}]
	};
	return {
		gate: "notation",
		files: [{
			name: "trustpolicy.json",
			content: `${JSON.stringify(document, void 0, 2)}\n`
		}, ...anchorsOf(loaded, ask).map((der) => ({
			name: `truststore/x509/ca/${store}/${sha256Hex(der).slice(0, 16)}.pem`,
			content: encodePem("CERTIFICATE", der)
		}))],
		asks: [`stage ${stage}: a Notation signature by ${names}`],
		unasked: "For which stage a signature was given, and whether the approval was withdrawn or replaced since, it asks of no policy.",
		losses: [
			...losses,
			...asks.filter((other) => other !== ask).map(otherStage),
			...lossesOf(ask)
		],
		warnings: ["Approvals leave a Notation signature only where they are given with `native: notation`; others are not seen, and their images are refused."]
	};
}
/** Attributes that the certificate reader of notation names; it refuses subjects with others. */
const ATTRIBUTES = /* @__PURE__ */ new Set([
	"C",
	"ST",
	"O",
	"OU",
	"CN",
	"L",
	"STREET",
	"POSTALCODE",
	"SERIALNUMBER"
]);
/** The attributes of a subject that notation reads as we do; undefined for patterns and all that is written otherwise. */
function attributesOf(subject) {
	if (/[*+\\"<>;#]/.test(subject)) return void 0;
	const pairs = subject.split(",").map((part) => part.split("="));
	const found = new Map(pairs.map(([name = "", value = ""]) => [name, value]));
	const isPlain = pairs.every(([name = "", value, ...rest]) => ATTRIBUTES.has(name) && value && rest.length === 0);
	const isWhole = found.size === pairs.length && [
		"C",
		"ST",
		"O"
	].every((name) => found.has(name));
	return isPlain && isWhole ? found : void 0;
}
function isAskable(credential) {
	if (credential.method !== "x509") return false;
	const { any, san, subject } = credential;
	if (subject.length === 0) return any === true && san.length === 0;
	return subject.every((one) => attributesOf(one) !== void 0);
}
function credentialsOf({ approvers }) {
	return approvers.flatMap(({ credentials }) => credentials);
}
/** Whom notation trusts; undefined where it would have to trust everybody of one CA and some of another. */
function identitiesOf(ask) {
	const credentials = credentialsOf(ask);
	if (credentials.every(({ subject }) => subject.length === 0)) return ["*"];
	if (credentials.some(({ subject }) => subject.length === 0)) return void 0;
	const subjects = [...new Set(credentials.flatMap(({ subject }) => subject))];
	return subjects.filter((one) => !subjects.some((other) => other !== one && isWithin(one, other))).map((subject) => `x509.subject: ${subject}`);
}
/** True when every certificate of `one` is also taken under `other`, which names less; of two that are alike the first stays. */
function isWithin(one, other) {
	const [attributes, fewer] = [attributesOf(one), attributesOf(other)];
	if (!attributes || !fewer || ![...fewer].every(([name, value]) => attributes.get(name) === value)) return false;
	return fewer.size < attributes.size || other < one;
}
function anchorsOf({ trust }, ask) {
	const wanted = new Set(credentialsOf(ask).flatMap(({ anchors }) => anchors));
	return trust.anchors.filter((der) => wanted.has(sha256Hex(der)));
}
function otherStage({ stage }) {
	return {
		stage,
		rule: "alternatives",
		text: `stage ${stage} is not asked for: notation takes one signature, whoever of those it trusts gave it`
	};
}
function lossesOf(ask) {
	const { stage, threshold } = ask;
	const credentials = credentialsOf(ask);
	const sets = new Set(credentials.map(({ anchors }) => anchors.toSorted().join(" ")));
	const more = credentials.some(({ san, issuer }) => san.length > 0 || issuer.length > 0);
	return [
		[
			"threshold",
			threshold > 1,
			`of the ${threshold} people that stage ${stage} needs, one is asked for`
		],
		[
			"credentials",
			more,
			`alternative names and issuers of certificates of stage ${stage} are not asked for`
		],
		[
			"alternatives",
			sets.size > 1,
			`which CA of stage ${stage} certifies which subject is not asked: any of them may`
		]
	].flatMap(([rule, used, text]) => used ? [{
		stage,
		rule,
		text
	}] : []);
}
/** What the page says of installing and of limits. */
function notationPage(source) {
	return {
		title: "Trust policy and trust store of notation",
		source,
		body: [
			"## Where each file goes",
			"",
			"- `trustpolicy.json` and `truststore/`: into the folder of notation’s configuration, `~/.config/notation/` or what `NOTATION_CONFIG` names. Merge the statement into a file that is there; a repository may stand in one statement only.",
			"",
			"## What this gate does not do",
			"",
			"- It reads Notation signatures alone, which `sign-stage` with `native: notation` attaches beside an approval by a certificate.",
			"- One valid signature is enough. For which stage it is, `notation verify --user-metadata stage=NAME` asks.",
			"- Of a subject the attributes above are compared; a certificate that has more of them passes as well.",
			"- It asks CRL and OCSP where certificates name them, and refuses when it gets no answer: CRLs of the policy are not given to it.",
			"- The end of an approval is in its signature and is asked. A withdrawal is not: the signature stays.",
			"",
			"The files were tried with notation 1.3.2 (`test/interop/gates-notation.test.ts`). There is no `simulate` for this gate."
		]
	};
}

export { exportNotation, notationPage };