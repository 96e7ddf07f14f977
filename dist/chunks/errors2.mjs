import { i as EXIT, t as CountersignError } from "./errors.mjs";

// src/crypto/errors.ts
/** When each error of keys, certificates and envelopes occurs, and what to do. */
const SIGNATURE_CODES = {
	SIGNATURE_AMBIGUOUS: {
		when: "a bundle, envelope or signed statement says one thing to countersign and another to programs written in Go (apptainer, cosign): a name twice in different case, or a known name in another case",
		fix: "do not use this signature; have the signer sign again"
	},
	SIGNATURE_BUNDLE_INVALID: {
		when: "a Sigstore bundle is malformed, too large, or does not hold exactly one DSSE envelope with one signature",
		fix: "restore the original bundle; countersign reads bundle versions 0.1 to 0.3 that hold a DSSE envelope"
	},
	SIGNATURE_ENVELOPE_INVALID: {
		when: "a DSSE envelope is malformed, lacks a member, has none or too many signatures, or bytes follow it",
		fix: "restore the original envelope"
	},
	SIGNATURE_STATEMENT_INVALID: {
		when: "a signed payload is not an in-toto Statement v1 or v0.1",
		fix: "check which tool wrote the payload; only in-toto statements can be approvals or evidence"
	},
	SIGNATURE_EFFORT_TOO_LARGE: {
		when: "checking all signatures on an image would take more than some 2 s: thousands of them, or hundreds by P-384 and P-521 keys",
		fix: "remove what strangers put there: `countersign inspect IMAGE` lists it, `siftool del ID IMAGE` deletes one object of a file, and a registry’s own tools delete the manifests that were attached"
	},
	SIGNATURE_KEY_APPROVES: {
		when: "evidence is to be signed with a key that the given policy lets approve a stage",
		fix: "sign evidence with a key of its own, such as one of the CI, or set ⟨allow-approver-key=true⟩; docs/other-tools.md says what other tools make of it"
	},
	SIGNATURE_KEY_UNREADABLE: {
		when: "a key file holds no key that countersign reads",
		fix: "give a PEM private key (PKCS#8, SEC1, PKCS#1, OpenSSH without passphrase, cosign) or an OpenPGP secret key; the message says what was found"
	},
	SIGNATURE_KEY_UNSUPPORTED: {
		when: "a key has an algorithm, curve or size that countersign does not support",
		fix: "use ECDSA P-256 (recommended), P-384, P-521, Ed25519, or RSA of 2048 bits or more"
	},
	SIGNATURE_KEY_NOT_PRIVATE: {
		when: "a public key or a certificate was given where a private key is needed",
		fix: "give the private key; public keys and certificates belong into the policy"
	},
	SIGNATURE_PASSPHRASE_MISSING: {
		when: "a private key is protected by a passphrase and none was given",
		fix: "give the passphrase with ⟨passphrase⟩, from a secret; for a key in cosign’s format COSIGN_PASSWORD is taken too"
	},
	SIGNATURE_PASSPHRASE_REQUIRED: {
		when: "`require-passphrase` is set, and the private key has none",
		fix: "protect the key file (`gpg --passwd FINGERPRINT`, `openssl pkcs8 -topk8 -in OLD -out NEW`), or do not ask for it"
	},
	SIGNATURE_PASSPHRASE_WRONG: {
		when: "the passphrase does not unlock the private key",
		fix: "check the secret: a missing character and a line end too many are the usual causes"
	},
	SIGNATURE_KDF_REFUSED: {
		when: "an encrypted cosign key asks for scrypt parameters outside the three that cosign permits",
		fix: "import the key anew with `cosign import-key-pair --key KEY`"
	},
	SIGNATURE_PGP_SEVERAL_KEYS: {
		when: "an OpenPGP file holds several secret keys and none was selected",
		fix: "export the one key that shall sign (`gpg --export-secret-keys FINGERPRINT`)"
	},
	SIGNATURE_PGP_VERSION: {
		when: "an OpenPGP key is not version 4; Apptainer can never verify signatures of version 6 keys",
		fix: "create a version 4 key, for instance with `countersign key generate` or `gpg --quick-generate-key NAME`"
	},
	SIGNATURE_PGP_EXPIRED: {
		when: "the OpenPGP key, or its only signing subkey, has expired or is not valid yet",
		fix: "extend the expiry (`gpg --quick-set-expire FINGERPRINT 1y`) and export the key anew, or use another key"
	},
	SIGNATURE_PGP_REVOKED: {
		when: "the OpenPGP key, or its only signing subkey, is revoked",
		fix: "use another key"
	},
	SIGNATURE_PGP_CANNOT_SIGN: {
		when: "an OpenPGP key has no secret part that may sign: a certify-only primary without signing subkey, or stubs of a smart card; or its algorithm or curve is not supported",
		fix: "export the secret key with its signing subkey (`gpg --export-secret-subkeys FINGERPRINT`); for an algorithm that is not supported use another key"
	},
	SIGNATURE_CERTIFICATE_MISSING: {
		when: "signing method x509 was chosen without a certificate",
		fix: "give the certificate of the key with ⟨certificate⟩"
	},
	SIGNATURE_CERTIFICATE_UNREADABLE: {
		when: "a certificate file holds no readable X.509 certificate",
		fix: "give a PEM file with the block CERTIFICATE"
	},
	SIGNATURE_CERTIFICATE_MISMATCH: {
		when: "the private key does not belong to the certificate",
		fix: "give the key that the certificate was issued for, or the certificate of this key"
	},
	SIGNATURE_CERTIFICATE_NOT_VALID_NOW: {
		when: "the certificate, or an intermediate, has expired or is not valid yet",
		fix: "renew the certificate, and check the clock"
	},
	SIGNATURE_CERTIFICATE_UNSUITABLE: {
		when: "the certificate may not sign code: wrong extended key usage, key usage without digitalSignature, a weak key, or an unknown critical extension",
		fix: "have a certificate issued with extended key usage codeSigning and key usage digitalSignature"
	},
	SIGNATURE_CHAIN_INCOMPLETE: {
		when: "a given intermediate certificate does not belong to the chain of the certificate",
		fix: "give the intermediates that lead from the certificate towards its root, and no others"
	},
	SIGNATURE_CRL_UNREADABLE: {
		when: "a file of `trust.crls` holds no certificate revocation list, or one that is malformed",
		fix: "give the CRL as the CA publishes it, in DER or PEM form, one or several in a file and nothing else"
	},
	SIGNATURE_TIMESTAMP_UNREADABLE: {
		when: "a timestamp is no RFC 3161 token that can be read, or its authority granted none",
		fix: "check that it is from an RFC 3161 timestamp authority"
	},
	SIGNATURE_TIMESTAMP_REFUSED: {
		when: "a timestamp authority refuses, or its token is for another request, does not verify, or leads to none of `trust.timestamps`",
		fix: "check ⟨timestamp-url⟩; ask another authority, or add the CA certificate of this one to `trust.timestamps` of the policy"
	},
	SIGNATURE_TIMESTAMP_CLOCK: {
		when: "the time of a timestamp and the clock of this machine are more than five minutes apart",
		fix: "set the clock of this machine; if it is right, ask another timestamp authority"
	},
	SIGNATURE_TRUST_UNREADABLE: {
		when: "a public key, keyring, certificate or CRL of the trust material cannot be read",
		fix: "check the file that the message names: PEM or DER public key, OpenPGP keyring, PEM or DER certificate"
	}
};
/** A key, certificate, bundle or envelope that cannot be used; exit code 3. */
var SignatureError = class SignatureError extends CountersignError {
	exitCode = EXIT.environment;
	#code;
	constructor(code, message, details = {}) {
		super(code, message, {
			...details,
			hint: details.hint ?? SIGNATURE_CODES[code].fix
		});
		this.#code = code;
	}
	/** The same error, with the file that it is about. */
	about(file) {
		return new SignatureError(this.#code, `${file}: ${this.message}`, {
			hint: this.hint,
			cause: this.cause
		});
	}
};
/** The error for a document that two programs read differently, else the other one. */
function documentError(error, otherwise) {
	if (error.code !== "DATA_JSON_AMBIGUOUS") return otherwise();
	return new SignatureError("SIGNATURE_AMBIGUOUS", error.message, { cause: error });
}
/** When each reason occurs, and what to do. */
const SIGNATURE_REASONS = {
	SIGNATURE_BAD: {
		when: "a signature does not verify with the key that it names",
		fix: "the content or the signature was altered: obtain the image again from a source you trust"
	},
	SIGNATURE_UNREADABLE: {
		when: "a signature object or its signature cannot be read",
		fix: "obtain the image again; if it was written so, tell whoever signed it"
	},
	SIGNER_UNKNOWN: {
		when: "the signing key is not among the trusted keys, so that nothing can be said about the signature",
		fix: "if you trust this signer, add the public key to the policy; else ignore the signature"
	},
	PGP_KEY_EXPIRED: {
		when: "the OpenPGP key has expired; there is no proof that the signature is older",
		fix: "put a copy of the key with an extended expiry into the policy, or sign again"
	},
	PGP_KEY_EXPIRED_BEFORE: {
		when: "the OpenPGP key had expired before the signature says it was made",
		fix: "have the image signed with a key that is valid; if the expiry was extended, put the newer copy of the key into the policy"
	},
	PGP_KEY_NOT_YET_VALID: {
		when: "the OpenPGP key was made later than the time of this check",
		fix: "check the clocks of the signing and the verifying machine, and the time given with ⟨now⟩"
	},
	PGP_KEY_REVOKED: {
		when: "the OpenPGP key is revoked for good: compromised, or without a reason",
		fix: "have the image signed with another key"
	},
	PGP_KEY_RETIRED: {
		when: "the OpenPGP key is retired or superseded by its owner; there is no proof that the signature is older",
		fix: "have the image signed with the key that came after it"
	},
	PGP_KEY_UNSUITABLE: {
		when: "the OpenPGP key may not sign (it may only certify, or the signing subkey is not bound to it), is too weak, or uses an algorithm that is not supported",
		fix: "have the image signed with a version 4 key of type Ed25519, NIST P-256/384/521 or RSA of 2048 bits or more"
	},
	PGP_KEY_VERSION: {
		when: "the signature was made by an OpenPGP key that is not version 4; Apptainer can never verify those",
		fix: "have the image signed with a version 4 key"
	},
	PGP_HASH_REFUSED: {
		when: "an OpenPGP signature uses a hash other than SHA-224, SHA-256, SHA-384 or SHA-512",
		fix: "have the image signed again with SHA-256 or better"
	},
	PGP_SIGNATURE_EXPIRED: {
		when: "the OpenPGP signature itself has expired",
		fix: "have the image signed again"
	},
	PGP_SIGNATURE_FUTURE: {
		when: "the OpenPGP signature was made later than the time of this check",
		fix: "check the clocks of the signing and the verifying machine, and the time given with ⟨now⟩"
	},
	PGP_SIGNATURE_REFUSED: {
		when: "an OpenPGP signature has the wrong type, or demands something that is not supported",
		fix: "have the image signed again with plain options"
	},
	PGP_FINGERPRINT_MISMATCH: {
		when: "the signature object or bundle names another key than the one that made the signature, or a key that in the keyring lacks the subkey that did",
		fix: "where the signer has a new subkey, export their key anew into the keyring (`gpg --export`); else this was altered: obtain the image again from a source you trust"
	},
	CERTIFICATE_UNREADABLE: {
		when: "a certificate cannot be read",
		fix: "obtain the image and its bundle again"
	},
	CERTIFICATE_NO_ISSUER: {
		when: "no trusted certificate and no given intermediate issued this certificate",
		fix: "add the issuing CA to the trust anchors of the policy, or have the signer give its intermediates with ⟨certificate-chain-path⟩"
	},
	CERTIFICATE_SIGNATURE_BAD: {
		when: "the signature on a certificate does not verify with the key of the CA that it names",
		fix: "the certificate is forged or damaged, or another CA has the same name; obtain the right CA certificate"
	},
	CERTIFICATE_EXPIRED: {
		when: "a certificate of the chain has expired",
		fix: "renew the certificate and sign again"
	},
	CERTIFICATE_NOT_YET_VALID: {
		when: "a certificate of the chain is not valid yet",
		fix: "check the clock, or wait until the certificate begins to be valid"
	},
	CERTIFICATE_NOT_CA: {
		when: "a certificate was used to issue another one without being a CA certificate",
		fix: "the chain is not acceptable; have the certificate issued by a CA"
	},
	CERTIFICATE_PATH_LENGTH: {
		when: "a CA certificate allows fewer intermediates below it than there are",
		fix: "have the CA issue certificates within its path length"
	},
	CERTIFICATE_KEY_USAGE: {
		when: "key usage lacks digitalSignature on the signing certificate, or keyCertSign on a CA",
		fix: "have the certificate issued with the right key usage"
	},
	CERTIFICATE_EXTENDED_KEY_USAGE: {
		when: "extended key usage of a certificate in the chain does not allow code signing",
		fix: "have the certificate issued with extended key usage codeSigning"
	},
	CERTIFICATE_NAME_CONSTRAINT: {
		when: "a CA may not issue certificates for the names in this certificate",
		fix: "have the certificate issued by a CA that is responsible for these names"
	},
	CERTIFICATE_EXTENSION_UNKNOWN: {
		when: "a certificate has a critical extension that is not supported, or demands certificate policies (requireExplicitPolicy)",
		fix: "have the certificate issued without that extension; one that only informs can be marked not critical"
	},
	CERTIFICATE_WEAK: {
		when: "a certificate has a weak or unsupported key, or is signed with SHA-1 or MD5",
		fix: "have the certificate issued anew with a key and hash of today"
	},
	CERTIFICATE_REVOKED: {
		when: "a certificate of the chain is revoked, and the signature is not proven to be older",
		fix: "have the image approved anew with a certificate that is not revoked; if the CRL gives a compromise no invalidity date, the CA can say since when"
	},
	CERTIFICATE_DENIED: {
		when: "the policy denies a certificate of the chain, or its key (`deny`), and the signature is not proven to be older",
		fix: "have the image approved anew with a certificate that the policy does not deny"
	},
	CRL_MISSING: {
		when: "no CRL of the CA that issued a certificate is among those of `trust.crls`",
		fix: "fetch the newest CRL of the CA into the files of `trust.crls`, or set `trust.revocation` to `warn`"
	},
	CRL_STALE: {
		when: "the newest CRL of the CA has passed its nextUpdate: a later one may revoke the certificate",
		fix: "fetch the newest CRL of the CA into the files of `trust.crls`"
	},
	CRL_FUTURE: {
		when: "the CRL of the CA begins to hold later than the time of this check",
		fix: "check the clock and the time given with ⟨now⟩; for a verdict about the past keep the CRL of that time beside the newer ones"
	},
	CRL_WRONG_ISSUER: {
		when: "a CRL bears the name of the CA and is not signed by its key, so it is by another CA of the same name, or forged",
		fix: "give the CRL that the key of this CA signed"
	},
	CRL_ISSUER_USAGE: {
		when: "the key usage of the CA lacks cRLSign, so that its CRL proves nothing",
		fix: "have the CA certificate issued with key usage keyCertSign and cRLSign"
	},
	CRL_REFUSED: {
		when: "a CRL of the CA is of a kind that is not evaluated: delta, indirect, partitioned, without number or nextUpdate, weakly signed, or with an unknown critical extension",
		fix: "give the complete CRL that the CA itself signs, with CRL number and nextUpdate"
	},
	CRL_AFTER_EXPIRY: {
		when: "a certificate has expired, and no CRL from after the proven time was in force then: a CA may leave out of newer ones those that have expired",
		fix: "keep the last CRL from before the certificate expired in `trust.crls`, or have the CA mark its CRLs with expiredCertsOnCRL"
	},
	CERTIFICATE_CHAIN_TOO_LARGE: {
		when: "the search for a certificate chain passed its limit",
		fix: "include only the intermediates that belong to the chain"
	}
};
/** A reason with the catalogue's advice. */
function signatureReason(code, message) {
	return {
		code,
		message,
		hint: SIGNATURE_REASONS[code].fix
	};
}

export { signatureReason as a, documentError as i, SIGNATURE_REASONS as n, SignatureError as r, SIGNATURE_CODES as t };