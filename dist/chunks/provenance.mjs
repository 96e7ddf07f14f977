// src/commands/build/provenance.ts
/**
* Predicate type of SLSA provenance.
* @see https://slsa.dev/spec/v1.0/provenance
*/
const PROVENANCE_PREDICATE_TYPE = "https://slsa.dev/provenance/v1";
/**
* Build type of a build in a GitHub workflow.
* @see https://actions.github.io/buildtypes/workflow/v1
*/
const GITHUB_BUILD_TYPE = "https://actions.github.io/buildtypes/workflow/v1";
/** Build type of a build anywhere else. */
const LOCAL_BUILD_TYPE = "urn:countersign:buildtype:local:v1";
const LOCAL_BUILDER = "urn:countersign:builder:local";
/**
* The predicate.
* @see https://slsa.dev/spec/v1.0/provenance
*/
function buildProvenance(record) {
	const { env } = record;
	const github = env["GITHUB_ACTIONS"] === "true" && env["GITHUB_REPOSITORY"] !== void 0;
	const details = {
		source: record.source,
		buildArgs: Object.fromEntries([...record.buildArgs].map(([name, value]) => [name, recordable(name, value)])),
		fakeroot: record.fakeroot,
		sourceDateEpoch: record.epoch ?? null
	};
	const tools = {
		[record.tool.brand]: record.tool.version,
		countersign: record.toolVersion
	};
	return {
		buildDefinition: {
			...github ? {
				buildType: GITHUB_BUILD_TYPE,
				externalParameters: { workflow: workflowOf(env) },
				internalParameters: {
					github: githubParameters(env),
					countersign: {
						...details,
						tools
					}
				}
			} : {
				buildType: LOCAL_BUILD_TYPE,
				externalParameters: details,
				internalParameters: { tools }
			},
			resolvedDependencies: [...gitDependency(record, github), ...record.dependencies.map(dependency)]
		},
		runDetails: {
			builder: { id: github ? `${env["GITHUB_SERVER_URL"] ?? "https://github.com"}/${workflowRef(env)}` : LOCAL_BUILDER },
			metadata: {
				...github ? { invocationId: invocation(env) } : {},
				startedOn: record.startedAt.toISOString(),
				finishedOn: record.finishedAt.toISOString()
			}
		}
	};
}
/** Names under which people pass what they should not; the value stays out of the provenance. */
const SECRET_NAME = /token|passw|passphrase|secret|credential|private|apikey|api_key|auth/i;
function recordable(name, value) {
	return SECRET_NAME.test(name) ? "[not recorded]" : value;
}
/** `owner/repository/.github/workflows/file.yml@ref`. */
function workflowRef(env) {
	return env["GITHUB_WORKFLOW_REF"] ?? "";
}
function workflowOf(env) {
	const repository = env["GITHUB_REPOSITORY"] ?? "";
	const path = workflowRef(env).split("@", 1)[0]?.slice(repository.length + 1) ?? "";
	return {
		ref: workflowRef(env).slice(workflowRef(env).indexOf("@") + 1),
		repository: `${env["GITHUB_SERVER_URL"] ?? ""}/${repository}`,
		path
	};
}
function githubParameters(env) {
	return {
		event_name: env["GITHUB_EVENT_NAME"] ?? "",
		repository_id: env["GITHUB_REPOSITORY_ID"] ?? "",
		repository_owner_id: env["GITHUB_REPOSITORY_OWNER_ID"] ?? "",
		runner_environment: env["RUNNER_ENVIRONMENT"] ?? ""
	};
}
function invocation(env) {
	const run = `${env["GITHUB_REPOSITORY"] ?? ""}/actions/runs/${env["GITHUB_RUN_ID"] ?? ""}`;
	return `${env["GITHUB_SERVER_URL"] ?? ""}/${run}/attempts/${env["GITHUB_RUN_ATTEMPT"] ?? "1"}`;
}
function gitDependency({ env, git }, github) {
	if (github) return [{
		uri: `git+${env["GITHUB_SERVER_URL"] ?? ""}/${env["GITHUB_REPOSITORY"] ?? ""}@${env["GITHUB_REF"] ?? ""}`,
		digest: { gitCommit: env["GITHUB_SHA"] ?? "" }
	}];
	if (!git) return [];
	return [{
		uri: git.origin === void 0 ? "git+file:." : `git+${git.origin}`,
		digest: { gitCommit: git.commit }
	}];
}
function dependency({ name, uri, sha256 }) {
	return {
		name,
		uri,
		...sha256 === void 0 ? {} : { digest: { sha256 } }
	};
}
/** An origin without user name and password; undefined when it is no http, https, ssh or git address. */
function publicOrigin(text) {
	const address = /^[\w.-]+@([\w.-]+):([\w./~-]+)$/.exec(text);
	if (address) return `ssh://${address[1]}/${address[2]}`;
	if (!URL.canParse(text)) return void 0;
	const url = new URL(text);
	if (![
		"http:",
		"https:",
		"ssh:",
		"git:"
	].includes(url.protocol)) return void 0;
	url.username = "";
	url.password = "";
	url.search = "";
	url.hash = "";
	return url.href;
}

export { publicOrigin as i, SECRET_NAME as n, buildProvenance as r, PROVENANCE_PREDICATE_TYPE as t };