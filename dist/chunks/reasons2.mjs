// src/crypto/sigstore/reasons.ts
/** When each reason occurs, and what to do. */
const SIGSTORE_REASONS = {
	SIGSTORE_NOT_TRUSTED: {
		when: "a keyless signature has a certificate by a CA that no trusted root of the policy holds",
		fix: "if you trust this Sigstore instance, add its trusted root to `trust.sigstore` in the policy"
	},
	SIGSTORE_TIME_MISSING: {
		when: "a keyless signature has fewer times by a log or a timestamp authority than the policy asks for; its certificate was valid for minutes, so nothing shows that it was signed then",
		fix: "sign again with a timestamp authority, or through a log that signs its time"
	},
	SIGSTORE_TIMESTAMP_BAD: {
		when: "a timestamp of a keyless signature is over other bytes, by an authority that the trusted root does not hold, or outside its validity",
		fix: "sign again; check that the trusted root is the one of the instance that signed"
	},
	SIGSTORE_TIME_FUTURE: {
		when: "a keyless signature was made later than the time of this check",
		fix: "check the clock of the verifying machine, and the time given with ⟨now⟩"
	},
	SIGSTORE_OUTSIDE_VALIDITY: {
		when: "a keyless signature was made when its certificate, the CA or the log was not valid, by the certificate or by the trusted root",
		fix: "sign again; if the trusted root is old, obtain the present one of the instance"
	},
	SIGSTORE_LOG_MISSING: {
		when: "a keyless signature has fewer entries of a transparency log than the policy asks for",
		fix: "sign through the log; for an instance without log write `log: 0` beside its trusted root in the policy"
	},
	SIGSTORE_LOG_BAD: {
		when: "an entry of a transparency log is not proven: proof, checkpoint or promise are missing, wrong, or by a log that the trusted root does not hold",
		fix: "obtain the bundle again; check that the trusted root is the one of the instance that signed"
	},
	SIGSTORE_LOG_CONTRADICTS: {
		when: "an entry of a transparency log is about another signature or other content than the one beside it",
		fix: "the bundle was put together from several: obtain it again, or sign again"
	},
	SIGSTORE_SCT_MISSING: {
		when: "the certificate of a keyless signature has fewer signed certificate timestamps than the policy asks for",
		fix: "use an instance whose CA logs its certificates; for one without such a log write `sct: 0` beside its trusted root in the policy"
	},
	SIGSTORE_SCT_BAD: {
		when: "a signed certificate timestamp of a keyless signature does not verify, or is by a log that the trusted root does not hold",
		fix: "check that the trusted root is the one of the instance that signed; else the certificate is forged"
	},
	SIGSTORE_CLAIMS_BAD: {
		when: "the certificate of a keyless signature has a claim that cannot be read as one line of text, no issuer, no name, or two claims that contradict each other",
		fix: "no identity can be read from it: check the configuration of the CA, then sign again"
	}
};
/** A reason with the catalogue's advice. */
function sigstoreReason(code, message) {
	return {
		code,
		message,
		hint: SIGSTORE_REASONS[code].fix
	};
}

export { sigstoreReason as n, SIGSTORE_REASONS as t };