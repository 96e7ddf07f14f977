import { i as EXIT, t as CountersignError } from "./errors.mjs";

// src/commands/trust/errors.ts
/** When each error of fetching trust occurs, and what to do. */
const TRUST_CODES = {
	TRUST_MIRROR_FAILED: {
		when: "the TUF repository of a Sigstore instance does not answer, or lacks a file",
		fix: "check ⟨mirror-url⟩ and the network; what was written before stays good until it is replaced"
	},
	TRUST_METADATA_EXPIRED: {
		when: "the metadata of a TUF repository has expired: its operators sign it anew every few days, or somebody holds back what is newer",
		fix: "check the clock, then repeat later; if it stays, ask the operators of the instance"
	},
	TRUST_METADATA_ROLLED_BACK: {
		when: "a TUF repository answers with older metadata than it had before",
		fix: "use what was written before; ask the operators of the instance whether they restored a backup"
	},
	TRUST_METADATA_REFUSED: {
		when: "the metadata or the file of a TUF repository is not signed by the keys that the root names, or is not what was signed",
		fix: "check that ⟨tuf-root⟩ is the root.json of this very instance; else do not trust this mirror"
	},
	TRUST_STATE_DAMAGED: {
		when: "what was seen of a TUF repository can no longer be read in ⟨state-path⟩, so that older metadata could not be told",
		fix: "put the file back from a backup, or remove it: this run then believes the first metadata that has not expired"
	}
};
/** A trusted root cannot be fetched; exit code 3. */
var TrustError = class extends CountersignError {
	exitCode = EXIT.environment;
	constructor(code, message, cause) {
		super(code, message, {
			hint: TRUST_CODES[code].fix,
			cause
		});
	}
};

export { TrustError as n, TRUST_CODES as t };