import { c as UsageError } from "./errors.mjs";
import { n as isCleanFolder } from "./list.mjs";
import { r as stagesBefore } from "./approval3.mjs";

// src/commands/gates/places.ts
/** Which folders ask for which stages. */
const PLACES_INPUT = {
	name: "folder-stage",
	type: "list",
	description: "For `ecl`: `FOLDER=STAGE`, one a line: images in this folder must have passed the stage and those before it. `FOLDER=!STAGE` forbids signatures by the stage’s keys. Without a folder (`=STAGE`) it is about images everywhere else; without such a line nothing runs elsewhere. Default: all stages of the policy, everywhere.",
	example: "/srv/production=production"
};
/**
* The placements that the lines describe.
* @throws UsageError USAGE_INVALID_INPUT
*/
function placementsFrom(lines, loaded) {
	const { stages } = loaded.policy;
	if (lines.length === 0) return [{
		folder: "",
		stages,
		never: false
	}];
	const placements = lines.map((line) => placementOf(line, loaded));
	const folders = placements.map(({ folder }) => folder);
	const twice = folders.find((folder, index) => folders.indexOf(folder) < index);
	if (twice !== void 0) throw wrong(`the folder ${JSON.stringify(twice)} stands in two lines`, "Apptainer knows one group a folder");
	return placements;
}
function placementOf(line, loaded) {
	const at = line.lastIndexOf("=");
	const folder = line.slice(0, Math.max(0, at));
	const never = line[at + 1] === "!";
	const name = line.slice(at + (never ? 2 : 1));
	const { stages } = loaded.policy;
	const known = stages.map((stage) => stage.name);
	if (at === -1 || !known.includes(name)) throw wrong(`${JSON.stringify(line)} names no stage of the policy`, `write FOLDER=STAGE, STAGE one of ${known.join(", ")}`);
	if (folder !== "" && !isCleanFolder(folder)) throw wrong(`${JSON.stringify(folder)} is no clean absolute path`, "write it without . , .. , control characters, and a slash at its end");
	const asked = never ? [name] : [...stagesBefore(loaded, name), name];
	return {
		folder,
		stages: stages.filter((stage) => asked.includes(stage.name)),
		never
	};
}
function wrong(problem, hint) {
	return new UsageError("USAGE_INVALID_INPUT", `folder-stage: ${problem}`, { hint });
}

export { placementsFrom as n, PLACES_INPUT as t };