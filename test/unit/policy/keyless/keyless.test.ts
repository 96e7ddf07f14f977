// SPDX-License-Identifier: Apache-2.0
// Right and almost-right keyless signers: who counts, and for everybody else which claim is named.

import { describe, expect, test } from 'vitest';
import { utf8 } from '../../../../src/base/bytes.ts';
import { CLAIM_NAMES, type Claims } from '../../../../src/findings/claims.ts';
import type { SigstoreIdentity } from '../../../../src/findings/signature.ts';
import { loadPolicyBytes } from '../../../../src/policy/document/load.ts';
import { evaluatePolicy } from '../../../../src/policy/evaluate.ts';
import { personOf } from '../../../../src/policy/rules/people.ts';
import { approve, GITHUB_ISSUER, image, job, JOB_CLAIMS, NOW } from '../../../support/facts.ts';
import { codeOf } from '../../../support/signing.ts';

const APP = 'https://github.com/acme/app';
const FILE = `${APP}/.github/workflows/release.yml`;

function load(principals: string, rest = 'stages: [{ name: production, approvers: prod }]') {
  const text = `version: 1\nname: test\nprincipals:\n${principals}\n${rest}\n`;
  return loadPolicyBytes(utf8(text), { path: 'policy', folder: '/' });
}

async function decide(principal: string, signer: SigstoreIdentity) {
  const { policy } = await load(`  prod: { ${principal} }`);
  const verdict = evaluatePolicy(policy, image([approve('production', signer)]), { now: NOW });
  const said = [...verdict.layers, ...verdict.stages].flatMap(({ reasons }) => reasons.map(({ message }) => message));
  return { verdict: verdict.verdict, said: said.join('\n') };
}

const GITHUB =
  'github: { repository: acme/app, workflow: .github/workflows/release.yml, ref: refs/tags/v*, environment: production, runner: github-hosted, event: push, repositoryId: "1001", ownerId: "42" }';
const REUSABLE =
  'github: { repository: acme/app, workflow: acme/pipelines/.github/workflows/approve.yml@refs/tags/v3, caller: .github/workflows/release.yml }';
const shared = {
  buildSignerUri: 'https://github.com/acme/pipelines/.github/workflows/approve.yml@refs/tags/v3',
} as const;

type Row = readonly [
  about: string,
  principal: string,
  claims: Claims,
  named: string | undefined,
  more?: Partial<SigstoreIdentity>,
];

const ROWS: readonly Row[] = [
  ['the job itself', GITHUB, {}, undefined],
  ['another tag that fits', GITHUB, { sourceRepositoryRef: 'refs/tags/v9' }, undefined],
  ['the same file at another ref', GITHUB, { buildSignerUri: `${FILE}@refs/heads/main` }, undefined],
  ['another issuer', GITHUB, {}, 'issuer', { issuer: 'https://token.actions.example.com' }],
  ['an issuer with a slash more', GITHUB, {}, 'issuer', { issuer: `${GITHUB_ISSUER}/` }],
  ['an issuer in upper case', GITHUB, {}, 'issuer', { issuer: GITHUB_ISSUER.toUpperCase() }],
  ['an issuer of an enterprise', GITHUB, {}, 'issuer', { issuer: `${GITHUB_ISSUER}/acme` }],
  ['another repository', GITHUB, { sourceRepositoryUri: 'https://github.com/acme/app2' }, 'sourceRepositoryUri'],
  ['another owner', GITHUB, { sourceRepositoryUri: 'https://github.com/acne/app' }, 'sourceRepositoryUri'],
  ['a repository behind a longer path', GITHUB, { sourceRepositoryUri: `${APP}/x` }, 'sourceRepositoryUri'],
  ['another server', GITHUB, { sourceRepositoryUri: 'https://github.com.evil.org/acme/app' }, 'sourceRepositoryUri'],
  ['letters that look alike', GITHUB, { sourceRepositoryUri: 'https://github.com/аcme/app' }, 'sourceRepositoryUri'],
  [
    'the repository in other case',
    GITHUB,
    { sourceRepositoryUri: 'https://github.com/Acme/app' },
    'sourceRepositoryUri',
  ],
  ['a renamed repository', GITHUB, { sourceRepositoryUri: 'https://github.com/acme/new-name' }, 'sourceRepositoryUri'],
  [
    'a repository created anew with the name',
    GITHUB,
    { sourceRepositoryIdentifier: '9999' },
    'sourceRepositoryIdentifier',
  ],
  [
    'an owner who took over the name',
    GITHUB,
    { sourceRepositoryOwnerIdentifier: '43' },
    'sourceRepositoryOwnerIdentifier',
  ],
  ['a number with a digit more', GITHUB, { sourceRepositoryIdentifier: '10010' }, 'sourceRepositoryIdentifier'],
  ['a branch', GITHUB, { sourceRepositoryRef: 'refs/heads/v1' }, 'sourceRepositoryRef'],
  ['a tag below the pattern', GITHUB, { sourceRepositoryRef: 'refs/tags/v1/x' }, 'sourceRepositoryRef'],
  ['a pull request', GITHUB, { sourceRepositoryRef: 'refs/pull/7/merge' }, 'sourceRepositoryRef'],
  ['another workflow', GITHUB, { buildSignerUri: `${APP}/.github/workflows/ci.yml@refs/tags/v1` }, 'buildSignerUri'],
  ['a file whose name goes on', GITHUB, { buildSignerUri: `${FILE}.yml@refs/tags/v1` }, 'buildSignerUri'],
  ['the workflow of another repository', GITHUB, shared, 'buildSignerUri'],
  ['another environment', GITHUB, { deploymentEnvironment: 'staging' }, 'deploymentEnvironment'],
  ['an environment that begins alike', GITHUB, { deploymentEnvironment: 'production-eu' }, 'deploymentEnvironment'],
  ['an environment in other case', GITHUB, { deploymentEnvironment: 'Production' }, 'deploymentEnvironment'],
  ['a runner of somebody', GITHUB, { runnerEnvironment: 'self-hosted' }, 'runnerEnvironment'],
  ['another event', GITHUB, { buildTrigger: 'pull_request_target' }, 'buildTrigger'],
  ['a value with a control character', GITHUB, { deploymentEnvironment: 'production\u0000' }, 'deploymentEnvironment'],
  ['a reusable workflow, called as it should be', REUSABLE, shared, undefined],
  [
    'it, called by another file',
    REUSABLE,
    { ...shared, buildConfigUri: `${APP}/.github/workflows/ci.yml@refs/tags/v1` },
    'buildConfigUri',
  ],
  [
    'it, called from another repository',
    REUSABLE,
    { ...shared, sourceRepositoryUri: 'https://github.com/mallory/app' },
    'sourceRepositoryUri',
  ],
  [
    'it, from a branch',
    REUSABLE,
    { buildSignerUri: shared.buildSignerUri.replace('tags/v3', 'heads/v3') },
    'buildSignerUri',
  ],
  ['the caller in its place', REUSABLE, {}, 'buildSignerUri'],
  [
    'a name alone, of a job that has a repository',
    'sigstore: { issuer: https://oidc.example.org, san: "uri:https://example.org/job" }',
    {},
    'names no repository',
    { issuer: 'https://oidc.example.org', san: ['uri:https://example.org/job'] },
  ],
  [
    'a person',
    'sigstore: { issuer: https://accounts.example.org, san: "email:carol@example.org" }',
    {},
    undefined,
    { issuer: 'https://accounts.example.org', san: ['email:carol@Example.org'], claims: {} },
  ],
  [
    'a person at another provider',
    'sigstore: { issuer: https://accounts.example.org, san: "email:carol@example.org" }',
    {},
    'issuer',
    { issuer: 'https://accounts.example.com', san: ['email:carol@example.org'], claims: {} },
  ],
  [
    'an address that contains the one wanted',
    'sigstore: { issuer: https://accounts.example.org, san: "email:carol@example.org" }',
    {},
    'san',
    { issuer: 'https://accounts.example.org', san: ['email:carol@example.org.evil.org'], claims: {} },
  ],
  [
    'a job on GitLab',
    'gitlab: { project: group/sub/app, config: .gitlab-ci.yml, ref: refs/heads/main, environment: production }',
    {
      sourceRepositoryUri: 'https://gitlab.com/group/sub/app',
      buildSignerUri: 'https://gitlab.com/group/sub/app//.gitlab-ci.yml@refs/heads/main',
      sourceRepositoryRef: 'refs/heads/main',
    },
    undefined,
    { issuer: 'https://gitlab.com' },
  ],
  [
    'a project in another group',
    'gitlab: { project: group/sub/app, config: .gitlab-ci.yml }',
    {
      sourceRepositoryUri: 'https://gitlab.com/group/app',
      buildSignerUri: 'https://gitlab.com/group/sub/app//.gitlab-ci.yml@refs/heads/main',
    },
    'sourceRepositoryUri',
    { issuer: 'https://gitlab.com' },
  ],
];

describe('a keyless signer', () => {
  test.each(ROWS.map((row) => ({ about: row[0], row })))(
    '$about',
    async ({ row: [, principal, claims, named, more = {}] }) => {
      const { verdict, said } = await decide(principal, job('1', claims, more));
      expect(verdict).toBe(named === undefined ? 'passed' : 'failed');
      if (named !== undefined) expect(said).toContain(named);
    },
  );

  test.each(CLAIM_NAMES)('%s, when it is another one, fails and is named', async (claim) => {
    const all = CLAIM_NAMES.map((name) => `${name}: ${JSON.stringify(JOB_CLAIMS[name])}`).join(', ');
    const san = JSON.stringify(`uri:${JOB_CLAIMS.buildSignerUri}`);
    const principal = `sigstore: { issuer: ${GITHUB_ISSUER}, san: ${san}, claims: { ${all} } }`;
    expect((await decide(principal, job('1'))).verdict).toBe('passed');
    const flipped = JOB_CLAIMS[claim].replace(/.$/, (last) => (last === 'x' ? 'y' : 'x'));
    const { san: names } = job('1');
    const { verdict, said } = await decide(principal, job('1', { [claim]: flipped }, { san: names }));
    expect(verdict).toBe('failed');
    expect(said).toContain(`${claim} is ${JSON.stringify(flipped)}`);
    const absent = job('1', {}, { claims: { ...JOB_CLAIMS, [claim]: undefined } });
    expect((await decide(principal, absent)).said).toContain(`${claim} is not there`);
  });

  test('of two approvers the one that the signer is most like is named', async () => {
    const { policy } = await load(
      '  build: { github: { repository: acme/app, environment: ci } }\n  prod: { github: { repository: acme/other, environment: live } }',
      'stages: [{ name: production, approvers: [build, prod] }]',
    );
    const verdict = evaluatePolicy(policy, image([approve('production', job('1'))]), { now: NOW });
    const said = verdict.stages[0]?.reasons.map(({ message }) => message).join('\n');
    expect(said).toContain('it is not build: deploymentEnvironment is "production", not "ci"');
  });

  test('an approver of another stage is told what is different', async () => {
    const { policy } = await load(
      '  build: { github: { repository: acme/app } }\n  prod: { github: { repository: acme/app, environment: live } }',
      'stages: [{ name: author, approvers: build }, { name: production, approvers: prod }]',
    );
    const first = approve('author', job('1'));
    const second = approve('production', job('2'), { after: [first] });
    const verdict = evaluatePolicy(policy, image([first, second]), { now: NOW });
    expect(verdict.stages.map((one) => one.verdict)).toEqual(['passed', 'failed']);
    expect(JSON.stringify(verdict.stages[1])).toContain('deploymentEnvironment is \\"production\\", not \\"live\\"');
  });
});

const PINNED = 'github: { repository: acme/app, workflow: ".github/workflows/release.yml@refs/heads/a@b" }';
const TAGGED = 'github: { repository: acme/app, workflow: ".github/workflows/release.yml@refs/tags/v1" }';
const ANY_REF = 'github: { repository: acme/app, workflow: .github/workflows/release.yml }';
const CONFIG = 'gitlab: { project: acme/app, config: .gitlab-ci.yml }';
const PIPELINE = 'https://gitlab.com/acme/app//.gitlab-ci.yml';
const ONGITLAB = { issuer: 'https://gitlab.com' };

describe('an @ in the name of a workflow, of a ref', () => {
  test.each<readonly [about: string, principal: string, uri: string, verdict: string]>([
    ['a branch with an @', ANY_REF, `${FILE}@refs/heads/a@b`, 'passed'],
    ['a branch with several', ANY_REF, `${FILE}@refs/heads/@a@@b@`, 'passed'],
    ['a branch that is called as a ref', ANY_REF, `${FILE}@refs/heads/x@refs/tags/v1`, 'passed'],
    ['a branch that is called as a file', ANY_REF, `${FILE}@refs/heads/.github/workflows/ci.yml@x`, 'passed'],
    ['a commit', ANY_REF, `${FILE}@${'a'.repeat(40)}`, 'passed'],
    ['a file that begins as the one wanted', ANY_REF, `${FILE}@x@refs/heads/main`, 'failed'],
    ['a file that ends as a ref begins', ANY_REF, `${FILE}@refs@refs/heads/main`, 'failed'],
    ['a file that is called as a commit', ANY_REF, `${FILE}@${'a'.repeat(40)}@${'b'.repeat(40)}`, 'failed'],
    ['a file below the folder', ANY_REF, `${FILE}/x@refs/heads/main`, 'failed'],
    ['the pinned branch', PINNED, `${FILE}@refs/heads/a@b`, 'passed'],
    ['a branch that begins as the pinned one', PINNED, `${FILE}@refs/heads/a@bc`, 'failed'],
    ['the part before the @', PINNED, `${FILE}@refs/heads/a`, 'failed'],
    ['the part behind the @', PINNED, `${FILE}@b`, 'failed'],
    ['the pinned tag', TAGGED, `${FILE}@refs/tags/v1`, 'passed'],
    ['a branch that ends as the pinned tag', TAGGED, `${FILE}@refs/heads/x@refs/tags/v1`, 'failed'],
    ['a tag that ends as the pinned tag', TAGGED, `${FILE}@refs/tags/v0@refs/tags/v1`, 'failed'],
    ['a tag that begins as the pinned one', TAGGED, `${FILE}@refs/tags/v1@refs/heads/x`, 'failed'],
    ['a file whose name holds the pinned tag', TAGGED, `${FILE}@v1@refs/tags/v1`, 'failed'],
  ])('%s', async (_about, principal, uri, verdict) => {
    const decided = await decide(principal, job('1', { buildSignerUri: uri }));
    expect(decided.verdict).toBe(verdict);
    if (verdict === 'failed') expect(decided.said).toContain('buildSignerUri');
  });

  test.each([
    ['a branch with an @', `${PIPELINE}@refs/heads/a@b`, 'passed'],
    ['a file that begins as the one wanted', `${PIPELINE}@x@refs/heads/main`, 'failed'],
    // A path may have folders, so that this may be the file `.gitlab-ci.yml@refs/heads/x` as well.
    ['a branch that is called as a ref', `${PIPELINE}@refs/heads/x@refs/heads/y`, 'failed'],
  ])('%s, on GitLab', async (_about, uri, verdict) => {
    const claims = { sourceRepositoryUri: 'https://gitlab.com/acme/app', buildSignerUri: uri };
    expect((await decide(CONFIG, job('1', claims, ONGITLAB))).verdict).toBe(verdict);
  });
});

describe('two runs of one workflow', () => {
  const stages = `stages:
  - { name: author, approvers: [build, prod] }
  - { name: production, approvers: [build, prod] }
distinct: [[author, production]]`;

  async function twoStages(principals: string, [one, other]: readonly [Claims, Claims]) {
    const { policy } = await load(principals, stages);
    const first = approve('author', job('1', one));
    const second = approve('production', job('2', other), { after: [first] });
    return evaluatePolicy(policy, image([first, second]), { now: NOW }).verdict;
  }

  test('are one signer, whatever their keys and refs', async () => {
    const principals = '  build: { github: { repository: acme/app } }\n  prod: { github: { repository: acme/ops } }';
    const main = { buildSignerUri: `${FILE}@refs/heads/main`, sourceRepositoryRef: 'refs/heads/main' };
    expect(await twoStages(principals, [{}, main])).toBe('failed');
  });

  test('are one signer where a branch has an @ in its name', async () => {
    const principals = '  build: { github: { repository: acme/app } }\n  prod: { github: { repository: acme/app } }';
    const branch = { buildSignerUri: `${FILE}@refs/heads/a@b`, sourceRepositoryRef: 'refs/heads/a@b' };
    expect(await twoStages(principals, [{}, branch])).toBe('failed');
  });

  test('are one signer where only one principal asks for the environment', async () => {
    const principals =
      '  build: { github: { repository: acme/app } }\n  prod: { github: { repository: acme/app, environment: production } }';
    expect(await twoStages(principals, [{ deploymentEnvironment: 'ci' }, {}])).toBe('failed');
  });

  test('in two environments are two where both principals ask for theirs', async () => {
    const principals =
      '  build: { github: { repository: acme/app, environment: ci } }\n  prod: { github: { repository: acme/app, environment: production } }';
    expect(await twoStages(principals, [{ deploymentEnvironment: 'ci' }, {}])).toBe('passed');
  });

  test('two workflows of a repository are two', async () => {
    const principals = '  build: { github: { repository: acme/app } }\n  prod: { github: { repository: acme/ops } }';
    const other = { buildSignerUri: `${APP}/.github/workflows/deploy.yml@refs/tags/v1` };
    const { policy } = await load(principals);
    const [one, two] = [personOf(policy, job('1')), personOf(policy, job('2', other))];
    expect(one.some((token) => two.includes(token))).toBe(false);
  });
});

describe('a keyless principal is refused', () => {
  test.each([
    ['a job on GitHub without repository', 'github: { environment: production }', 'POLICY_MISSING_KEY'],
    ['an open repository', 'github: { repository: "*/app" }', 'POLICY_INVALID_VALUE'],
    ['a repository without owner', 'github: { repository: app }', 'POLICY_INVALID_VALUE'],
    ['an open environment', 'github: { repository: acme/app, environment: "*" }', 'POLICY_PATTERN'],
    ['an open ref', 'github: { repository: acme/app, ref: "*" }', 'POLICY_PATTERN'],
    ['a workflow that is no file', 'github: { repository: acme/app, workflow: release }', 'POLICY_INVALID_VALUE'],
    ['a number with letters', 'github: { repository: acme/app, repositoryId: "12a" }', 'POLICY_INVALID_VALUE'],
    ['a project without group', 'gitlab: { project: app }', 'POLICY_INVALID_VALUE'],
    ['a signer without issuer', 'sigstore: { san: "email:a@example.org" }', 'POLICY_MISSING_KEY'],
    ['a signer without name', 'sigstore: { issuer: https://a.example.org }', 'POLICY_MISSING_KEY'],
    [
      'an issuer that is no URL',
      'sigstore: { issuer: a.example.org, san: "email:a@example.org" }',
      'POLICY_INVALID_VALUE',
    ],
    ['any address', 'sigstore: { issuer: https://a.example.org, san: "email:*@*" }', 'POLICY_PATTERN'],
    [
      'a job by its name alone',
      `sigstore: { issuer: ${GITHUB_ISSUER}, san: "uri:${FILE}@refs/tags/v1" }`,
      'POLICY_MISSING_KEY',
    ],
    [
      'a job of a private issuer by its name alone',
      `sigstore: { issuer: https://ghe.example.org/_services/token, san: "uri:https://ghe.example.org/a/b/.github/workflows/c.yml@refs/heads/main" }`,
      'POLICY_MISSING_KEY',
    ],
    [
      'an unknown claim',
      `sigstore: { issuer: ${GITHUB_ISSUER}, san: "email:a@b.c", claims: { actor: x } }`,
      'POLICY_UNKNOWN_KEY',
    ],
  ])('%s', async (_about, principal, code) => {
    expect(await codeOf(load(`  prod: { ${principal} }`))).toBe(code);
  });
});
