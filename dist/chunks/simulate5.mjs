import { n as asTime } from "./approval.mjs";
import { i as encodePae, o as parseBundle } from "./bundle2.mjs";
import { g as subjectDigests, n as IN_TOTO_PAYLOAD_TYPE, p as parseStatement } from "./statement.mjs";
import { t as isJsonObject } from "./json.mjs";
import { t as LIMITS } from "./limits.mjs";
import { c as readPublicKeys } from "./keys.mjs";
import { i as keyidOf, p as verifyMessage } from "./signatures.mjs";
import { i as trustIn } from "./trust.mjs";
import { t as createVerifier } from "./lazy-verifier.mjs";
import { l as orUndefined } from "./cosign.mjs";
import { n as RegistryError } from "./errors5.mjs";
import { u as parseManifest } from "./manifest.mjs";
import { o as readSmallBlob } from "./bundles2.mjs";
import { r as matchesPattern } from "./pattern.mjs";
import { i as gateReason } from "./errors11.mjs";
import { i as missingMessage } from "./kyverno2.mjs";
import { t as SUMMARY_TYPE } from "./wanted2.mjs";

// src/gates/kubernetes/simulate.ts
const BUNDLE = "application/vnd.dev.sigstore.bundle";
const OLD_BUNDLE = /version=0\.[12]$/;
/**
* The bundles that cosign's library reads, in the order of the registry's list: alone in a manifest and of version 0.3. It
* passes over whatever it cannot read.
* @throws RegistryError, NetworkError
* @see https://github.com/sigstore/cosign/blob/v3.1.2/pkg/cosign/verify.go GetBundles
*/
async function seenBundles(repository, subject) {
	const seen = [];
	for (const digest of await repository.listAsOthers?.(subject) ?? []) {
		const bytes = await bundleBytes(repository, digest);
		const bundle = bytes && orUndefined(() => parseBundle(bytes));
		if (bundle && !OLD_BUNDLE.test(bundle.mediaType)) seen.push(bundle);
	}
	return seen;
}
async function bundleBytes(repository, digest) {
	const manifest = await repository.getManifest(digest);
	const [layer, ...more] = (manifest && orUndefined(() => parseManifest(manifest, `the referrer ${digest}`).layers)) ?? [];
	if (!layer?.mediaType.startsWith(BUNDLE) || more.length > 0 || layer.size > LIMITS.bundleBytes) return void 0;
	try {
		return await readSmallBlob(repository, layer);
	} catch (error) {
		if (error instanceof RegistryError && (error.status === 404 || error.status === void 0)) return void 0;
		throw error;
	}
}
/**
* The verdict about an image under what an export asks.
* @throws RegistryError, NetworkError
*/
async function judgeByKyverno({ shape, repository, descriptor: { digest } }, wanted, now) {
	const gate = "kyverno";
	if (shape.is === "sif") return {
		gate,
		verdict: "unknown",
		words: null,
		reasons: [undecided("a SIF is no image of a pod")]
	};
	if (shape.is === "index" && !shape.children.some(({ platform }) => platform?.["os"] === "linux" && platform["architecture"] === "amd64")) return {
		gate,
		verdict: "unknown",
		words: null,
		reasons: [undecided("the index has no image for linux/amd64, which Kyverno reads")]
	};
	return judgeBundles(await seenBundles(repository, digest), {
		digest,
		wanted,
		now
	});
}
function undecided(message) {
	return gateReason("GATE_NOT_DECIDED", message);
}
/** The same about bundles that were read. */
async function judgeBundles(bundles, { digest, wanted, now }) {
	const gate = "kyverno";
	for (const one of wanted) {
		const found = [];
		for (const { name, marks } of one.signers) {
			const problems = [];
			for (const mark of marks) problems.push(problemOf(await lastSummary(bundles, {
				signs: await signsAs(mark, now),
				digest
			}), one, now));
			found.push({
				name,
				problem: problems.includes(void 0) ? void 0 : problems[0] ?? "has no key"
			});
		}
		const unread = found.find(({ problem }) => problem === UNREADABLE);
		if (unread) return {
			gate,
			verdict: "unknown",
			words: null,
			reasons: [undecided(`a statement by ${unread.name} cannot be read here as Kyverno reads it`)]
		};
		if (found.filter(({ problem }) => problem === void 0).length >= one.needed) continue;
		const why = found.flatMap(({ name, problem }) => problem === void 0 ? [] : [`${name}: ${problem}`]);
		const reason = gateReason("GATE_SUMMARY_MISSING", `${one.what} is wanted; ${why.join("; ")}`);
		return {
			gate,
			verdict: "denied",
			words: missingMessage(one),
			reasons: [reason]
		};
	}
	return {
		gate,
		verdict: "allowed",
		words: null,
		reasons: []
	};
}
const UNREADABLE = "a statement that cannot be read";
async function signsAs(mark, now) {
	if (mark.by === "key") {
		const [key] = readPublicKeys(mark.spki);
		if (!key) return async () => false;
		return async ({ material, envelope: { signature, keyid } }, pae) => material.kind === "public-key" && (!keyid || keyid === keyidOf(key, { keyid }).keyid) && verifyMessage(key, pae, {
			signature,
			hashing: "native"
		});
	}
	const verifier = await createVerifier(trustIn({ sigstore: [mark.instance] }));
	return async ({ material, envelope: { signature, keyid }, timestamps, json }, pae) => {
		if (material.kind !== "certificates") return false;
		const input = {
			pae,
			signature,
			material,
			keyid,
			hashing: "bundle",
			timestamps,
			bundle: json
		};
		const { status, identity } = await verifier.verifyDsse(input, now);
		if (status !== "valid" || identity?.method !== "sigstore" || identity.issuer !== mark.issuer) return false;
		return identity.san.some((name) => matchesPattern(mark.san, name, "san"));
	};
}
/** Predicate of the last summary by this signer about this content; that is what Kyverno shows to a condition. */
async function lastSummary(bundles, { signs, digest }) {
	let last;
	for (const bundle of bundles) {
		const { payloadType, payload } = bundle.envelope;
		if (payloadType !== "application/vnd.in-toto+json" || !await signs(bundle, encodePae(payloadType, payload))) continue;
		const statement = orUndefined(() => parseStatement(payload));
		if (!statement) return UNREADABLE;
		if (statement.subject.some((subject) => subjectDigests(subject).includes(digest)) && statement.predicateType === SUMMARY_TYPE) last = statement.predicate;
	}
	return last;
}
/** Why a summary is not as asked for; undefined when it is. */
function problemOf(said, { verifierId, policySha256, maxAge }, now) {
	if (said === UNREADABLE) return UNREADABLE;
	if (said === void 0) return "no approval or verdict is where Kyverno looks";
	if (!isJsonObject(said)) return "the last one says nothing";
	const id = within(said, "verifier", "id");
	if (id !== verifierId) return `the last one is for ${JSON.stringify(id ?? null)}`;
	if (said["verificationResult"] !== "PASSED") return "the last one says that it failed";
	if (policySha256 !== void 0 && within(said, "policy", "digest", "sha256") !== policySha256) return "the last one is by another policy, or by this one as it was";
	const levels = said["verifiedLevels"];
	if (policySha256 !== void 0 && !(Array.isArray(levels) && levels.includes("POLICY_PASSED"))) return "the last one passed by broken glass";
	const expires = policySha256 === void 0 ? within(said, "countersign", "expires") ?? null : null;
	if (expires !== null && !(timeOf(expires) > now.getTime())) return "the last one has expired";
	if (maxAge !== void 0 && !(timeOf(said["timeVerified"]) + maxAge > now.getTime())) return "the last one is too old";
}
function within(object, ...path) {
	return path.reduce((value, name) => isJsonObject(value) ? value[name] : void 0, object);
}
/** Milliseconds; never for what is no time. */
function timeOf(value) {
	return orUndefined(() => Date.parse(asTime(value, "a time"))) ?? NaN;
}

export { judgeByKyverno };