import { r as openFrom } from "./registry.mjs";
import { n as storeEvidence } from "./evidence2.mjs";
import { n as storeRegistryEvidence } from "./registry4.mjs";

// src/commands/evidence/statement.ts
/** Signs the statement about an image and stores it there. @throws as storeEvidence, storeRegistryEvidence */
async function storeStatement(subject, { inputs, host, signer, statement }) {
	const options = {
		statements: [statement],
		signer,
		now: host.now(),
		beside: false,
		folder: void 0
	};
	if (subject.in === "file") return storeEvidence({
		...options,
		path: subject.path
	});
	const { reference } = subject;
	await using opened = await openFrom(inputs, host, {
		reference,
		access: "push",
		existing: true
	});
	const defaultFolder = inputs.workingDirectory;
	const stored = await storeRegistryEvidence({
		...options,
		repository: opened.repository,
		reference,
		defaultFolder
	});
	for (const remark of stored.remarks ?? []) host.warning(`${subject.name}: ${remark}`);
	return stored;
}

export { storeStatement as t };