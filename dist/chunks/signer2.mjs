import { g as utf8, r as decodeUtf8 } from "./bytes.mjs";
import { r as encodeCleartext } from "./framing.mjs";
import { n as readSecretKey } from "./secret-key2.mjs";
import { o as pgpHint } from "./keys.mjs";
import { i as trustIn } from "./trust.mjs";

// src/crypto/pgp/signer.ts
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
			...key.hint === void 0 ? {} : { hint: key.hint },
			userIds: key.userIds
		},
		isProtected: key.isProtected,
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