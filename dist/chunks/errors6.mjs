import { i as EXIT, t as CountersignError } from "./errors.mjs";

// src/crypto/external/errors.ts
/** When each error of keys outside the process occurs, and what to do. */
const KEY_CODES = {
	KEY_NAME_INVALID: {
		when: "the name of a key outside the process is malformed, holds a secret, or does not go with the signing method",
		fix: "give gpg:FINGERPRINT with signing method pgp; NAME://… or pkcs11:token=…;object=… with key or x509 (docs/keys.md)"
	},
	KEY_UNEXPECTED: {
		when: "what holds the key has another one than is expected, or than it had a moment ago",
		fix: "check the name of the key and who may change the key there; the expected one is in ⟨expected-key⟩ or the certificate"
	},
	KEY_SIGNATURE_WRONG: {
		when: "what holds the key gave a signature that does not verify with its public key; nothing was stored",
		fix: "have it sign with SHA-256: ECDSA as ASN.1 DER, RSA as PKCS#1 v1.5, Ed25519 over the message itself"
	},
	KEY_ANSWER_INVALID: {
		when: "what holds the key answered with something else than its protocol has, or with too much",
		fix: "run it by hand and see what it writes to standard output; it must be one JSON object of the protocol"
	},
	KEY_LEAKED: {
		when: "what holds the key printed a private key, or a secret that it was given; nothing was stored and its output is not shown",
		fix: "use that key no more if its output was seen by others, and have the program mended"
	},
	KEY_TIMEOUT: {
		when: "what holds the key did not answer in time and was stopped",
		fix: "find out what it waits for (a PIN, a touch, a network), or give a longer ⟨timeout⟩"
	},
	KEY_REFUSED: {
		when: "what holds the key refuses to sign, or cannot",
		fix: "see its own words in the message; check login, permissions and that the key may sign with SHA-256"
	},
	KEY_PLUGIN_NOT_ALLOWED: {
		when: "the key is one of a plugin, or of a PKCS#11 module outside the folders of the system, that ⟨key-plugins⟩ does not list",
		fix: "list the plugin, or the path of the module, in ⟨key-plugins⟩, if you trust the program of that name on PATH, or that file"
	},
	KEY_PLUGIN_MISSING: {
		when: "the plugin of the key is not on PATH",
		fix: "install the program sigstore-kms-NAME that the message names, or add its folder to PATH"
	},
	KEY_GPG_MISSING: {
		when: "the key is one of gpg, which is not on PATH",
		fix: "install gnupg, or add the folder of gpg to PATH"
	},
	KEY_GPG_NOT_IN_RING: {
		when: "gpg has no secret key, or no reference to one on a card, with the given fingerprint",
		fix: "check with `gpg --list-secret-keys --with-fingerprint`, and that GNUPGHOME and HOME are those of the ring"
	},
	KEY_GPG_REFUSED: {
		when: "gpg or its agent refuses to sign: no passphrase could be asked for, the dialogue was ended, a card is missing",
		fix: "give the agent the passphrase beforehand, or give it as ⟨passphrase⟩; see the words of gpg in the message"
	},
	KEY_TOKEN_NODE_TOO_OLD: {
		when: "this Node cannot load keys through OpenSSL’s STORE, which keys of tokens need",
		fix: "run under Node 24.21 or newer"
	},
	KEY_TOKEN_PROVIDER_MISSING: {
		when: "the provider of OpenSSL for PKCS#11 is not installed, or cannot be loaded",
		fix: "install the package pkcs11-provider, or set OPENSSL_MODULES to the folder that holds pkcs11.so; a configuration in OPENSSL_CONF must call the provider pkcs11"
	},
	KEY_TOKEN_MODULE_FAILED: {
		when: "the PKCS#11 module cannot be loaded, or crashes: one that brings OpenSSL with it does not go into a process that has its own",
		fix: "check `module-path` in the name of the key; run such a module behind `p11-kit server`, as docs/keys.md shows"
	},
	KEY_TOKEN_MISSING: {
		when: "no token has the label or serial number that the name of the key gives",
		fix: "check the name, that the token is plugged in, and the variables that its module reads (⟨key-environment⟩)"
	},
	KEY_TOKEN_PIN_MISSING: {
		when: "the token asks for a PIN and none was given",
		fix: "give the PIN with ⟨passphrase⟩, from a secret"
	},
	KEY_TOKEN_PIN_WRONG: {
		when: "the token refuses the PIN; it was tried once",
		fix: "check the PIN before you repeat: most tokens lock themselves after a few wrong ones"
	},
	KEY_TOKEN_OBJECT_MISSING: {
		when: "the token has no private key with the label or id that the name of the key gives",
		fix: "list the objects with `pkcs11-tool --list-objects --login`, and correct the name"
	},
	KEY_TOKEN_OBJECT_SEVERAL: {
		when: "several private keys have the name that was given, so that chance would decide which one signs",
		fix: "add `id=%…` or `serial=…` to the name, so that it names one key"
	}
};
/** A key outside the process cannot be used; exit code 3. */
var KeyError = class extends CountersignError {
	exitCode = EXIT.environment;
	constructor(code, message, details = {}) {
		super(code, message, {
			...details,
			hint: details.hint ?? KEY_CODES[code].fix
		});
	}
};

export { KeyError as n, KEY_CODES as t };