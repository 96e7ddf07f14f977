import { g as utf8 } from "./bytes.mjs";
import { n as KeyError } from "./errors6.mjs";
import { r as lastWords, t as Holder } from "./holder.mjs";
import { a as keyBlocks, r as encodeCleartext, t as decodeArmor } from "./framing.mjs";
import { a as partProblem, o as tellingReason } from "./key3.mjs";
import { c as hintOf, f as messageOf, g as readKeyFile, h as unsupportedKey, o as fingerprintOf, p as readSignaturePackets, s as hashNameOf } from "./pgp.mjs";
import { i as refusal, t as cannotSign } from "./secret-key2.mjs";
import { n as openPgpVerifier } from "./verifier2.mjs";
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { randomUUID } from "node:crypto";

// src/crypto/pgp/gpg-key.ts
/** What gpg, its agent and the dialogues of the agent need to know. */
const NEEDED = [
	"GNUPGHOME",
	"XDG_RUNTIME_DIR",
	"GPG_TTY",
	"TERM",
	"DISPLAY",
	"XAUTHORITY",
	"WAYLAND_DISPLAY",
	"DBUS_SESSION_BUS_ADDRESS"
];
const ALWAYS = [
	"--batch",
	"--no-tty",
	"--no-auto-check-trustdb",
	"--display-charset",
	"utf-8"
];
/**
* The key with this fingerprint in the ring of gpg: its primary part if that may sign and is there, else its newest subkey
* that may and is; the fingerprint of a subkey chooses that one.
* @throws KeyError KEY_GPG_MISSING, KEY_GPG_NOT_IN_RING, KEY_TIMEOUT; SignatureError SIGNATURE_PGP_EXPIRED,
* SIGNATURE_PGP_REVOKED, SIGNATURE_PGP_CANNOT_SIGN
*/
async function gpgKey(wanted, options) {
	const { world, now } = options;
	const program = await world.which("gpg");
	if (program === void 0) throw new KeyError("KEY_GPG_MISSING", "gpg is not on PATH");
	const gpg = {
		program,
		holder: new Holder("gpg", world, NEEDED),
		world
	};
	const usable = await secretParts(gpg, wanted);
	const key = await exportedKey(gpg, wanted);
	const part = await signingPart(key, {
		wanted,
		usable,
		now
	});
	const publicKey = key.write();
	const [fingerprint, verifier] = [fingerprintOf(key), await openPgpVerifier({ keyrings: [publicKey] })];
	return {
		fingerprint,
		subkey: part === key ? void 0 : fingerprintOf(part),
		hint: hintOf(part),
		userIds: key.getUserIDs(),
		isProtected: true,
		publicKey,
		sign: async (message, time) => {
			const request = {
				message,
				now: time,
				passphrase: options.passphrase
			};
			const first = await signed(gpg, fingerprintOf(part), request);
			const packet = await isMadeAt(first, time) ? first : await signed(gpg, fingerprintOf(part), request);
			const [parsed] = await readSignaturePackets(packet) ?? [];
			const hash = hashNameOf(parsed?.hashAlgorithm);
			await assertGood({
				packet,
				hash,
				message,
				now: time
			}, {
				fingerprint,
				verifier
			});
			return {
				packet,
				hash
			};
		}
	};
}
function run({ program, holder }, args, secret) {
	const stdin = secret === void 0 ? {} : { stdin: utf8(`${secret}\n`) };
	return holder.run({
		program,
		args: [...ALWAYS, ...args],
		env: { LC_ALL: "C" },
		...stdin
	}, secret);
}
/** Fingerprints of the parts whose secret gpg can use: it has them, or knows the card. */
async function secretParts(gpg, fingerprint) {
	const { exitCode, stdout, stderr } = await run(gpg, [
		"--with-colons",
		"--list-secret-keys",
		fingerprint
	]);
	if (exitCode !== 0) throw new KeyError("KEY_GPG_NOT_IN_RING", `gpg has no secret key ${fingerprint}: ${lastWords(stderr)}`);
	const usable = /* @__PURE__ */ new Set();
	let isThere = false;
	for (const fields of stdout.split("\n").map((line) => line.split(":"))) {
		if (fields[0] === "sec" || fields[0] === "ssb") isThere = fields[14] !== "#";
		if (fields[0] === "fpr" && isThere) usable.add(fields[9] ?? "");
	}
	return usable;
}
async function exportedKey(gpg, fingerprint) {
	const { stdout } = await run(gpg, [
		"--armor",
		"--export",
		fingerprint
	]);
	const key = (keyBlocks(utf8(stdout)) ? await readKeys(utf8(stdout), gpg) : []).find((one) => [one, ...one.subkeys].some((part) => fingerprintOf(part) === fingerprint));
	if (key) return key;
	throw gpg.holder.error("KEY_UNEXPECTED", `exported another key than ${fingerprint}`);
}
async function readKeys(armored, { holder }) {
	try {
		return (await readKeyFile(armored)).keys;
	} catch (error) {
		throw holder.error("KEY_ANSWER_INVALID", `exported no readable key: ${messageOf(error)}`);
	}
}
async function signingPart(key, { wanted, usable, now }) {
	const newestFirst = key.subkeys.toSorted((a, b) => b.getCreationTime().getTime() - a.getCreationTime().getTime());
	const asked = newestFirst.filter((part) => fingerprintOf(part) === wanted);
	const fingerprint = fingerprintOf(key);
	const problems = [];
	for (const part of asked.length > 0 ? asked : [key, ...newestFirst]) {
		const unsupported = unsupportedKey(key) ?? unsupportedKey(part);
		if (unsupported !== void 0 && part === key) throw cannotSign(fingerprint, unsupported);
		if (!usable.has(fingerprintOf(part))) continue;
		const problem = await partProblem(key, part, { now });
		if (!problem) return part;
		problems.push(problem);
	}
	const telling = tellingReason(problems);
	throw telling ? refusal(telling) : cannotSign(fingerprint, "gpg has the secret of no part that may sign");
}
/** The message goes through a file, so that standard input is free for the passphrase. */
async function signed(gpg, part, { message, now, passphrase }) {
	const file = join(await gpg.world.temporaryFolder(), `to-sign-${randomUUID()}`);
	await writeFile(file, message, { mode: 384 });
	try {
		const loopback = passphrase === void 0 ? [] : [
			"--pinentry-mode",
			"loopback",
			"--passphrase-fd",
			"0"
		];
		const how = `--faked-system-time ${Math.floor(now.getTime() / 1e3)}! --digest-algo SHA256 --local-user ${part}!`;
		const what = [
			"--armor",
			typeof message === "string" ? "--textmode" : "--no-textmode",
			"--output",
			"-",
			"--detach-sign",
			file
		];
		const { exitCode, stdout, stderr } = await run(gpg, [
			...loopback,
			...how.split(" "),
			...what
		], passphrase);
		if (exitCode !== 0) throw new KeyError("KEY_GPG_REFUSED", `gpg does not sign with ${part}: ${lastWords(stderr)}`);
		const block = /-----BEGIN PGP SIGNATURE-----([\s\S]*?)-----END PGP SIGNATURE-----/.exec(stdout)?.[1];
		const packet = block === void 0 ? "is no signature" : decodeArmor(block);
		if (typeof packet !== "string") return packet;
		throw gpg.holder.error("KEY_ANSWER_INVALID", `wrote something that ${packet}`);
	} finally {
		await rm(file, { force: true });
	}
}
async function isMadeAt(packet, time) {
	const [parsed] = await readSignaturePackets(packet) ?? [];
	return Math.floor((parsed?.created?.getTime() ?? 0) / 1e3) === Math.floor(time.getTime() / 1e3);
}
async function assertGood({ packet, hash, message, now }, { fingerprint, verifier }) {
	const check = typeof message === "string" ? await verifier.verifyCleartext(utf8(encodeCleartext(message, hash, packet)), fingerprint, { now }) : await verifier.verifyPae(message, packet, {
		fingerprint,
		now
	});
	if (check.status === "valid" && await isMadeAt(packet, now)) return;
	const why = check.reasons[0]?.message ?? `it is of ${check.signedAt?.toISOString() ?? "no time"}`;
	throw new KeyError("KEY_SIGNATURE_WRONG", `the signature of gpg does not count for ${fingerprint}: ${why}`, { hint: "see what gpg.conf adds to signatures, and whether the program gpg on PATH is the one you mean" });
}

export { gpgKey };