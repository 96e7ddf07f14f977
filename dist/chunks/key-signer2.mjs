import { a as signMessage, n as keyIdentity, o as spkiOf } from "./keys.mjs";
import { a as opensshKeyid } from "./native-dsse.mjs";
import { t as readPrivateKey } from "./private-key.mjs";
import { n as trustIn } from "./trust.mjs";

// src/signing/key-signer.ts
/** @throws SignatureError as readPrivateKey */
async function createKeySigner(options) {
	const privateKey = readPrivateKey(options.key, options.passphrase, options.cosignPassphrase);
	const { publicKey } = privateKey;
	return {
		method: "key",
		identity: keyIdentity(publicKey),
		material: {
			kind: "public-key",
			hint: publicKey.hint
		},
		publicMaterial: trustIn({ keys: [spkiOf(publicKey)] }),
		signPae: async (pae) => signMessage(privateKey.key, pae),
		native: nativeKeySigner(privateKey)
	};
}
/** Native DSSE signatures by a bare or certified key: a SIF holds nothing of X.509, so both are the same. */
function nativeKeySigner({ key, publicKey }) {
	return {
		format: "dsse",
		keyid: opensshKeyid(publicKey.key) ?? "",
		signNativePae: async (pae) => signMessage(key, pae)
	};
}

export { nativeKeySigner as n, createKeySigner as t };