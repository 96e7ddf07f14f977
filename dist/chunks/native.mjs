import { d as sha256 } from "./bytes.mjs";
import { t as LIMITS } from "./limits.mjs";
import { l as DATA_TYPE, n as objectsInGroup, t as groupsOf } from "./sif.mjs";
import { c as signatureExtra } from "./carried-crls.mjs";
import { t as filledUp } from "./lane.mjs";
import { _ as parseNativeDsse, g as nativePae, h as joinNativeDsse, m as isNativeDsse, p as encodeNativeDsse } from "./signature-objects.mjs";
import { n as StageError } from "./errors4.mjs";

// src/stage/native.ts
/** No native signature. */
const NO_NATIVES = {
	entries: [],
	objects: [],
	facts: [],
	outdated: [],
	remarks: []
};
/**
* The native objects that planNative will add, with places of a length for their data; their descriptors are final. To be
* asked before the data is known. Undefined when that cannot be told, or the objects could not travel with a bundle.
*/
function reserveNatives({ facts, image, natives }, { signer, native: choice, now, groups: chosen }, lengthBytes) {
	const { identity, native } = signer;
	const place = new Uint8Array(lengthBytes);
	const groups = groupsOf(image).filter((group) => chosen?.has(group) ?? true).map((group) => ({
		group,
		objects: objectsInGroup(image, group)
	}));
	const bounded = (objects) => objects.length * lengthBytes <= LIMITS.companionBytes ? objects : void 0;
	if (choice === "none") return [];
	if (choice === "dsse") return native.format === "pgp" || natives.length > 0 ? void 0 : bounded(groups.map(({ group }) => nativeObject(place, group, { signedAt: now })));
	if (native.format !== "pgp" || natives.some(({ kind }) => kind === "native-dsse")) return [];
	const fingerprint = identity.method === "pgp" ? identity.fingerprint : "";
	return bounded(groups.filter((group) => !presentPgp({
		facts,
		natives
	}, group, fingerprint)).map(({ group }) => nativeObject(place, group, {
		fingerprint,
		signedAt: now
	})));
}
/**
* Signs what is to be written besides the approval; writes nothing.
* @throws StageError STAGE_NATIVE_CONFLICT, STAGE_LAYER_UNREADABLE; SignatureError SIGNATURE_ENVELOPE_INVALID when the
* envelope that all signers share is full
*/
async function planNative(examination, request, verifier) {
	const { groups } = request;
	const chosen = groups ? examination.groups.filter(({ group }) => groups.has(group)) : examination.groups;
	const plan = await planUnbounded({
		...examination,
		groups: chosen
	}, request, verifier);
	assertLookedAt(examination, plan);
	return plan;
}
/** Native signatures beyond the limit of verifiers fail a file for good. */
function assertLookedAt({ natives }, { objects }) {
	const added = objects.map(({ data }) => data instanceof Uint8Array && isNativeDsse(data) ? parseNativeDsse(data).signatures.length : 1);
	const total = added.reduce((sum, count) => sum + count, natives.length);
	if (added.length === 0 || total <= LIMITS.nativeSignatures) return;
	throw new StageError("STAGE_LAYER_UNREADABLE", `the image would have ${total} native signatures; ${LIMITS.nativeSignatures} are looked at`, { hint: "set ⟨native=none⟩, or delete signature objects that are not needed; nothing was written" });
}
async function planUnbounded(examination, request, verifier) {
	const { native } = request.signer;
	if (request.native === "none") return NO_NATIVES;
	if (request.native === "notation") throw conflict("a file has no place for a Notation signature, nor has one that is signed while it is pushed", "leave ⟨native⟩ out, and sign the published image with ⟨native=notation⟩");
	if (native.format === "pgp") {
		if (request.native === "dsse") throw conflict("an OpenPGP key cannot make a native DSSE signature", "leave `native` at `auto`");
		return planPgp(examination, request, {
			native,
			verifier
		});
	}
	return request.native === "dsse" ? planDsse(examination, native, request) : NO_NATIVES;
}
async function planPgp(examination, { signer, now, nativeBytes = 0 }, { native, verifier }) {
	if (examination.natives.some(({ kind }) => kind === "native-dsse")) return {
		...NO_NATIVES,
		remarks: ["the image has a native DSSE signature, and Apptainer cannot verify it together with a PGP one: only the approval was written"]
	};
	const fingerprint = signer.identity.method === "pgp" ? signer.identity.fingerprint : "";
	const entries = [];
	const objects = [];
	const facts = [];
	for (const group of examination.groups) {
		const present = presentPgp(examination, group, fingerprint);
		if (present) {
			entries.push({
				group: group.group,
				digest: present.digest
			});
			continue;
		}
		const data = filledUp(await native.signCleartext(group.metadata, now), nativeBytes, "\n");
		entries.push({
			group: group.group,
			digest: sha256(data)
		});
		objects.push(nativeObject(data, group.group, {
			fingerprint,
			signedAt: now
		}));
		facts.push(await pgpFact(data, group, {
			fingerprint,
			verifier,
			now
		}));
	}
	return {
		entries,
		objects,
		facts,
		outdated: [],
		remarks: []
	};
}
/** A signature over the whole group that this key left before, as a run that was interrupted does. */
function presentPgp({ facts, natives }, group, fingerprint) {
	return facts.layers.find((layer, index) => layer.kind === "native-pgp" && layer.signature === "valid" && layer.signer?.method === "pgp" && layer.signer.fingerprint === fingerprint && natives[index]?.group === group.group && natives[index]?.canonical && group.objects.every(({ id }) => layer.covers.includes(`object ${id}`)));
}
/** A native object in its one form: linked to its group, stamped with the signature's own time. An envelope has no fingerprint. */
function nativeObject(data, group, { fingerprint, signedAt }) {
	const seconds = Math.floor(signedAt.getTime() / 1e3);
	return {
		dataType: DATA_TYPE.signature,
		data,
		group: 0,
		linkedGroup: group,
		extra: signatureExtra(fingerprint),
		createdAt: seconds,
		modifiedAt: seconds
	};
}
async function pgpFact(data, group, { fingerprint, verifier, now }) {
	const check = await verifier.verifyCleartext(data, fingerprint, now);
	return {
		place: {
			in: "sif",
			object: 0
		},
		kind: "native-pgp",
		method: "pgp",
		digest: sha256(data),
		signer: check.identity,
		signature: check.status,
		reasons: check.reasons,
		covers: group.objects.map(({ id }) => `object ${id}`),
		contradicted: false,
		approval: null,
		signedAt: check.signedAt?.toISOString() ?? null
	};
}
async function planDsse(examination, native, { now, nativeBytes = 0 }) {
	const objects = [];
	const outdated = [];
	for (const group of examination.groups) {
		const natives = examination.natives.filter(({ group: linkedTo, kind }) => linkedTo === group.group && kind !== "native-legacy");
		const linked = [...new Set(natives.map(({ found }) => found))];
		if (natives.some(({ kind }) => kind === "native-pgp")) throw conflict(`group ${group.group} has a PGP signature, and Apptainer cannot verify it together with a DSSE one`, "leave `native` at `auto`: the approval itself needs no native signature");
		const envelope = widestEnvelope(linked.map(({ data }) => data));
		const kept = linked.find(({ data }) => data === envelope);
		if (linked.length > 0 && !kept) throw conflict(`group ${group.group} has several native DSSE objects, and none holds the signatures of all`, "delete all but one with `siftool del ID IMAGE`, or leave `native` at `auto`");
		if (!kept) {
			const first = encodeNativeDsse(group.metadata, [await dsseSignature(group, native)]);
			objects.push(nativeObject(filledUp(first, nativeBytes, "\n"), group.group, { signedAt: now }));
			continue;
		}
		const superseded = linked.filter((one) => one !== kept);
		outdated.push(...superseded.flatMap(({ object }) => object ? [object.id] : []));
		if (parseNativeDsse(kept.data).signatures.some(({ keyid }) => keyid === native.keyid)) continue;
		const joined = joinNativeDsse(kept.data, group.metadata, await dsseSignature(group, native));
		objects.push(nativeObject(joined, group.group, { signedAt: now }));
		if (kept.object) outdated.push(kept.object.id);
	}
	return {
		...NO_NATIVES,
		objects,
		outdated
	};
}
/** The envelope that has all signatures of all the others: what a kill between joining and tidying up leaves beside them. */
function widestEnvelope(envelopes) {
	if (envelopes.length < 2) return envelopes[0];
	const signatures = envelopes.map((data) => {
		const { payload, signatures: found } = parseNativeDsse(data);
		return new Set(found.map(({ signature }) => `${sha256(payload)} ${sha256(signature)}`));
	});
	const all = new Set(signatures.flatMap((set) => [...set]));
	return envelopes[signatures.findIndex(({ size }) => size === all.size)];
}
async function dsseSignature(group, native) {
	return {
		keyid: native.keyid,
		signature: await native.signNativePae(nativePae(group.metadata))
	};
}
function conflict(message, hint) {
	return new StageError("STAGE_NATIVE_CONFLICT", message, { hint });
}

export { reserveNatives as i, nativeObject as n, planNative as r, NO_NATIVES as t };