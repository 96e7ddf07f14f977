import { t as encodeBundle } from "./bundle.mjs";
import { r as encodePae } from "./dsse.mjs";
import { n as IN_TOTO_PAYLOAD_TYPE } from "./statement.mjs";

// src/attest/sign.ts
/**
* Bytes of the bundle with this statement.
* @throws SignatureError, also when no timestamp can be had; NetworkError
*/
async function signStatement(payload, signer, { now, stamp = true }) {
	const payloadType = IN_TOTO_PAYLOAD_TYPE;
	const pae = encodePae(payloadType, payload);
	const signature = await signer.signPae(pae, now);
	const stamps = stamp && signer.stamp ? [await signer.stamp(signature)] : [];
	const { tlogEntries = [], timestamps = [] } = await signer.witness?.({
		payloadType,
		payload,
		pae,
		signature
	}) ?? {};
	const content = {
		material: signer.material,
		payloadType,
		payload,
		signature
	};
	return encodeBundle({
		...content,
		timestamps: [...stamps, ...timestamps],
		tlogEntries
	});
}

export { signStatement as t };