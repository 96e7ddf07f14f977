import { r as keyringWith } from "./asks.mjs";
import { n as pgpAsks } from "./export3.mjs";
import { r as GateError } from "./errors11.mjs";

// src/gates/fingerprints.ts
/**
* The header and the keys.
* @throws GateError GATE_NOT_EXPRESSIBLE when not every image that passes has a signature by one certain key; GATE_KEY_MISSING
*/
async function exportFingerprints(loaded, now) {
	const { losses, forced, others } = pgpAsks(loaded, loaded.policy.stages, now);
	if (forced.length === 0) throw new GateError("GATE_NOT_EXPRESSIBLE", "Fingerprints: asks for signatures by all of its OpenPGP keys, and there is no stage that needs one certain key", { hint: "gate base images with `verify-all`, or let a stage be approved by one OpenPGP key alone" });
	return {
		gate: "fingerprints",
		files: [{
			name: "header.def",
			content: `Fingerprints: ${forced.join(",")}\n`
		}, {
			name: "keys.pgp",
			content: await keyringWith(loaded.trust, forced)
		}],
		asks: [`signatures by all of ${forced.join(", ")} on the base image`],
		losses: [...losses, ...others.map(({ stage }) => {
			return {
				stage,
				rule: "alternatives",
				text: `stage ${stage}, which one of several keys can approve, is not asked for: all keys of the header must have signed`
			};
		})],
		warnings: []
	};
}
/** What the page says of use and of limits. */
function fingerprintsPage(source) {
	return {
		title: "`Fingerprints:` of definition files",
		source,
		body: [
			"## Where each file goes",
			"",
			"- `header.def`: put the line into the header of a definition file whose `Bootstrap:` is `localimage`, `oras` or `library`.",
			"- `keys.pgp`: `apptainer key import keys.pgp` as the user who builds, or with `--global`.",
			"",
			"## What this gate does not do",
			"",
			"- It looks at the base image of one build, when it is built. Images of OCI registries (`Bootstrap: docker`) are not asked.",
			"- The base must verify as a whole: a native signature by a key that the builder does not know, or a native DSSE signature, ends the build.",
			"- A signature names no stage, and when an approval expires is not asked. Keys that are missing are looked up at key servers, unless that is switched off.",
			"",
			"The header was tried with Apptainer 1.4.5 where it could build (`test/interop/gates-ecl.test.ts`)."
		]
	};
}

export { exportFingerprints, fingerprintsPage };