import { t as BUILD_CODES } from "./errors8.mjs";
import { t as STAGE_CODES } from "./errors4.mjs";
import { t as POLICY_CODES } from "./errors6.mjs";
import { o as EVIDENCE_REASONS, t as POLICY_REASONS } from "./reasons.mjs";
import { a as SYSTEM_CODES, n as DATA_CODES, s as USAGE_CODES } from "./errors.mjs";
import { t as NETWORK_CODES } from "./errors9.mjs";
import { t as TOOL_CODES } from "./tool-errors.mjs";
import { t as REGISTRY_CODES } from "./errors5.mjs";
import { t as SCAN_CODES } from "./errors7.mjs";
import { t as SIF_CODES } from "./errors3.mjs";
import { n as SIGNATURE_REASONS, t as SIGNATURE_CODES } from "./errors2.mjs";

// src/entry/error-codes.ts
const BUG_CODES = { BUG: {
	when: "something happened that this software does not expect; nothing was decided and no approval was given",
	fix: "report it with the version, the command and the output of `--verbose` (in a job: of a run with debug logging)"
} };
/** All codes by area, in the order of the error page. */
const CODE_AREAS = [
	{
		title: "Usage",
		about: "An input is missing or wrong: exit code 2.",
		codes: USAGE_CODES
	},
	{
		title: "Policy document",
		about: "The policy cannot be used as it is: exit code 2.",
		codes: POLICY_CODES
	},
	{
		title: "Stages and layers",
		about: "A layer cannot be added or read.",
		codes: STAGE_CODES
	},
	{
		title: "SIF images",
		about: "The image file is damaged, hostile or not a SIF.",
		codes: SIF_CODES
	},
	{
		title: "Keys and signatures",
		about: "A key, certificate or signature cannot be used.",
		codes: SIGNATURE_CODES
	},
	{
		title: "Building",
		about: "An image cannot be built.",
		codes: BUILD_CODES
	},
	{
		title: "Scanners and SBOMs",
		about: "A report cannot be made, read or judged.",
		codes: SCAN_CODES
	},
	{
		title: "Registries",
		about: "A registry or an OCI layout folder refuses or answers wrongly.",
		codes: REGISTRY_CODES
	},
	{
		title: "Network",
		about: "A request got no usable answer.",
		codes: NETWORK_CODES
	},
	{
		title: "External programs",
		about: "A program that a command needs is missing or does not run.",
		codes: TOOL_CODES
	},
	{
		title: "Files and disks",
		about: "The file system said no.",
		codes: SYSTEM_CODES
	},
	{
		title: "Documents",
		about: "A document is not what it claims to be.",
		codes: DATA_CODES
	},
	{
		title: "Reasons about stages and layers",
		about: "Given in a verdict: why a stage, a layer or an image failed, or a remark on one that passed.",
		codes: POLICY_REASONS
	},
	{
		title: "Reasons about evidence",
		about: "Given in a verdict: what an approval lists and does not find, or what a stage requires.",
		codes: EVIDENCE_REASONS
	},
	{
		title: "Reasons about signatures",
		about: "Given in a verdict: why one signature or certificate does not count.",
		codes: SIGNATURE_REASONS
	},
	{
		title: "Bugs",
		about: "Exit code 70.",
		codes: BUG_CODES
	}
];
/** The entry of a code, or undefined. */
function findCode(code) {
	return CODE_AREAS.map(({ codes }) => Object.hasOwn(codes, code) ? codes[code] : void 0).find((doc) => doc !== void 0);
}

export { findCode };