import { t as CountersignError } from "./errors.mjs";
import { r as GateError } from "./errors11.mjs";
import { r as scopesOf } from "./scopes2.mjs";

// src/gates/containers/registries.ts
/** The text of a file that turns signatures on for these places, and says where GPG signatures are. */
function writeRegistries(places, lookaside) {
	return [
		"docker:",
		...places.flatMap((place) => [
			`  ${JSON.stringify(place)}:`,
			"    use-sigstore-attachments: true",
			...lookaside === void 0 ? [] : [`    lookaside: ${JSON.stringify(lookaside)}`]
		]),
		""
	].join("\n");
}
/**
* What the files of registries.d say together.
* @throws GateError GATE_CONFIGURATION_INVALID for what podman refuses, also where two of them speak of one place;
* GATE_CONFIGURATION_UNREAD for YAML that readers take differently
* @see https://github.com/containers/image/blob/v5.36.2/docker/registries_d.go
*/
async function readRegistries(files) {
	const { parseForeignYaml } = await import("./yaml2.mjs");
	let byDefault;
	const places = /* @__PURE__ */ new Map();
	for (const [file, text] of files) {
		const document = mapIn(documentOf(text, file, parseForeignYaml));
		const fallback = document?.entries.get("default-docker")?.value;
		if (fallback && !isNull(fallback)) {
			if (byDefault !== void 0) throw refuse(fallback, "default-docker is in another file of the folder too");
			byDefault = placeIn(fallback);
		}
		const docker = document?.entries.get("docker")?.value;
		for (const [place, { value }] of (docker && mapIn(docker)?.entries) ?? []) {
			if (places.has(place)) throw refuse(value, `${place} is in another file of the folder too`);
			places.set(place, placeIn(value));
		}
	}
	return {
		byDefault,
		places
	};
}
/** Whether signatures in the tag of an image are looked for. */
function usesAttachments(registries, image) {
	return nearest(registries, image, ({ attachments }) => attachments) ?? false;
}
/** The URL of the folder that GPG signatures of an image are in; undefined for podman’s own on each machine. */
function lookasideOf(registries, image) {
	return nearest(registries, image, ({ lookaside }) => lookaside);
}
function nearest({ byDefault, places }, image, of) {
	return [...scopesOf(image).flatMap((scope) => places.get(scope) ?? []), ...byDefault ? [byDefault] : []].map(of).find((value) => value !== void 0);
}
function documentOf(text, file, parse) {
	try {
		return parse(text, file);
	} catch (cause) {
		if (!(cause instanceof CountersignError)) throw cause;
		const { message, location } = cause;
		throw new GateError("GATE_CONFIGURATION_UNREAD", `${file}: ${message}`, {
			cause,
			...location ? { location } : {}
		});
	}
}
function placeIn(node) {
	const place = mapIn(node);
	const text = (name) => {
		const value = place?.entries.get(name)?.value;
		if (!value || isNull(value)) return void 0;
		if (value.kind !== "scalar") throw refuse(value, `${name} is no text`);
		return value.source === "" ? void 0 : value.source;
	};
	for (const name of ["lookaside-staging", "sigstore-staging"]) text(name);
	const [lookaside, older] = [text("lookaside"), text("sigstore")];
	return {
		attachments: booleanIn(place?.entries.get("use-sigstore-attachments")?.value),
		lookaside: lookaside ?? older
	};
}
/** The reader of podman takes these for booleans, with quotes too; of the others only those without. */
const YES = [
	"y",
	"Y",
	"yes",
	"Yes",
	"YES",
	"on",
	"On",
	"ON"
];
const NO = [
	"n",
	"N",
	"no",
	"No",
	"NO",
	"off",
	"Off",
	"OFF"
];
function booleanIn(node) {
	if (!node || isNull(node)) return void 0;
	if (node.kind === "scalar") {
		if (typeof node.value === "boolean") return node.value;
		if (YES.includes(String(node.value))) return true;
		if (NO.includes(String(node.value))) return false;
	}
	throw refuse(node, "use-sigstore-attachments is neither true nor false");
}
function isNull(node) {
	return node.kind === "scalar" && node.value === null;
}
/** A map; undefined for null. @throws GateError GATE_CONFIGURATION_INVALID */
function mapIn(node) {
	if (node.kind === "map") return node;
	if (isNull(node)) return void 0;
	throw refuse(node, "there is no map of names and values here");
}
function refuse({ location }, problem) {
	const { file, line, column } = location;
	return new GateError("GATE_CONFIGURATION_INVALID", `${file}:${line}:${column}: ${problem}`, { location });
}

export { writeRegistries as i, readRegistries as n, usesAttachments as r, lookasideOf as t };