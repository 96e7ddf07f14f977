// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import { buildProvenance, type BuildRecord, publicOrigin } from '../../../../src/commands/build/provenance.ts';

const facts: BuildRecord = {
  env: {},
  source: 'app.def',
  buildArgs: new Map([
    ['VERSION', '1.2'],
    ['REGISTRY_TOKEN', 'hunter2'],
  ]),
  fakeroot: false,
  epoch: undefined,
  tool: { brand: 'apptainer', version: '1.4.5' },
  toolVersion: '0.1.0',
  dependencies: [{ name: 'definition', uri: 'file:app.def', sha256: 'aa' }],
  git: { commit: 'c0ffee', origin: 'https://example.org/team/app.git' },
  startedAt: new Date('2026-11-22T12:00:00Z'),
  finishedAt: new Date('2026-11-22T12:01:00Z'),
};

const github = {
  GITHUB_ACTIONS: 'true',
  GITHUB_SERVER_URL: 'https://ghes.example.org',
  GITHUB_REPOSITORY: 'team/app',
  GITHUB_REPOSITORY_ID: '12',
  GITHUB_REPOSITORY_OWNER_ID: '34',
  GITHUB_WORKFLOW_REF: 'team/app/.github/workflows/build.yml@refs/heads/main',
  GITHUB_REF: 'refs/heads/main',
  GITHUB_SHA: 'c0ffee',
  GITHUB_RUN_ID: '56',
  GITHUB_RUN_ATTEMPT: '2',
  GITHUB_EVENT_NAME: 'push',
  RUNNER_ENVIRONMENT: 'self-hosted',
};

describe('buildProvenance', () => {
  test('outside GitHub the definition is the external parameter', () => {
    expect(buildProvenance(facts)).toEqual({
      buildDefinition: {
        buildType: 'urn:countersign:buildtype:local:v1',
        externalParameters: {
          source: 'app.def',
          buildArgs: { VERSION: '1.2', REGISTRY_TOKEN: '[not recorded]' },
          fakeroot: false,
          sourceDateEpoch: null,
        },
        internalParameters: { tools: { apptainer: '1.4.5', countersign: '0.1.0' } },
        resolvedDependencies: [
          { uri: 'git+https://example.org/team/app.git', digest: { gitCommit: 'c0ffee' } },
          { name: 'definition', uri: 'file:app.def', digest: { sha256: 'aa' } },
        ],
      },
      runDetails: {
        builder: { id: 'urn:countersign:builder:local' },
        metadata: { startedOn: '2026-11-22T12:00:00.000Z', finishedOn: '2026-11-22T12:01:00.000Z' },
      },
    });
  });

  test('in a job it has the shape of GitHub’s build type, on any server', () => {
    expect(buildProvenance({ ...facts, env: github })).toMatchObject({
      buildDefinition: {
        buildType: 'https://actions.github.io/buildtypes/workflow/v1',
        externalParameters: {
          workflow: {
            ref: 'refs/heads/main',
            repository: 'https://ghes.example.org/team/app',
            path: '.github/workflows/build.yml',
          },
        },
        internalParameters: { github: { event_name: 'push', repository_id: '12', repository_owner_id: '34' } },
        resolvedDependencies: [
          { uri: 'git+https://ghes.example.org/team/app@refs/heads/main', digest: { gitCommit: 'c0ffee' } },
          { name: 'definition' },
        ],
      },
      runDetails: {
        builder: { id: 'https://ghes.example.org/team/app/.github/workflows/build.yml@refs/heads/main' },
        metadata: { invocationId: 'https://ghes.example.org/team/app/actions/runs/56/attempts/2' },
      },
    });
  });

  test('the external parameters in a job are the workflow alone, as the build type wants', () => {
    const { buildDefinition } = buildProvenance({ ...facts, env: github });
    expect(buildDefinition).toHaveProperty('externalParameters', { workflow: expect.anything() });
  });
});

describe('publicOrigin', () => {
  test.each([
    ['https://user:secret@example.org/a/b.git?x=1#y', 'https://example.org/a/b.git'],
    ['git@example.org:a/b.git', 'ssh://example.org/a/b.git'],
    ['ssh://git@example.org/a/b', 'ssh://example.org/a/b'],
    ['/home/ada/repo', undefined],
    ['file:///home/ada/repo', undefined],
    ['', undefined],
  ])('%j is shown as %j', (text, shown) => {
    expect(publicOrigin(text)).toBe(shown);
  });
});
