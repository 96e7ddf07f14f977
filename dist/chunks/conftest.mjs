import { n as isAboutOverlays } from "./scope.mjs";
import { t as VERDICT_SCHEMA } from "./verdict.mjs";

// src/gates/conftest.ts
/** The library. Nothing is allowed that is not wholly as it says: what is missing makes a rule undefined, never true. */
const LIBRARY = String.raw`# Judges a verdict of countersign verify-all --json. Made by countersign export conftest.
package countersign

import rego.v1

default allow := false

allow if {
	is_object(input)
	input.schema == "${VERDICT_SCHEMA}"
	passed(input)
	input.asOf == false
	not "without" in object.keys(input)
	input.policy.digest == data.countersign.policy.digest
	is_recent
	is_lasting
	is_about_image
	has_all_stages
}

passed(verdict) if {
	verdict.verdict == "passed"
	verdict.outcome == "passed"
}

clock_skew_ns := 300000000000

is_recent if {
	age := time.now_ns() - time.parse_rfc3339_ns(input.now)
	age >= 0 - clock_skew_ns
	age <= data.countersign.maxAgeSeconds * 1000000000
}

is_lasting if not "endsAt" in object.keys(input)

is_lasting if time.now_ns() < time.parse_rfc3339_ns(input.endsAt)

# Certificates without an end say the year 9999. Rego counts nanoseconds up to April 2262, and so does its clock.
is_lasting if regex.match("^(226[2-9]|(22[7-9]|2[3-9][0-9]|[3-9][0-9]{2})[0-9])-[01][0-9]-[0-3][0-9]T", input.endsAt)

is_about_image if {
	is_array(input.images)
	count(input.images) == 1
	image := input.images[0]
	passed(image)
	image.dataVerified == true
	is_array(image.contentDigests)
	is_array(data.countersign.digests)
	count(data.countersign.digests) > 0
	{digest | some digest in image.contentDigests} == {digest | some digest in data.countersign.digests}
}

has_all_stages if {
	is_array(data.countersign.stages)
	count(data.countersign.stages) > 0
	is_array(input.images[0].stages)
	every stage in data.countersign.stages {
		is_answered(stage)
	}
	every report in input.images[0].stages {
		report.verdict == "passed"
	}
}

is_answered(stage) if {
	some report in input.images[0].stages
	report.stage == stage
}

# Of an image without overlays nothing is said of stages about them. Whoever asks about some stages alone is told what is left.
is_answered(stage) if {
	stage in data.countersign.overlayStages
	is_array(input.images[0].reasons)
	every reason in input.images[0].reasons {
		reason.code != "STAGES_NOT_ASKED"
	}
}

deny contains "this is no verdict of countersign that this policy knows" if not is_known

deny contains "the image has not passed the policy, or could not be read" if not passed(input)

deny contains "the verdict is about another time, or about what is not so" if not is_real

deny contains "the verdict is by another policy" if not is_by_policy

deny contains "the verdict is too old, of the future, or has ended" if not is_timely

deny contains "the verdict is not about the image that data.countersign.digests names, or its data was not read" if {
	not is_about_image
}

deny contains "the verdict is not about all stages" if not has_all_stages

deny contains "the image is not allowed" if not allow

is_known if input.schema == "${VERDICT_SCHEMA}"

is_real if {
	input.asOf == false
	not "without" in object.keys(input)
}

is_by_policy if input.policy.digest == data.countersign.policy.digest

is_timely if {
	is_recent
	is_lasting
}
`;
/** The library, and what it compares with. */
function exportConftest({ name, digest, policy }, { maxAgeSeconds }) {
	const stages = policy.stages.map((stage) => stage.name);
	const overlayStages = policy.stages.filter(isAboutOverlays).map((stage) => stage.name);
	return {
		gate: "conftest",
		files: [{
			name: "policy/countersign.rego",
			content: LIBRARY
		}, {
			name: "data/countersign.json",
			content: `${JSON.stringify({ countersign: {
				policy: {
					name,
					digest
				},
				stages,
				overlayStages,
				maxAgeSeconds
			} }, void 0, 2)}\n`
		}],
		asks: [
			`a passed verdict by the policy ${digest} about the one image whose content digests are given, all of its data read`,
			`every stage (${stages.join(", ")})`,
			`an age of at most ${maxAgeSeconds} seconds, and that \`endsAt\` of the verdict is to come`
		],
		losses: [],
		whole: true,
		warnings: []
	};
}
/** What the page says of use and of limits. */
function conftestPage(source) {
	return {
		title: "conftest and OPA",
		source,
		body: [
			"## Use",
			"",
			"Write the content digests of the image that is about to be used, by whoever uses it and not from the verdict, into a file of its own:",
			"`{\"countersign\":{\"digests\":[\"sha256:…\"]}}`. For an image in a registry that is the digest of its manifest. Then",
			"",
			"- `conftest test --namespace countersign --policy policy --data data --data image.json verdict.json`, or",
			"- `opa eval --fail --data policy --data data --data image.json --input verdict.json \"allowed := data.countersign.allow; allowed == true\"`",
			"",
			"where `verdict.json` is what `countersign verify-all --json` printed. `deny` says why in words; only `allow` decides.",
			"",
			"## What this gate does not do",
			"",
			"- It believes the file: a verdict in JSON is not signed. Take it from the job that verified, or from a place that only that job can write.",
			"- A change of the policy, also of a comment, makes its digest another one: export again. Keys and CRLs in other files are not in that digest.",
			"- It allows no image of which a stage is skipped by broken glass.",
			"- Verdicts about several images are refused: verify one at a time."
		]
	};
}

export { conftestPage, exportConftest };