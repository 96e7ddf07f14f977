// SPDX-License-Identifier: Apache-2.0
// What the environment says about the CI run that signs; goes into approvals and provenance. Claims of the runner, worth
// as much as the key that signs them.

type Env = Readonly<Record<string, string | undefined>>;

const GITHUB_FIELDS = {
  server: 'GITHUB_SERVER_URL',
  repository: 'GITHUB_REPOSITORY',
  workflow: 'GITHUB_WORKFLOW_REF',
  ref: 'GITHUB_REF',
  commit: 'GITHUB_SHA',
  runId: 'GITHUB_RUN_ID',
  attempt: 'GITHUB_RUN_ATTEMPT',
  actor: 'GITHUB_ACTOR',
  event: 'GITHUB_EVENT_NAME',
  job: 'GITHUB_JOB',
} as const;

const MAX_FIELD = 512;

/** The run as text fields; undefined outside GitHub Actions unless an environment name was given. */
export function runInfo(env: Env, environment: string | undefined): Readonly<Record<string, string>> | undefined {
  const fields = env['GITHUB_ACTIONS'] === 'true' ? Object.entries(GITHUB_FIELDS) : [];
  const known = fields.flatMap(([name, variable]) => {
    const value = env[variable]?.slice(0, MAX_FIELD);
    return value ? [[name, value] as const] : [];
  });
  const all = environment === undefined ? known : [...known, ['environment', environment.slice(0, MAX_FIELD)] as const];
  return all.length > 0 ? Object.fromEntries(all) : undefined;
}
