import { n as decodeUtf8, s as utf8 } from "./bytes.mjs";
import { n as encodeCleartext } from "./cleartext.mjs";
import { n as readSecretKey } from "./pgp-secret2.mjs";
import { n as pgpHint } from "./pgp-hint.mjs";
import { n as trustIn } from "./trust.mjs";

// src/signing/pgp-signer.ts
/** @throws SignatureError as readSecretKey */
async function createPgpSigner(options) {
	const { passphrase, fingerprint, now } = options;
	const key = await readSecretKey(options.key, {
		passphrase,
		fingerprint,
		now
	});
	return {
		method: "pgp",
		identity: {
			method: "pgp",
			fingerprint: key.fingerprint,
			...key.subkey === void 0 ? {} : { subkey: key.subkey },
			userIds: key.userIds
		},
		material: {
			kind: "public-key",
			hint: pgpHint(key.fingerprint)
		},
		publicMaterial: trustIn({ keyrings: [key.publicKey] }),
		signPae: async (pae, time) => (await key.sign(pae, time)).packet,
		native: {
			format: "pgp",
			signCleartext: async (metadata, time) => {
				const text = decodeUtf8(metadata, "the sif-metadata");
				const { packet, hash } = await key.sign(text, time);
				return utf8(encodeCleartext(text, hash, packet));
			}
		}
	};
}

export { createPgpSigner };