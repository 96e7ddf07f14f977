import { i as EXIT, t as CountersignError } from "./errors.mjs";

// src/crypto/sigstore/sign/errors.ts
/** When each error of keyless signing occurs, and what to do. */
const KEYLESS_CODES = {
	SIGSTORE_TOKEN_MISSING: {
		when: "keyless signing has no identity token: the job may not ask for one, or none was given",
		fix: "in GitHub Actions give the job the permission `id-token: write`; elsewhere set SIGSTORE_ID_TOKEN or give ⟨identity-token⟩"
	},
	SIGSTORE_TOKEN_INVALID: {
		when: "the identity token is no JSON Web Token with issuer, subject and times",
		fix: "give the token as the platform issues it; in GitLab as `id_tokens` with the name SIGSTORE_ID_TOKEN"
	},
	SIGSTORE_TOKEN_EXPIRED: {
		when: "the identity token has expired; tokens live for minutes",
		fix: "ask for the token right before signing, and check the clock"
	},
	SIGSTORE_TOKEN_AUDIENCE: {
		when: "the identity token is for another audience than Sigstore, which its CA refuses",
		fix: "ask for a token whose audience is sigstore; in GitLab write `aud: sigstore`"
	},
	SIGSTORE_INSTANCE_INVALID: {
		when: "the signing config of a Sigstore instance cannot be read, or names no service that can be used now",
		fix: "give `public`, `github` or the signing_config.json of the instance, or the addresses of its services"
	},
	SIGSTORE_PUBLIC_REFUSED: {
		when: "a job of a repository that is not public would write its names into a public log for ever",
		fix: "use ⟨sigstore-instance=github⟩ or a private instance; if these names may be public, set ⟨public-log=allow⟩"
	},
	SIGSTORE_CA_REFUSED: {
		when: "the CA of the Sigstore instance gives no certificate for the identity token",
		fix: "see its words in the message: the instance must know the issuer of the token, and the token must be fresh"
	},
	SIGSTORE_CERTIFICATE_WRONG: {
		when: "the CA of the Sigstore instance gave a certificate for another key, that is not valid now, or that names nobody",
		fix: "nothing was signed; check the address and the health of the instance, and the clock"
	},
	SIGSTORE_LOG_FAILED: {
		when: "the transparency log took no entry, also after some repeats, or answered with something else; nothing was stored",
		fix: "repeat the step when the log answers again; where it refuses or redirects, check its address and its version"
	},
	SIGSTORE_TIMESTAMP_FAILED: {
		when: "the timestamp authority gave no timestamp that holds, also after some repeats; nothing was stored",
		fix: "repeat the step when the authority answers again; where it refuses or redirects, check its address"
	},
	SIGSTORE_NATIVE: {
		when: "a native DSSE signature of a SIF is asked for from a keyless signer",
		fix: "leave `native` at its default: nothing could ever check such a signature"
	},
	REVIEW_MISSING: {
		when: "the policy asks that a human released the job, and nobody did, or nothing says who",
		fix: "give ⟨review-token⟩, a token that may read actions, in a job whose environment has required reviewers"
	},
	REVIEW_ENVIRONMENT_OPEN: {
		when: "the policy asks that a human released the job, and its environment has no required reviewers",
		fix: "set required reviewers for the environment; the platform makes it, unprotected, when a job names one that is not there"
	},
	REVIEW_UNREADABLE: {
		when: "the platform does not say who released the job",
		fix: "give the job the permission `actions: read`, and check ⟨review-token⟩"
	}
};
/** A keyless signature cannot be made; exit code 3. */
var KeylessError = class extends CountersignError {
	exitCode = EXIT.environment;
	constructor(code, message, details = {}) {
		super(code, message, {
			...details,
			hint: details.hint ?? KEYLESS_CODES[code].fix
		});
	}
};

export { KeylessError as n, KEYLESS_CODES as t };