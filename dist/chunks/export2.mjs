import { a as encodePem, f as sha256Hex } from "./bytes.mjs";
import { a as thresholdLoss, i as needsEverybody, n as keyWithHint, r as keyringWith, t as asksOf } from "./asks.mjs";
import { r as GateError } from "./errors11.mjs";
import { i as writeRegistries } from "./registries.mjs";

// src/gates/containers/export.ts
/**
* The files for podman, skopeo and CRI-O.
* @throws GateError GATE_NOT_EXPRESSIBLE when nothing is left to ask for: an empty list is refused by podman
*/
async function exportContainers(loaded, target, now) {
	const { policy } = loaded;
	const { asks, losses } = asksOf(loaded, policy.stages, {
		knows: target.lookaside === void 0 ? isSigstore : isForPodman,
		what: target.lookaside === void 0 ? "a bare key or a certificate" : "a key or a certificate",
		now
	});
	const writer = new Writer(loaded, target);
	const results = [];
	for (const ask of asks) results.push(await writer.requirementsOf(ask));
	const requirements = results.flatMap((result) => result.requirements);
	if (requirements.length === 0) throw new GateError("GATE_NOT_EXPRESSIBLE", "policy.json can ask for none of the stages: podman reads signatures by bare keys, by certificates with one exact name and, in a lookaside, by OpenPGP keys", { hint: "gate these images with `verify-all`" });
	const document = {
		default: [{ type: "reject" }],
		transports: { docker: Object.fromEntries(target.scopes.map((scope) => [scope, requirements])) }
	};
	return {
		gate: "containers-policy",
		files: [
			{
				name: "policy.json",
				content: `${JSON.stringify(document, void 0, 2)}\n`
			},
			{
				name: "registries.d/countersign.yaml",
				content: writeRegistries(target.scopes, target.lookaside)
			},
			...writer.files.values()
		],
		asks: results.flatMap((result) => result.asks),
		losses: [...losses, ...results.flatMap((result) => result.losses)],
		warnings: [...writer.needsIntermediates ? ["podman takes the last certificate that comes with a signature for a root and leaves it out. List the issuing CAs in `trust.intermediates` of the policy and export again, unless the roots sign the leaf certificates themselves."] : [], "Images of every other repository are rejected, as are those of other transports. Merge the scopes into an existing policy.json where that is not wanted."]
	};
}
function isForPodman(credential) {
	return credential.method === "pgp" || isSigstore(credential);
}
function isSigstore(credential) {
	return credential.method === "key" || credential.method === "x509" && subjectOf(credential) !== void 0;
}
/** The one exact name that podman can ask of a certificate. */
function subjectOf({ san, subject, issuer }) {
	const [name = "", ...others] = san;
	if (others.length > 0 || subject.length > 0 || issuer.length > 0 || name.includes("*")) return void 0;
	if (name.startsWith("email:")) return { subjectEmail: name.slice(6) };
	return name.startsWith("dns:") ? { subjectHostname: name.slice(4) } : void 0;
}
var Writer = class {
	files = /* @__PURE__ */ new Map();
	needsIntermediates = false;
	#loaded;
	#target;
	constructor(loaded, target) {
		this.#loaded = loaded;
		this.#target = target;
	}
	async requirementsOf(ask) {
		const { stage, approvers, signedIdentity } = ask;
		const parts = needsEverybody(ask) ? approvers.map((one) => [one]) : [approvers];
		const made = [];
		for (const part of parts) made.push(await this.#requirement(part, signedIdentity ?? this.#target.signedIdentity));
		const names = parts.map((part) => part.map(({ name }) => name).join(" or "));
		const lost = names.filter((_, index) => made[index] === void 0);
		return {
			requirements: made.flatMap((requirement) => requirement ?? []),
			asks: names.flatMap((name, index) => made[index] ? [`stage ${stage}: a signature by ${name}`] : []),
			losses: [...thresholdLoss(ask), ...lost.map((name) => ({
				stage,
				rule: "alternatives",
				text: `of stage ${stage} a signature by ${name} is not asked for: podman takes one of several keys of one kind, or one certificate`
			}))]
		};
	}
	async #requirement(approvers, identity) {
		const credentials = approvers.flatMap(({ name, credentials: own }) => own.map((credential) => ({
			name,
			credential
		})));
		const keys = credentials.flatMap(({ name, credential }) => credential.method === "key" ? [this.#keyFile(name, credential)] : []);
		const common = { type: "sigstoreSigned" };
		const signedIdentity = identityJson(identity);
		if (keys.length === credentials.length) return {
			...common,
			...keyMember(keys),
			signedIdentity
		};
		const rings = [];
		for (const { name, credential } of credentials) if (credential.method === "pgp") rings.push(await this.#ringFile(name, credential));
		if (rings.length === credentials.length) return {
			type: "signedBy",
			keyType: "GPGKeys",
			...keyMember(rings),
			signedIdentity
		};
		const [only] = credentials;
		if (!only || credentials.length > 1 || only.credential.method !== "x509") return void 0;
		return {
			...common,
			pki: this.#pki(only.name, only.credential),
			signedIdentity
		};
	}
	#keyFile(name, { hint }) {
		const spki = keyWithHint(this.#loaded.trust, hint);
		return this.#file(`${name}-${hint.slice(0, 8).replace(/[^A-Za-z0-9]/g, "_")}.pub`, encodePem("PUBLIC KEY", spki));
	}
	async #ringFile(name, { fingerprint }) {
		return this.#file(`${name}-${fingerprint}.gpg`, await keyringWith(this.#loaded.trust, [fingerprint]));
	}
	#pki(name, credential) {
		const { anchors, intermediates } = this.#loaded.trust;
		this.needsIntermediates ||= intermediates.length === 0;
		const own = anchors.filter((der) => credential.anchors.includes(sha256Hex(der)));
		return {
			caRootsPath: this.#file(`${name}-roots.pem`, certificatesPem(own)),
			...intermediates.length > 0 ? { caIntermediatesPath: this.#file("intermediates.pem", certificatesPem(intermediates)) } : {},
			...subjectOf(credential)
		};
	}
	#file(name, content) {
		this.files.set(name, {
			name: `keys/${name}`,
			content
		});
		return `${this.#target.keyFolder}/${name}`;
	}
};
function keyMember(paths) {
	return paths.length === 1 ? { keyPath: paths[0] } : { keyPaths: paths };
}
function certificatesPem(ders) {
	return ders.map((der) => encodePem("CERTIFICATE", der)).join("");
}
/** As policy.json spells it. */
function identityJson(identity) {
	switch (identity.type) {
		case "exactReference": return {
			type: identity.type,
			dockerReference: identity.reference
		};
		case "exactRepository": return {
			type: identity.type,
			dockerRepository: identity.repository
		};
		default: return identity;
	}
}
/** What the page says of installing and of limits. */
function containersPage(source, { keyFolder }) {
	return {
		title: "policy.json for podman, skopeo and CRI-O",
		source,
		body: [
			"## Where each file goes",
			"",
			"- `policy.json`: `/etc/containers/policy.json`.",
			"- `registries.d/countersign.yaml`: `/etc/containers/registries.d/`. Without it no signature is looked for, and every image is rejected. A place may stand in one file of the folder only.",
			`- \`keys/*\`: \`${keyFolder}/\`, readable for everybody.`,
			"",
			"## What this gate does not do",
			"",
			"- It reads cosign’s older format alone, the tag `sha256-….sig`, which `sign-stage` writes beside an approval by a key or certificate. Bundles by themselves are not seen.",
			"- GPG signatures are read in the lookaside that `registries.d` names, where `sign-stage` with `lookaside` puts them: `signature-1` and so on. `push-oras` with `lookaside` files them for the destination of a promotion too, where they name their first place.",
			"- A signature names no stage: any cosign signature by the key over this image counts. Evidence does not: it leaves no such signature.",
			"- The `signedIdentity` of a stage is asked of every signature, also of those beside approvals, which name the repository without a tag.",
			"- Of an index podman asks for the signature of the platform that is pulled.",
			"- `pki` needs containers/image 5.36 (podman 5.6, skopeo 1.20) or newer; older ones refuse the whole file.",
			"",
			"The decisions of this file were compared with skopeo 1.22 (`test/interop/gates-containers.test.ts`); podman and CRI-O use the same code and were not run. `countersign simulate containers-policy IMAGE` says what it will make of an image."
		]
	};
}

export { containersPage, exportContainers };