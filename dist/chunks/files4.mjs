import { r as keyringWith } from "./asks.mjs";
import { t as listFor } from "./export3.mjs";
import { g as utf8 } from "./bytes.mjs";
import { r as GateError } from "./errors11.mjs";
import { isDeepStrictEqual } from "node:util";

// src/gates/ecl/toml-text.ts
/** Nesting that is read; whoever nests deeper writes no list. */
const MAX_DEPTH = 64;
/** Parts of a dotted key. */
const MAX_KEY_PARTS = 64;
/** What ends the reading: the document is no TOML to Apptainer, or what Apptainer makes of it was not worked out. */
var TomlFault = class extends Error {
	kind;
	/** Offset in bytes. */
	at;
	constructor(kind, message, at) {
		super(message);
		this.kind = kind;
		this.at = at;
	}
};
const BLANK = /[ \t]*/y;
const NEWLINE = /\r?\n/y;
const COMMENT = /#[\t\x20-\x7e\x80-\xff]*/y;
const BARE_KEY = /[A-Za-z0-9_-]+/y;
const QUOTES = /"+|'+/y;
/** Pieces of the four kinds of texts. They are taken one by one: one pattern for all of a text takes for ever to fail. */
const LITERAL = /[\t\x20-\x26\x28-\x7e\x80-\xff]+/y;
const LITERAL_LINES = /[\t\n\x20-\x26\x28-\x7e\x80-\xff]+|\r\n|'/y;
const BASIC = /[\t\x20\x21\x23-\x5b\x5d-\x7e\x80-\xff]+|\\[^\n]/y;
const BASIC_LINES = /[\t\n\x20\x21\x23-\x5b\x5d-\x7e\x80-\xff]+|\r\n|\\[^]|"/y;
const LITERAL_VALUE = /true|false|inf|nan/y;
const DATE_BEGINS = /\d{4}-|\d\d:/y;
const DATE = /[\d\-Tt:.+Zz]*(?: \d([^]?)[\d\-Tt:.+Zz]*)?/y;
const PREFIXED = /(?=0[^.eE][^])(?:0x[\da-fA-F_]*|0o[0-7_]*|0b[01_]*|0)/y;
const NUMBER = /[\d+\-_.eE]+(?:inf|nan)?/y;
const ESCAPE = /\\(?:u([\da-fA-F]{4})|U([\da-fA-F]{8})|([ \t]*\r?\n[\r\n \t]*)|([^]))/g;
const ESCAPED = {
	"\"": "\"",
	"\\": "\\",
	b: "\b",
	f: "\f",
	n: "\n",
	r: "\r",
	t: "	",
	e: "\x1B"
};
/**
* The lines of a document, one after another, so that what comes first decides.
* @throws TomlFault
*/
function* tomlLines(bytes) {
	yield* new Reader(Buffer.from(bytes).toString("latin1")).lines();
}
/** Reads a text with one character a byte. */
var Reader = class {
	#text;
	#at = 0;
	constructor(text) {
		this.#text = text;
	}
	*lines() {
		while (this.#at < this.#text.length) {
			this.#take(BLANK);
			if (!/[#\r\n]/.test(this.#next) && this.#next !== "") yield this.#line();
			this.#take(BLANK);
			this.#comment();
			if (this.#next !== "" && this.#take(NEWLINE) === void 0) throw this.#fault("the line does not end here");
		}
	}
	get #next() {
		return this.#text[this.#at] ?? "";
	}
	#line() {
		const at = this.#at;
		if (this.#next !== "[") return {
			is: "entry",
			...this.#entry(0)
		};
		const brackets = this.#text[at + 1] === "[" ? 2 : 1;
		this.#at += brackets;
		this.#take(BLANK);
		const key = this.#key();
		for (let count = 0; count < brackets; count += 1) this.#expect("]");
		return {
			is: brackets === 2 ? "list" : "table",
			key,
			at
		};
	}
	#entry(depth) {
		const at = this.#at;
		const key = this.#key();
		this.#expect("=");
		this.#take(BLANK);
		return {
			key,
			value: this.#value(depth),
			at
		};
	}
	/** Takes the blanks behind it, too. */
	#key() {
		const parts = [];
		do {
			this.#take(BLANK);
			if (parts.length === MAX_KEY_PARTS) throw new TomlFault("not worked out", `the key has more than ${MAX_KEY_PARTS} parts`, this.#at);
			parts.push(this.#keyPart());
			this.#take(BLANK);
		} while (this.#has("."));
		return parts;
	}
	#keyPart() {
		if (this.#next === "'") return this.#literal();
		if (this.#next === "\"") return this.#basic();
		const bare = this.#take(BARE_KEY);
		if (bare === void 0) throw this.#fault("there is no key here");
		return bare[0];
	}
	#value(depth) {
		if (depth > MAX_DEPTH) throw new TomlFault("not worked out", "values are nested too deeply", this.#at);
		switch (this.#next) {
			case "\"": return {
				of: "text",
				text: this.#text.startsWith("\"\"\"", this.#at) ? this.#basicLines() : this.#basic()
			};
			case "'": return {
				of: "text",
				text: this.#text.startsWith("'''", this.#at) ? this.#literalLines() : this.#literal()
			};
			case "[": return {
				of: "array",
				items: this.#array(depth + 1)
			};
			case "{": return {
				of: "table",
				entries: this.#table(depth + 1)
			};
			default: return this.#plain();
		}
	}
	#plain() {
		const word = this.#take(LITERAL_VALUE)?.[0];
		if (word === "true" || word === "false") return {
			of: "boolean",
			value: word === "true"
		};
		if (word !== void 0) return { of: "number" };
		if (this.#sees(DATE_BEGINS)) return this.#date();
		if (this.#take(PREFIXED) ?? this.#take(NUMBER)) return { of: "number" };
		throw this.#fault("there is no value here");
	}
	/** Apptainer 1.4 takes whatever follows the first digit of a time behind a space. */
	#date() {
		const after = this.#take(DATE)?.[1] ?? "";
		if (!/^\d?$/.test(after)) throw new TomlFault("not worked out", "a date is followed by half a time", this.#at);
		return { of: "date" };
	}
	#array(depth) {
		const items = [];
		this.#expect("[");
		this.#space();
		while (!this.#has("]")) {
			items.push(this.#value(depth));
			this.#space();
			if (this.#has(",")) this.#space();
			else if (this.#next !== "]") throw this.#fault("the list does not end here");
		}
		return items;
	}
	#table(depth) {
		const entries = [];
		this.#expect("{");
		this.#take(BLANK);
		while (!this.#has("}")) {
			if (entries.length > 0) this.#expect(",");
			this.#take(BLANK);
			entries.push(this.#entry(depth));
			this.#take(BLANK);
		}
		return entries;
	}
	/** Blanks, comments and newlines. */
	#space() {
		do {
			this.#take(BLANK);
			this.#comment();
		} while (this.#take(NEWLINE));
	}
	#comment() {
		const found = this.#take(COMMENT);
		if (found) this.#decode(found[0]);
	}
	#literal() {
		return this.#decode(this.#quoted("'", LITERAL));
	}
	#literalLines() {
		return this.#decode(this.#quotedLines("'", LITERAL_LINES));
	}
	#basic() {
		return this.#unescaped(this.#quoted("\"", BASIC), false);
	}
	#basicLines() {
		return this.#unescaped(this.#quotedLines("\"", BASIC_LINES), true);
	}
	#quoted(quote, piece) {
		this.#expect(quote);
		const start = this.#at;
		while (this.#next !== quote) if (!this.#take(piece)) throw this.#fault("the text ends nowhere in its line, or has a control character");
		this.#at += 1;
		return this.#text.slice(start, this.#at - 1);
	}
	/** Up to two quotes before the three that end the text are part of it. */
	#quotedLines(quote, piece) {
		this.#at += 3;
		this.#take(NEWLINE);
		const start = this.#at;
		while (!this.#text.startsWith(quote.repeat(3), this.#at)) if (!this.#take(piece)) throw this.#fault("the text of several lines ends nowhere, or has a control character");
		if ((this.#take(QUOTES)?.[0].length ?? 0) > 5) throw this.#fault("too many quotes end the text");
		return this.#text.slice(start, this.#at - 3);
	}
	#unescaped(raw, lines) {
		const plain = raw.replace(ESCAPE, (all, short, long, continued, one) => {
			if (continued !== void 0 && lines) return "";
			const point = Number.parseInt(short ?? long ?? "", 16);
			const known = one === void 0 ? void 0 : ESCAPED[one];
			if (known !== void 0) return known;
			if (!(point <= 1114111) || point >= 55296 && point <= 57343) throw this.#fault(`the text has the escape ${JSON.stringify(all)}, which is none`);
			return Buffer.from(utf8(String.fromCodePoint(point))).toString("latin1");
		});
		return this.#decode(plain);
	}
	#decode(raw) {
		try {
			return new TextDecoder("utf-8", {
				fatal: true,
				ignoreBOM: true
			}).decode(Buffer.from(raw, "latin1"));
		} catch {
			throw this.#fault("the text is no UTF-8");
		}
	}
	#expect(character) {
		if (!this.#has(character)) throw this.#fault(`${JSON.stringify(character)} is missing`);
	}
	#has(character) {
		if (this.#next !== character) return false;
		this.#at += 1;
		return true;
	}
	#sees(pattern) {
		pattern.lastIndex = this.#at;
		return pattern.test(this.#text);
	}
	#take(pattern) {
		pattern.lastIndex = this.#at;
		const found = pattern.exec(this.#text);
		if (found) this.#at = pattern.lastIndex;
		return found ?? void 0;
	}
	#fault(problem) {
		return new TomlFault("passed over", problem, this.#at);
	}
};

// src/gates/ecl/toml-seen.ts
function node(kind, explicit, entry) {
	return {
		kind,
		explicit,
		entry,
		children: /* @__PURE__ */ new Map()
	};
}
/** The account of one document. */
var SeenKeys = class {
	#root = node("table", false, false);
	#current = this.#root;
	/**
	* True where a list of tables begins.
	* @throws TomlFault when the line redefines something
	*/
	header({ is, key, at }) {
		complete(this.#current);
		let parent = this.#root;
		for (const part of key.slice(0, -1)) {
			const known = parent.children.get(part);
			if (known?.kind === "value") throw twice(part, at);
			parent = known ?? add(parent, part, node("table", false, false));
		}
		const last = key.at(-1) ?? "";
		const known = parent.children.get(last);
		if (known && (known.kind !== is || is === "table" && known.explicit)) throw twice(last, at);
		this.#current = known ?? add(parent, last, node(is, true, false));
		this.#current.explicit = true;
		if (is === "list") this.#current.children.clear();
		return !known;
	}
	/** @throws TomlFault when the entry redefines something */
	entry(entry) {
		addEntry(this.#current, entry);
	}
};
function addEntry(table, { key, value, at }) {
	let parent = table;
	for (const [index, part] of key.entries()) {
		const known = parent.children.get(part);
		if (known && (index === key.length - 1 || known.kind !== "table" || known.explicit)) throw twice(part, at);
		parent = known ?? add(parent, part, node("table", false, true));
	}
	parent.kind = "value";
	checkInside(value);
}
function checkInside(value) {
	if (value.of === "array") for (const item of value.items) checkInside(item);
	if (value.of !== "table") return;
	const table = node("table", false, false);
	for (const entry of value.entries) addEntry(table, entry);
}
/** The next header ends a table: what its entries made is not added to. */
function complete({ children }) {
	for (const child of children.values()) {
		if (child.entry) child.explicit = true;
		child.entry = false;
		complete(child);
	}
}
function add(parent, name, child) {
	parent.children.set(name, child);
	return child;
}
function twice(part, at) {
	return new TomlFault("passed over", `the key ${JSON.stringify(part)} is defined already, or as something else`, at);
}

// src/gates/ecl/toml.ts
/**
* The text of ecl.toml. `comments` become its first lines.
* @throws GateError GATE_NOT_EXPRESSIBLE when Apptainer would read another list in it, or none, so that everything runs
*/
function writeList(list, comments) {
	const text = textOfList(list, comments);
	let read;
	try {
		read = readList(utf8(text), "ecl.toml");
	} catch (cause) {
		if (!(cause instanceof GateError)) throw cause;
	}
	if (!isDeepStrictEqual(read, list)) throw new GateError("GATE_NOT_EXPRESSIBLE", "Apptainer would not read the list as it has to be written", { hint: "use names of folders and stages without control characters" });
	return text;
}
function textOfList({ activated, legacyInsecure, groups }, comments) {
	const lines = [
		...comments.map((comment) => `# ${comment}`),
		`activated = ${activated}`,
		`legacyinsecure = ${legacyInsecure}`
	];
	for (const { tagName, mode, folder, fingerprints } of groups) lines.push("", "[[execgroup]]", `  tagname = ${JSON.stringify(tagName)}`, `  mode = ${JSON.stringify(mode)}`, `  dirpath = ${JSON.stringify(folder)}`, `  keyfp = [${fingerprints.map((fingerprint) => JSON.stringify(fingerprint)).join(", ")}]`);
	return [...lines, ""].join("\n");
}
/**
* The list in the bytes of an ecl.toml; `file` names it in errors. Unknown keys are left out, and upper and lower case are one,
* as for Apptainer.
* @throws GateError GATE_CONFIGURATION_INVALID where Apptainer would pass over the whole file, or what it does was not worked out
* @see https://github.com/pelletier/go-toml/blob/v2.2.4/unmarshaler.go
*/
function readList(bytes, file) {
	const draft = new Draft();
	try {
		for (const line of tomlLines(bytes)) draft.take(line);
	} catch (cause) {
		if (!(cause instanceof TomlFault)) throw cause;
		throw refused(cause, placeOf(bytes, cause.at, file));
	}
	const { activated, legacyInsecure, groups } = draft;
	return {
		activated,
		legacyInsecure,
		groups
	};
}
function refused(cause, location) {
	const { file, line, column } = location;
	const meaning = cause.kind === "passed over" ? "Apptainer passes over such a file, and everything runs" : "what Apptainer makes of such a file was not worked out";
	return new GateError("GATE_CONFIGURATION_INVALID", `${file}: line ${line}, column ${column}: ${cause.message}; ${meaning}`, {
		cause,
		location
	});
}
/** Columns count bytes. */
function placeOf(bytes, at, file) {
	const before = bytes.subarray(0, at);
	return {
		file,
		line: before.reduce((count, byte) => byte === 10 ? count + 1 : count, 1),
		column: at - before.lastIndexOf(10)
	};
}
/** Members of a group that are texts, by their keys. */
const TEXTS = /* @__PURE__ */ new Map([
	["tagname", "tagName"],
	["mode", "mode"],
	["dirpath", "folder"]
]);
const BOOLEANS = /* @__PURE__ */ new Map([["activated", "activated"], ["legacyinsecure", "legacyInsecure"]]);
const FINGERPRINTS = "keyfp";
const GROUPS = "execgroup";
/** Takes line after line; of a key that is there in several spellings the last counts. */
var Draft = class {
	activated = false;
	legacyInsecure = false;
	groups = [];
	#seen = new SeenKeys();
	/** Knows the keys of unknown tables, too, which Apptainer 1.4 does not look at and 1.6 does. */
	#all = new SeenKeys();
	/** What entries are about: undefined for a table that Apptainer does not know. */
	#scope = "list";
	take(line) {
		if (line.is !== "entry") this.#scope = this.#under(line, this.#seen.header(line));
		else if (this.#scope) this.#seen.entry(line);
		this.#inAll(line);
		if (line.is !== "entry" || !this.#scope) return;
		if (this.#scope === "list") this.#assign(line);
		else assignTo(this.#scope, line);
	}
	#inAll(line) {
		try {
			if (line.is === "entry") this.#all.entry(line);
			else this.#all.header(line);
		} catch (cause) {
			if (!(cause instanceof TomlFault)) throw cause;
			throw new TomlFault("not worked out", `${cause.message}, for some versions of Apptainer`, cause.at);
		}
	}
	#under({ key, is, at }, first) {
		const [top = "", member] = key.map(folded);
		if (BOOLEANS.has(top)) throw new TomlFault("not worked out", `${top} is a table`, at);
		if (top !== GROUPS) return void 0;
		if (member === void 0 && is === "list") {
			if (first) this.groups = [];
			return this.#add();
		}
		const last = this.groups.at(-1);
		if (!last && is === "table") throw new TomlFault("passed over", `${GROUPS} is no list of tables`, at);
		if (last && member === void 0) return last;
		if (!last || TEXTS.has(member ?? "") || member === FINGERPRINTS) throw new TomlFault("not worked out", `${key.join(".")} is a table in a group`, at);
	}
	#add() {
		const group = {
			tagName: "",
			mode: "",
			folder: "",
			fingerprints: []
		};
		this.groups.push(group);
		return group;
	}
	#assign({ key, value, at }) {
		const [name = "", ...rest] = key.map(folded);
		const flag = BOOLEANS.get(name);
		if (!flag && name !== GROUPS) return;
		if (rest.length > 0) throw wrong(name, flag ? "neither true nor false" : "no list of tables", at);
		if (flag) {
			if (value.of !== "boolean") throw wrong(name, "neither true nor false", at, value);
			this[flag] = value.value;
			return;
		}
		if (value.of !== "array") throw wrong(name, "no list of tables", at, value);
		this.groups = [];
		for (const item of value.items) {
			if (item.of !== "table") throw wrong(`an entry of ${name}`, "no table", at, item);
			const group = this.#add();
			for (const entry of item.entries) assignTo(group, entry);
		}
	}
};
function assignTo(group, { key, value, at }) {
	const [name = "", ...rest] = key.map(folded);
	const text = TEXTS.get(name);
	if (!text && name !== FINGERPRINTS) return;
	if (rest.length > 0) throw wrong(name, text ? "no text" : "no list", at);
	if (text) group[text] = textOf(value, name, at);
	else if (value.of === "array") group.fingerprints = value.items.map((item) => textOf(item, `an entry of ${name}`, at));
	else throw wrong(name, "no list", at, value);
}
function textOf(value, what, at) {
	if (value.of !== "text") throw wrong(what, "no text", at, value);
	return value.text;
}
/** A date where something else belongs does not end the reading of the file, but Apptainer itself. */
function wrong(what, problem, at, value) {
	return new TomlFault(value?.of === "date" ? "not worked out" : "passed over", `${what} is ${problem}`, at);
}
/** As Go writes a name in lower case: the dotted capital I becomes two letters in JavaScript. */
function folded(name) {
	return name.replaceAll("İ", "i").toLowerCase();
}

// src/gates/ecl/files.ts
/** Names of the files in the folder. */
const LIST_FILE = "ecl.toml";
/** The keys, as Apptainer keeps its global keyring. */
const KEYS_FILE = "global-pgp-public";
const CONF_LINES = [
	"# The list is about SIF files alone: what is no SIF must not run at all.",
	"allow container sif = yes",
	"allow container encrypted = yes",
	"allow container squashfs = no",
	"allow container extfs = no",
	"allow container dir = no"
];
/**
* The list and its files.
* @throws GateError GATE_NOT_EXPRESSIBLE, GATE_KEY_MISSING
*/
async function exportList(loaded, placements, now) {
	const { list, asks, losses } = listFor(loaded, placements, now);
	const wanted = new Set(list.groups.flatMap(({ fingerprints, mode }) => mode === "blacklist" ? [] : fingerprints));
	const { readKeyring } = await import("./ring.mjs");
	const { keyProblem } = await import("./key2.mjs");
	const bytes = await keyringWith(loaded.trust, [...wanted]);
	const { readRing } = await import("./ring4.mjs");
	const { maySign } = await import("./ring-verifier.mjs");
	const read = new Set((await readRing(bytes)).filter(maySign).map(({ fingerprint }) => fingerprint));
	const warnings = [...wanted].filter((fingerprint) => !read.has(fingerprint)).map((one) => `Apptainer counts no signature by the key ${one}: it says nowhere that it signs data, or its packets cannot be read.`);
	for (const [fingerprint, key] of await readKeyring(loaded.trust)) {
		const problem = wanted.has(fingerprint) ? await keyProblem(key, now) : void 0;
		if (problem) warnings.push(`${problem.message}: Apptainer does not count its signatures either`);
	}
	const comments = [`Policy ${JSON.stringify(loaded.name)}, ${loaded.digest}.`, "Install as /etc/apptainer/ecl.toml, owned by root."];
	return {
		gate: "ecl",
		list,
		keyring: bytes,
		files: [
			{
				name: LIST_FILE,
				content: writeList(list, comments)
			},
			{
				name: KEYS_FILE,
				content: bytes
			},
			{
				name: "apptainer.conf.lines",
				content: [...CONF_LINES, ""].join("\n")
			}
		],
		asks,
		losses,
		warnings: [...warnings, ...folderWarnings(placements)]
	};
}
function folderWarnings(placements) {
	const folders = placements.map(({ folder }) => folder).filter((folder) => folder !== "");
	return [
		...folders.length > 0 ? [`The folders ${folders.join(", ")} must be there, and no part of their paths may be a link: else Apptainer refuses every SIF. A folder stands for itself without its subfolders.`] : [],
		...placements.some(({ folder }) => folder === "") ? [] : ["There is no group for other folders: SIF files elsewhere, also in users’ homes and caches, do not run."],
		...placements.some(({ never }) => never) ? ["A `blacklist` asks for no good signature: images that nobody known has signed run, altered ones included."] : []
	];
}
/** What the page says of installing and of limits. */
function listPage(source) {
	return {
		title: "Apptainer’s execution control list",
		source,
		body: [
			"## Where each file goes",
			"",
			`- \`${LIST_FILE}\`: \`/etc/apptainer/ecl.toml\` (below the \`sysconfdir\` of your build), owner root, mode 0644.`,
			`- \`${KEYS_FILE}\`: \`/etc/apptainer/global-pgp-public\`, owner root, mode 0644. Where other keys are in use, add these with \`apptainer key import --global ${KEYS_FILE}\`.`,
			"- `apptainer.conf.lines`: put these lines into `/etc/apptainer/apptainer.conf` in place of those with the same names.",
			"",
			"Then try one image that must run and one that must not. Apptainer passes over a list that is missing or is no valid TOML, and everything runs.",
			"",
			"## What this gate does not do",
			"",
			"- It reads native OpenPGP signatures alone. An approval given without one (`--native none`, or beside a native DSSE signature) is not seen, and a native DSSE signature makes it deny the image.",
			"- A signature names no stage: any native signature by the key counts, whatever it was made for. When an approval expires is not asked.",
			"- It holds where Apptainer runs setuid and users cannot make user namespaces: who can run an Apptainer of their own, or unprivileged, passes by it.",
			"- It is about SIF files. Sandboxes, squashfs and ext3 images are kept out by the lines for `apptainer.conf`.",
			"- What SingularityCE makes of the same file was not tried.",
			"",
			"The decisions of this list were compared with Apptainer 1.4.5 (`test/interop/gates-ecl.test.ts`). `countersign simulate ecl IMAGE` says what it will make of an image."
		]
	};
}

export { readList as a, listPage as i, LIST_FILE as n, exportList as r, KEYS_FILE as t };