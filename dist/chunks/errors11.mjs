import { i as EXIT, t as CountersignError } from "./errors.mjs";

// src/gates/errors.ts
/** What can be wrong with the configuration of a gate, or with a policy as the source of one. */
const GATE_CODES = {
	GATE_NOT_EXPRESSIBLE: {
		when: "the policy asks for something that this gate cannot ask for; with ⟨strict⟩, or when nothing is left to ask for",
		fix: "leave ⟨strict⟩ out to export what can be asked for, and let `verify-all` decide the rest; or export for another gate"
	},
	GATE_KEY_MISSING: {
		when: "a key or certificate that the gate would need is in none of the files that the policy names",
		fix: "add the public key to the files of the policy"
	},
	GATE_FOLDER_NOT_EMPTY: {
		when: "the folder for an export has files in it already",
		fix: "give a new or empty folder, so that no file of an older export is installed"
	},
	GATE_BUNDLE_INVALID: {
		when: "a trust bundle is damaged or of another form, or a policy cannot become one",
		fix: "fetch the bundle again; for an export name every file of the policy by a relative path, of at most 100 bytes from the folder above all of them on"
	},
	GATE_BUNDLE_UNTRUSTED: {
		when: "a trust bundle is not signed by the key that was given for it",
		fix: "give in ⟨public-key⟩ or ⟨keyring⟩ the key of whoever exports your policies, or fetch the bundle again"
	},
	GATE_CONFIGURATION_INVALID: {
		when: "a gate’s configuration cannot be read, or the gate itself would not accept it",
		fix: "correct the file at the place that the message names"
	},
	GATE_CONFIGURATION_UNREAD: {
		when: "a gate’s configuration says something in a way that is not worked out here, so that nobody can tell what the gate would do",
		fix: "write the place that the message names more plainly, or try the image with the gate itself"
	}
};
/** The configuration of a gate cannot be written or read: exit code 2. */
var GateError = class extends CountersignError {
	exitCode = EXIT.usage;
	constructor(code, message, details = {}) {
		super(code, message, {
			hint: GATE_CODES[code].fix,
			...details
		});
	}
};
/** Why a gate denies an image, in our words. */
const GATE_REASONS = {
	GATE_NO_GROUP: {
		when: "the image lies in a folder that no group of the execution control list is about",
		fix: "move the image into one of the folders that the list names, or add a group without `dirpath`"
	},
	GATE_LIST_INVALID: {
		when: "a value in the execution control list is wrong, so that Apptainer refuses every SIF",
		fix: "correct the value that the message names"
	},
	GATE_SIGNATURE_MISSING: {
		when: "the gate asks for a signature by a key that has not signed the image in a way that the gate counts",
		fix: "have the stage approved with `countersign sign-stage` by that key, with a native signature"
	},
	GATE_SIGNED_ELSEWHERE: {
		when: "the wanted key has signed this image under the name of another repository, as after a promotion",
		fix: "name the repository where it was signed with ⟨signed-repository⟩ when the configuration is exported, or with `exactRepository` in a policy.json of your own"
	},
	GATE_SUMMARY_MISSING: {
		when: "the gate of a cluster asks for an approval, or for the verdict of `verify-all`, that it does not see: it is not there, not the last one by its key, of another policy, or at its end",
		fix: "approve the stage with `countersign sign-stage`, or have `verify-all` sign its verdict, by the key that the gate asks for; a key that signs for several stages needs a successor for each of them"
	},
	GATE_SIGNATURE_FORBIDDEN: {
		when: "a key that the gate forbids has signed the image",
		fix: "use an image that this key has not signed, or take the key off the list"
	},
	GATE_SIGNATURE_UNREADABLE: {
		when: "a signature that the gate cannot check makes it refuse the whole image, whatever else is signed",
		fix: "leave ⟨native⟩ at its default, so that the approval is stored where the gate does not look; in an image that has such a signature, delete its object (`siftool del ID IMAGE`)"
	},
	GATE_CONTENT_CHANGED: {
		when: "the content of the image is not the one that was signed",
		fix: "fetch the image again from a trusted place"
	},
	GATE_ALLOWED: {
		when: "a remark: the gate lets the image pass",
		fix: "nothing to do; `verify-all` asks for more"
	},
	GATE_WOULD_DENY: {
		when: "a gate in ⟨require-gates⟩ would deny the image, so that nothing was published",
		fix: "do what the reason of the gate says, and publish again"
	},
	GATE_NOT_DECIDED: {
		when: "what the gate would say cannot be worked out here",
		fix: "try the image with the gate itself"
	}
};
/** A reason of this code with its usual hint. */
function gateReason(code, message) {
	return {
		code,
		message,
		hint: GATE_REASONS[code].fix
	};
}

export { gateReason as i, GATE_REASONS as n, GateError as r, GATE_CODES as t };