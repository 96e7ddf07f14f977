import { t as BUILD_CODES } from "./errors10.mjs";
import { t as STAGE_CODES } from "./errors4.mjs";
import { t as POLICY_CODES } from "./errors9.mjs";
import { c as EVIDENCE_REASONS, d as TIME_REASONS, l as GRANT_REASONS, o as BREAK_GLASS_REASONS, s as ENDING_REASONS, t as POLICY_REASONS, u as OBJECT_REASONS } from "./reasons.mjs";
import { a as SYSTEM_CODES, n as DATA_CODES, s as USAGE_CODES } from "./errors.mjs";
import { t as NETWORK_CODES } from "./errors14.mjs";
import { t as TOOL_CODES } from "./tool-errors.mjs";
import { n as GATE_REASONS, t as GATE_CODES } from "./errors11.mjs";
import { t as TAG_REASONS } from "./expected-tag2.mjs";
import { t as OCI_SIF_REASONS } from "./oci-sif2.mjs";
import { t as REGISTRY_CODES } from "./errors5.mjs";
import { f as SCAN_CODES } from "./fields.mjs";
import { t as SIF_CODES } from "./errors3.mjs";
import { n as SIGNATURE_REASONS, t as SIGNATURE_CODES } from "./errors2.mjs";
import { t as TRUST_CODES } from "./errors15.mjs";
import { t as KEYRING_CODES } from "./errors12.mjs";
import { t as KEY_CODES } from "./errors6.mjs";
import { t as TIMESTAMP_REASONS } from "./reasons3.mjs";
import { t as KEYLESS_CODES } from "./errors8.mjs";
import { t as SIGSTORE_REASONS } from "./reasons2.mjs";

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
		title: "Keys outside the process",
		about: "gpg, a plugin or a token holds the key, and does not sign as it should (docs/keys.md).",
		codes: KEY_CODES
	},
	{
		title: "Keyrings and key servers",
		about: "A key is not where it was looked for.",
		codes: KEYRING_CODES
	},
	{
		title: "Keyless signing",
		about: "A job cannot sign without a key: exit code 3.",
		codes: KEYLESS_CODES
	},
	{
		title: "Fetching trust",
		about: "The trusted root of a Sigstore instance cannot be had: exit code 3, and nothing is written.",
		codes: TRUST_CODES
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
		title: "Gates of other tools",
		about: "A gate’s configuration cannot be written or read: exit code 2.",
		codes: GATE_CODES
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
		title: "Reasons about endings",
		about: "Given in a verdict: what counted once and does not any more, or soon will not.",
		codes: ENDING_REASONS
	},
	{
		title: "Reasons about grants",
		about: "Given in a verdict, as remarks: who vouches for whom, and why a grant does not hold.",
		codes: GRANT_REASONS
	},
	{
		title: "Reasons about broken glass",
		about: "Given in a verdict: which stage somebody let be skipped, and why that does not count.",
		codes: BREAK_GLASS_REASONS
	},
	{
		title: "Reasons about tags",
		about: "Given in a verdict with `expect-tag`: why a tag does not name the image by the word of whoever publishes.",
		codes: TAG_REASONS
	},
	{
		title: "Reasons about OCI-SIFs",
		about: "Given in a verdict: what a cosign signature inside an OCI-SIF does not cover, or why it does not count.",
		codes: OCI_SIF_REASONS
	},
	{
		title: "Reasons about signatures",
		about: "Given in a verdict: why one signature or certificate does not count.",
		codes: SIGNATURE_REASONS
	},
	{
		title: "Reasons about objects",
		about: "Given in a verdict under a policy that tells the objects of an image apart.",
		codes: OBJECT_REASONS
	},
	{
		title: "Reasons about times",
		about: "Given in a verdict: why an approval does not count for when it was given.",
		codes: TIME_REASONS
	},
	{
		title: "Reasons about timestamps",
		about: "Given in a verdict, as remarks: why a timestamp beside a signature proves no time.",
		codes: TIMESTAMP_REASONS
	},
	{
		title: "Reasons of other tools’ gates",
		about: "Given by `simulate`: why a gate of another tool lets an image pass or not.",
		codes: GATE_REASONS
	},
	{
		title: "Reasons about keyless signatures",
		about: "Given in a verdict: why a keyless signature, which its key did make, does not count.",
		codes: SIGSTORE_REASONS
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