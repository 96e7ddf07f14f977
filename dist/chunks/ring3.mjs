import { i as SIGNATURE, l as isMadeBy, n as KEY_FLAG, o as fingerprintOf } from "./pgp.mjs";
import { a as keyPacketOf, c as signaturePacketOf, n as attributedTo } from "./ring2.mjs";
import { r as GateError } from "./errors11.mjs";
import { c as splitPacket, o as packetHint } from "./framing.mjs";

// src/gates/ecl/ring-reader.ts
/** How reading a packet ends other than with the packet: `end` as if the ring were over. */
var Outcome = class extends Error {
	how;
	constructor(how) {
		super(how);
		this.how = how;
	}
};
/** Reads a body from the front. */
var Reader = class {
	at = 0;
	#body;
	#isWhole;
	constructor(body, isWhole = true) {
		this.#body = body;
		this.#isWhole = isWhole;
	}
	/** What was read. */
	get before() {
		return this.#body.subarray(0, this.at);
	}
	/** True at the end. */
	get isEmpty() {
		return this.at >= this.#body.length;
	}
	/** So many bytes. Where none are left some fields end the ring as if it were over. */
	take(count, atEnd = "fatal") {
		const found = this.#body.subarray(this.at, this.at + count);
		if (found.length < count) throw new Outcome(found.length === 0 && this.#isWhole ? atEnd : "fatal");
		this.at += count;
		return found;
	}
	/** A number, big-endian. */
	number(count) {
		return this.take(count).reduce((sum, byte) => sum * 256 + byte, 0);
	}
	/** All that is left, of a whole packet. */
	rest() {
		if (!this.#isWhole) throw new Outcome("fatal");
		return this.take(this.#body.length - this.at);
	}
	/** A multiprecision integer. */
	integer() {
		return this.take(Math.ceil(this.number(2) / 8));
	}
	/** A field with its length before it: an object identifier, or the parameters of a key derivation. */
	short() {
		const length = this.number(1);
		if (length === 0 || length === 255) throw new Outcome("skipped");
		return this.take(length);
	}
};
/** The library does not know this, and goes on behind it. */
function skipped() {
	throw new Outcome("skipped");
}
/** What is cut inside a packet that is whole. */
function damagedIfCut(read) {
	try {
		return read();
	} catch (error) {
		if (error instanceof Outcome && error.how === "fatal") throw new Outcome("damaged");
		throw error;
	}
}
/** A subpacket: its kind, whether it is critical, and its content. */
function subpacket(reader) {
	const first = reader.number(1);
	const length = first < 192 ? first : first < 255 ? (first - 192) * 256 + reader.number(1) + 192 : reader.number(4);
	if (length === 0) throw new Outcome("damaged");
	const [kind = 0, ...content] = reader.take(length);
	return [
		kind & 127,
		kind > 127,
		Uint8Array.from(content)
	];
}

// src/gates/ecl/ring-signature.ts
/** Hashes that are known, by the length of the salt of a version 6 signature. */
const HASHES = /* @__PURE__ */ new Map([
	[8, 16],
	[9, 24],
	[10, 32],
	[11, 16],
	[12, 16],
	[14, 32]
]);
const SHA1 = 2;
/** Numbers and bytes that follow the hash tag, by algorithm. */
const SIGNATURES = new Map([
	[1, (reader) => reader.integer()],
	[3, (reader) => reader.integer()],
	...[
		17,
		19,
		22
	].map((one) => [one, (reader) => [reader.integer(), reader.integer()]]),
	[27, (reader) => reader.take(64, "end")],
	[28, (reader) => reader.take(114, "end")]
]);
/**
* Reads one.
* @throws Outcome
* @see https://github.com/ProtonMail/go-crypto/blob/v1.3.0/openpgp/packet/signature.go parse
*/
function signature(reader, isEmbedded = false) {
	const version = reader.number(1);
	if (version !== 4 && version !== 6) throw new Outcome("skipped");
	const [type, algorithm = 0, hash = 0] = reader.take(3);
	const size = version === 6 ? 4 : 2;
	const hashedLength = reader.number(size);
	const numbers = SIGNATURES.get(algorithm) ?? skipped();
	const salt = HASHES.get(hash) ?? (version === 4 && hash === SHA1 ? 0 : skipped());
	const hashed = subpackets(reader.take(hashedLength), {
		version,
		isHashed: true,
		embedded: 0
	});
	subpackets(reader.take(reader.number(size)), {
		version,
		isHashed: false,
		embedded: hashed
	});
	reader.take(2);
	if (version === 6) {
		if (reader.number(1) !== salt) throw new Outcome("damaged");
		reader.take(salt);
	}
	numbers(reader);
	if (isEmbedded && type !== 25) throw new Outcome("damaged");
	return true;
}
/** Returns how many embedded signatures there are. */
function subpackets(bytes, { version, isHashed, embedded: before }) {
	const reader = new Reader(bytes);
	let embedded = before;
	let isDated = !isHashed;
	while (!reader.isEmpty) {
		const [kind, critical, content] = damagedIfCut(() => subpacket(reader));
		if (kind === 32) {
			if ((embedded += 1) > 1) throw new Outcome("damaged");
			signature(new Reader(content), true);
		} else if (kind === 16 || kind === 33 || isHashed) {
			const check = SUBPACKETS.get(kind);
			if (!check && critical && !UNCHECKED.has(kind)) skipped();
			if (check?.(content, version, isHashed) === false) throw new Outcome("damaged");
		}
		if (kind === 2) isDated = true;
	}
	if (!isDated) throw new Outcome("damaged");
	return embedded;
}
const isFingerprint = ([version = 0, ...rest]) => rest.length === (version >= 5 ? 32 : 20);
/** What contents must be like. */
const SUBPACKETS = /* @__PURE__ */ new Map([
	[2, ({ length }) => length === 4],
	[3, ({ length }) => length === 4],
	[4, ([exportable]) => exportable === 0 ? skipped() : exportable !== void 0],
	[5, ({ length }) => length === 2],
	[6, (content) => content.at(-1) === 0],
	[9, ({ length }) => length === 4],
	[16, ({ length }, version, isHashed) => length === 8 && !(version > 4 && isHashed)],
	[20, isNotation],
	[25, ({ length }) => length === 1],
	[29, ({ length }) => length > 0],
	[33, isFingerprint],
	[35, isFingerprint],
	[39, ({ length }) => length % 2 === 0]
]);
/** Known, with any content. */
const UNCHECKED = /* @__PURE__ */ new Set([
	11,
	21,
	22,
	23,
	24,
	26,
	27,
	28,
	30
]);
function isNotation(content) {
	const [, , , , a = 0, b = 0, c = 0, d = 0] = content;
	return content.length >= 8 && content.length === a * 256 + b + c * 256 + d + 8;
}

// src/gates/ecl/ring-packets.ts
/** Packets whose content the library leaves to its caller, or that no public keyring has. */
const NOT_WORKED_OUT = /* @__PURE__ */ new Set([
	1,
	3,
	4,
	5,
	7,
	8,
	9,
	11,
	18,
	20
]);
const TRUST = 12;
const FIRST_NON_CRITICAL = 40;
/**
* The readings in order, up to the first that is not worked out: a secret key, a part of a message, a length in parts.
* @see https://github.com/ProtonMail/go-crypto/blob/v1.3.0/openpgp/packet/packet.go Read
*/
function ringEvents(bytes) {
	const events = [];
	for (let at = 0; at < bytes.length;) {
		const packet = splitPacket(bytes, at);
		if (packet === "no packet") {
			events.push({
				is: "damaged",
				body: bytes.subarray(at, at + 1)
			});
			at += 1;
			continue;
		}
		if (packet === "cut") {
			events.push({
				is: "fatal",
				body: bytes.subarray(at)
			});
			break;
		}
		if (packet === "in parts" || NOT_WORKED_OUT.has(packet.tag)) {
			events.push({
				is: "unread",
				body: bytes.subarray(at)
			});
			break;
		}
		const { tag, body, end, isWhole } = packet;
		const reader = new Reader(body, isWhole);
		try {
			const is = READINGS.get(tag)?.(reader) ?? unknownPacket(tag);
			if (is !== "marker") events.push({
				is,
				body: reader.before
			});
			at = end - (body.length - reader.at);
		} catch (error) {
			if (!(error instanceof Outcome)) throw error;
			if (error.how === "end") break;
			if (error.how !== "skipped") events.push({
				is: error.how,
				body
			});
			at = end;
		}
	}
	return events;
}
function unknownPacket(tag) {
	throw new Outcome(tag === TRUST || tag >= FIRST_NON_CRITICAL ? "skipped" : "fatal");
}
const READINGS = /* @__PURE__ */ new Map([
	[2, (reader) => signature(reader) && "signature"],
	[6, (reader) => publicKey(reader) && "primary"],
	[14, (reader) => publicKey(reader) && "subkey"],
	[13, (reader) => reader.rest() && "user"],
	[21, (reader) => reader.rest() && "other"],
	[10, marker],
	[17, attributes]
]);
/** Passed over, and no further than it was read. */
function marker(reader) {
	if (Buffer.from(reader.take(3, "end")).toString("latin1") !== "PGP") throw new Outcome("damaged");
	return "marker";
}
/** @see https://github.com/ProtonMail/go-crypto/blob/v1.3.0/openpgp/packet/opaque.go nextSubpacket */
function attributes(reader) {
	const all = new Reader(reader.rest());
	while (!all.isEmpty) damagedIfCut(() => subpacket(all));
	return "other";
}
const NIST = [
	"2a8648ce3d030107",
	"2b81040022",
	"2b81040023"
];
const OTHER_ECDSA = [
	"2b8104000a",
	"2b2403030208010107",
	"2b240303020801010b",
	"2b240303020801010d"
];
/** Lengths of points, prefix included. */
const EDWARDS = /* @__PURE__ */ new Map([["2b06010401da470f01", 33], ["2b6571", 58]]);
const MONTGOMERY = ["2b060104019755010501", "2b656f"];
const CIPHERS = /* @__PURE__ */ new Set([
	2,
	3,
	7,
	8,
	9
]);
/** @see https://github.com/ProtonMail/go-crypto/blob/v1.3.0/openpgp/packet/public_key.go parse */
function publicKey(reader) {
	const [version = 0, , , , , algorithm = 0] = reader.take(6);
	if (version !== 4 && version !== 6) throw new Outcome("skipped");
	if (version === 6) reader.take(4);
	if ([
		1,
		2,
		3
	].includes(algorithm)) {
		reader.integer();
		if (reader.integer().length > 3) throw new Outcome("skipped");
	} else if (algorithm === 16 || algorithm === 17) for (let left = algorithm - 13; left > 0; left -= 1) reader.integer();
	else if (algorithm === 18) agreementKey(reader);
	else if (algorithm === 19) signingKey(reader, version);
	else if (algorithm === 22) edwardsKey(reader, version);
	else reader.take(FIXED.get(algorithm) ?? skipped(), "end");
	return true;
}
function signingKey(reader, version) {
	const curve = hex(reader.short());
	if (![
		...NIST,
		...OTHER_ECDSA,
		...MONTGOMERY,
		...EDWARDS.keys()
	].includes(curve)) skipped();
	const point = reader.integer();
	if (!NIST.includes(curve) && !OTHER_ECDSA.includes(curve)) skipped();
	const isPoint = point[0] === 4 && (version !== 4 || packetHint(reader.before) !== void 0);
	if (NIST.includes(curve) && !isPoint) throw new Outcome("fatal");
}
const FIXED = /* @__PURE__ */ new Map([
	[25, 32],
	[26, 56],
	[27, 32],
	[28, 57]
]);
function edwardsKey(reader, version) {
	if (version === 6) throw new Outcome("damaged");
	const size = EDWARDS.get(hex(reader.short())) ?? skipped();
	const point = reader.integer();
	if (point.length === 0) throw new Outcome("damaged");
	if (point[0] !== 64) skipped();
	if (point.length !== size) throw new Outcome("fatal");
}
function agreementKey(reader) {
	const curve = hex(reader.short());
	if (![
		...NIST,
		...OTHER_ECDSA,
		...MONTGOMERY
	].includes(curve)) skipped();
	const point = reader.integer();
	const [reserved, hash = 0, cipher = 0] = reader.short();
	if (reserved !== 1 || !HASHES.has(hash) || !CIPHERS.has(cipher)) skipped();
	if (curve === MONTGOMERY[0] && point.length !== 33) throw new Outcome("fatal");
}
function hex(bytes) {
	return Buffer.from(bytes).toString("hex");
}

// src/gates/ecl/ring.ts
/**
* The keys in their order.
* @throws GateError GATE_CONFIGURATION_INVALID for a ring that Apptainer refuses, GATE_CONFIGURATION_UNREAD for what is not
* worked out
* @see https://github.com/ProtonMail/go-crypto/blob/v1.3.0/openpgp/keys.go ReadKeyRing
*/
async function readRing(bytes) {
	const cursor = new Cursor(ringEvents(bytes));
	const keys = [];
	let damage;
	while (cursor.peek()) {
		const found = await readKey(cursor);
		if (typeof found !== "string") keys.push(found);
		else {
			damage = found;
			cursor.skipKey();
		}
	}
	if (keys.length === 0 && damage !== void 0) throw refused(`no key of it can be used: ${damage}`);
	return keys.filter(({ packet }) => packet.version === 4);
}
function refused(why) {
	return new GateError("GATE_CONFIGURATION_INVALID", `Apptainer refuses every SIF with this global keyring: ${why}`, { hint: "install the keyring of an export of the policy, or import its good keys one by one into an empty one" });
}
var Cursor = class {
	#at = 0;
	#events;
	constructor(events) {
		this.#events = events;
	}
	peek() {
		return this.#events[this.#at];
	}
	/** The next one, which must not be fatal here. */
	next() {
		const event = this.#events[this.#at];
		if (event?.is === "unread") throw unread();
		if (event?.is === "fatal") throw refused("it has a packet that is cut, or that no keyring may have");
		this.#at += 1;
		return event;
	}
	/** The signatures from here on; what is wrong behind them, if something is. */
	signatures() {
		const bodies = [];
		for (; this.peek()?.is === "signature"; this.#at += 1) bodies.push(this.peek()?.body ?? /* @__PURE__ */ new Uint8Array());
		return {
			bodies,
			end: this.peek()?.is
		};
	}
	/** To the next key. Whatever is damaged on the way refuses the ring. */
	skipKey() {
		for (let event = this.peek(); event && event.is !== "primary"; event = this.peek()) {
			this.next();
			if (event.is === "damaged") throw refused("behind a key that cannot be used it has damaged packets");
		}
	}
	/** Over a packet, whatever it is. */
	pass() {
		this.#at += 1;
	}
};
/** A key; else why it is left out. */
async function readKey(cursor) {
	const first = cursor.next();
	if (first?.is === "damaged") return "a packet is damaged";
	if (first?.is !== "primary") return "it does not begin with a public key";
	const algorithm = first.body[5] ?? 0;
	if (![
		1,
		3,
		17,
		19,
		22,
		27,
		28
	].includes(algorithm)) return "a primary key is of a kind that cannot sign";
	const packet = await keyPacketOf(first.body, false);
	if (!packet) throw unread();
	return new KeyReader(packet).read(cursor);
}
function unread() {
	return new GateError("GATE_CONFIGURATION_UNREAD", "the global keyring has keys, signatures or packets of a kind that is not read here, or secret keys");
}
const CERTIFICATIONS = /* @__PURE__ */ new Set([
	16,
	17,
	18,
	19
]);
var KeyReader = class {
	#packet;
	#identities = /* @__PURE__ */ new Map();
	#revocations = [];
	/** Signatures on the key as a whole; those of version 6 need one. */
	#direct = [];
	#subkeys = [];
	constructor(packet) {
		this.#packet = packet;
	}
	async read(cursor) {
		for (let event = cursor.peek(); event && event.is !== "primary"; event = cursor.peek()) {
			cursor.next();
			const problem = await this.#take(event, cursor);
			if (problem !== void 0) return problem;
		}
		const isOld = this.#packet.version === 4;
		if (isOld && this.#identities.size === 0) return "a key has no user ID that it has signed";
		const [main] = this.#direct.toSorted((one, other) => timeOf(other) - timeOf(one));
		if (!isOld && !(main && await this.#isMade(main, { key: this.#packet }))) return "a key has not signed itself";
		for (const revocation of this.#revocations) if (!await this.#isMade(revocation, { key: this.#packet })) return "a key is revoked by another one";
		return {
			packet: this.#packet,
			fingerprint: fingerprintOf(this.#packet),
			identities: [...this.#identities.values()],
			revocations: this.#revocations,
			subkeys: this.#subkeys
		};
	}
	async #take({ is, body }, cursor) {
		if (is === "damaged") return "a packet of a key is damaged";
		if (is === "user") return this.#user(body, cursor);
		if (is === "subkey") return this.#subkey(body, cursor);
		if (is === "signature") {
			const signature = read(body);
			if (signature.signatureType === SIGNATURE.keyRevocation) this.#revocations.push(signature);
			if (signature.signatureType === SIGNATURE.key && this.#isOwn(signature)) this.#direct.push(signature);
		}
	}
	async #user(body, cursor) {
		const revocations = [];
		let certification;
		let isSigned = false;
		const { bodies } = cursor.signatures();
		for (const signature of bodies.map(read)) {
			const isRevocation = signature.signatureType === SIGNATURE.certRevocation;
			if (!isRevocation && !CERTIFICATIONS.has(signature.signatureType)) return "a signature stands behind a user ID and is of another kind";
			if (!this.#isOwn(signature)) continue;
			if (!await this.#isMade(signature, {
				key: this.#packet,
				userID: { write: () => body }
			})) return "a user ID is not signed by its key, as it says";
			isSigned = true;
			if (isRevocation) revocations.push(signature);
			else if (!certification || timeOf(signature) > timeOf(certification)) certification = signature;
		}
		if (isSigned) this.#identities.set(Buffer.from(body).toString("latin1"), {
			certification,
			revocations
		});
	}
	async #subkey(body, cursor) {
		const { bodies, end } = cursor.signatures();
		const packet = await keyPacketOf(body, true);
		const revocations = [];
		let binding;
		for (const signature of bodies.map(read)) {
			const isRevocation = signature.signatureType === SIGNATURE.subkeyRevocation;
			if (!isRevocation && signature.signatureType !== SIGNATURE.subkeyBinding) return "a signature stands behind a subkey and is of another kind";
			if (!packet) throw unread();
			if (!await this.#isBound(signature, packet)) return "a subkey is not bound to its key";
			if (isRevocation) revocations.push(signature);
			else if (!binding || timeOf(signature) > timeOf(binding)) binding = signature;
		}
		if (end === "damaged" || end === "fatal") {
			cursor.pass();
			return "a packet behind a subkey is damaged";
		}
		if (!packet || !binding) return "a subkey is not bound to its key";
		this.#subkeys.push({
			packet,
			binding,
			revocations
		});
	}
	#isOwn({ issuerFingerprint, issuerKeyID }) {
		if (issuerFingerprint && issuerFingerprint.length >= 20) return Buffer.from(issuerFingerprint).toString("hex") === this.#packet.getFingerprint();
		return issuerKeyID.equals(this.#packet.getKeyID());
	}
	async #isBound(signature, subkey) {
		const signed = {
			key: this.#packet,
			bind: subkey
		};
		if (!await this.#isMade(signature, signed)) return false;
		if (!mayUse(signature, KEY_FLAG.signData)) return true;
		const back = signature.embeddedSignature;
		return !!back && isMadeBy(attributedTo(back, subkey), subkey, signed);
	}
	#isMade(signature, signed) {
		return isMadeBy(attributedTo(signature, this.#packet), this.#packet, signed);
	}
};
/** Whether what an owner says allows a use. Saying nothing allows none. */
function mayUse({ keyFlags }, flag) {
	return ((keyFlags?.[0] ?? 0) & flag) !== 0;
}
/** Milliseconds. */
function timeOf({ created }) {
	return created?.getTime() ?? 0;
}
function read(body) {
	const signature = signaturePacketOf(body);
	if (!signature) throw unread();
	return signature;
}

export { ringEvents as i, readRing as n, timeOf as r, mayUse as t };