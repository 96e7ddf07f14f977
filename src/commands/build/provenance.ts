// SPDX-License-Identifier: Apache-2.0
// How the image came to be, as SLSA provenance v1. In a GitHub job the build type is GitHub's and the workflow is the
// external parameter; elsewhere the type is `local` and the definition is. Claims of whoever builds, worth as much as
// the key that signs them. Pure.

import type { JsonObject } from '../../base/json.ts';

/**
 * Predicate type of SLSA provenance.
 * @see https://slsa.dev/spec/v1.0/provenance
 */
export const PROVENANCE_PREDICATE_TYPE = 'https://slsa.dev/provenance/v1';
/**
 * Build type of a build in a GitHub workflow.
 * @see https://actions.github.io/buildtypes/workflow/v1
 */
const GITHUB_BUILD_TYPE = 'https://actions.github.io/buildtypes/workflow/v1';
/** Build type of a build anywhere else. */
const LOCAL_BUILD_TYPE = 'urn:countersign:buildtype:local:v1';
const LOCAL_BUILDER = 'urn:countersign:builder:local';

/** Something that went into the build, named by digest. */
export interface Dependency {
  readonly name: 'definition' | 'base' | 'source';
  readonly uri: string;
  /** Undefined when only the address is known. */
  readonly sha256: string | undefined;
}

/** What provenance is made from. */
export interface BuildRecord {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The definition's path relative to the working directory, or the address that was built. */
  readonly source: string;
  readonly buildArgs: ReadonlyMap<string, string>;
  readonly fakeroot: boolean;
  readonly epoch: number | undefined;
  readonly tool: { readonly brand: string; readonly version: string };
  readonly toolVersion: string;
  readonly dependencies: readonly Dependency[];
  /** Commit and origin of the folder that was built from, outside GitHub. */
  readonly git: { readonly commit: string; readonly origin: string | undefined } | undefined;
  readonly startedAt: Date;
  readonly finishedAt: Date;
}

/**
 * The predicate.
 * @see https://slsa.dev/spec/v1.0/provenance
 */
export function buildProvenance(record: BuildRecord): JsonObject {
  const { env } = record;
  const github = env['GITHUB_ACTIONS'] === 'true' && env['GITHUB_REPOSITORY'] !== undefined;
  const details = {
    source: record.source,
    buildArgs: Object.fromEntries([...record.buildArgs].map(([name, value]) => [name, recordable(name, value)])),
    fakeroot: record.fakeroot,
    sourceDateEpoch: record.epoch ?? null,
  };
  const tools = { [record.tool.brand]: record.tool.version, countersign: record.toolVersion };
  const definition = github
    ? {
        buildType: GITHUB_BUILD_TYPE,
        externalParameters: { workflow: workflowOf(env) },
        internalParameters: { github: githubParameters(env), countersign: { ...details, tools } },
      }
    : { buildType: LOCAL_BUILD_TYPE, externalParameters: details, internalParameters: { tools } };
  return {
    buildDefinition: {
      ...definition,
      resolvedDependencies: [...gitDependency(record, github), ...record.dependencies.map(dependency)],
    },
    runDetails: {
      builder: {
        id: github ? `${env['GITHUB_SERVER_URL'] ?? 'https://github.com'}/${workflowRef(env)}` : LOCAL_BUILDER,
      },
      metadata: {
        ...(github ? { invocationId: invocation(env) } : {}),
        startedOn: record.startedAt.toISOString(),
        finishedOn: record.finishedAt.toISOString(),
      },
    },
  };
}

type Env = BuildRecord['env'];

/** Names under which people pass what they should not; the value stays out of the provenance. */
export const SECRET_NAME = /token|passw|passphrase|secret|credential|private|apikey|api_key|auth/i;

function recordable(name: string, value: string): string {
  return SECRET_NAME.test(name) ? '[not recorded]' : value;
}

/** `owner/repository/.github/workflows/file.yml@ref`. */
function workflowRef(env: Env): string {
  return env['GITHUB_WORKFLOW_REF'] ?? '';
}

function workflowOf(env: Env): JsonObject {
  const repository = env['GITHUB_REPOSITORY'] ?? '';
  const path =
    workflowRef(env)
      .split('@', 1)[0]
      ?.slice(repository.length + 1) ?? '';
  const ref = workflowRef(env).slice(workflowRef(env).indexOf('@') + 1);
  return { ref, repository: `${env['GITHUB_SERVER_URL'] ?? ''}/${repository}`, path };
}

function githubParameters(env: Env): JsonObject {
  return {
    event_name: env['GITHUB_EVENT_NAME'] ?? '',
    repository_id: env['GITHUB_REPOSITORY_ID'] ?? '',
    repository_owner_id: env['GITHUB_REPOSITORY_OWNER_ID'] ?? '',
    runner_environment: env['RUNNER_ENVIRONMENT'] ?? '',
  };
}

function invocation(env: Env): string {
  const run = `${env['GITHUB_REPOSITORY'] ?? ''}/actions/runs/${env['GITHUB_RUN_ID'] ?? ''}`;
  return `${env['GITHUB_SERVER_URL'] ?? ''}/${run}/attempts/${env['GITHUB_RUN_ATTEMPT'] ?? '1'}`;
}

function gitDependency({ env, git }: BuildRecord, github: boolean): readonly JsonObject[] {
  if (github) {
    const uri = `git+${env['GITHUB_SERVER_URL'] ?? ''}/${env['GITHUB_REPOSITORY'] ?? ''}@${env['GITHUB_REF'] ?? ''}`;
    return [{ uri, digest: { gitCommit: env['GITHUB_SHA'] ?? '' } }];
  }
  if (!git) return [];
  return [{ uri: git.origin === undefined ? 'git+file:.' : `git+${git.origin}`, digest: { gitCommit: git.commit } }];
}

function dependency({ name, uri, sha256 }: Dependency): JsonObject {
  return { name, uri, ...(sha256 === undefined ? {} : { digest: { sha256 } }) };
}

/** An origin without user name and password; undefined when it is no http, https, ssh or git address. */
export function publicOrigin(text: string): string | undefined {
  const address = /^[\w.-]+@([\w.-]+):([\w./~-]+)$/.exec(text);
  if (address) return `ssh://${address[1]}/${address[2]}`;
  if (!URL.canParse(text)) return undefined;
  const url = new URL(text);
  if (!['http:', 'https:', 'ssh:', 'git:'].includes(url.protocol)) return undefined;
  url.username = '';
  url.password = '';
  url.search = '';
  url.hash = '';
  return url.href;
}
