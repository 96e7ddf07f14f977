// SPDX-License-Identifier: Apache-2.0
// Keyless principals: an issuer and a name, or the job of a pipeline on GitHub or GitLab, by the claims that a Sigstore CA
// certifies. A job is always bound to its repository, because the CA takes any pipeline of the platform.

import { CLAIM_NAMES, type ClaimName } from '../../findings/claims.ts';
import { many, object } from '../document/collections.ts';
import * as f from '../document/fields.ts';
import { POLICY_LIMITS, type SigstoreCredential } from '../document/model.ts';
import { WINDOW, windowOf, type WrittenWindow } from '../document/people.ts';
import { CLAIM_KINDS, REPOSITORY_CLAIMS } from './match.ts';

const LIST = { max: POLICY_LIMITS.credentials };
const GITHUB = 'https://github.com';
const GITHUB_ISSUER = 'https://token.actions.githubusercontent.com';
const GITLAB = 'https://gitlab.com';

const URL_LINE = f.formed(/^https?:\/\/[^\s?#]*[^\s?#/]$/, {
  problem: 'is no URL without a slash at its end',
  hint: 'write it as the certificate names it, for instance https://token.actions.githubusercontent.com',
});

const REPOSITORY = many(
  f.formed(/^[A-Za-z0-9_.-]+(?:\/[A-Za-z0-9_.-]+)*\/[A-Za-z0-9_.*-]+$/, {
    problem: 'names no repository',
    hint: 'write owner/name; a star may stand in the name, not in the owner',
  }),
  LIST,
);
const WORKFLOW = many(
  f.formed(
    /^(?:[A-Za-z0-9_.*-]+\/[A-Za-z0-9_.*-]+\/)?\.(?:github|forgejo|gitea)\/workflows\/[^@/\s]+(?:@(?:refs\/\S+|[^@/\s]+))?$/,
    {
      problem: 'is no workflow file',
      hint: 'write .github/workflows/release.yml, for one of another repository owner/name/.github/workflows/release.yml, each with @refs/tags/v1 behind it where the ref matters',
    },
  ),
  LIST,
);
const CONFIG = many(
  f.formed(/^[^@\s/*][^@\s*]*(?:@refs\/(?!.*@refs\/)\S+)?$/, {
    problem: 'is no file of a project',
    hint: 'write .gitlab-ci.yml',
  }),
  LIST,
);
const ID = many(
  f.formed(/^[1-9][0-9]{0,19}$/, { problem: 'is no number', hint: 'write the number in quotes, as the API gives it' }),
  LIST,
);
const NAMES = many(f.matching('name'), LIST);

/** A claim that is compared as it is: the key, what it says, and which claim it is. */
const SHARED = {
  ref: {
    about: 'Branch or tag of the run, such as refs/tags/v*.',
    field: many(f.matching('ref'), LIST),
    absent: undefined,
  },
  environment: {
    about: 'Deployment environment of the job, whose reviewers released it.',
    field: NAMES,
    absent: undefined,
  },
  runner: { about: 'Kind of runner: github-hosted, gitlab-hosted, self-hosted.', field: NAMES, absent: undefined },
  event: { about: 'What started the run: push, release, workflow_dispatch …', field: NAMES, absent: undefined },
} as const;

const GITHUB_JOB = object({
  repository: { about: 'Repository of the run as owner/name. Required.', field: REPOSITORY },
  workflow: {
    about: 'Workflow file that holds the job: of this repository, or a reusable one of another.',
    field: WORKFLOW,
    absent: undefined,
  },
  caller: { about: 'Workflow file that the run began with.', field: WORKFLOW, absent: undefined },
  ...SHARED,
  repositoryId: { about: 'Number of the repository: names can be taken over.', field: ID, absent: undefined },
  ownerId: { about: 'Number of the owner.', field: ID, absent: undefined },
  issuer: { about: `Issuer of the tokens. Default: ${GITHUB_ISSUER}.`, field: URL_LINE, absent: undefined },
  server: { about: `Address of the platform. Default: ${GITHUB}.`, field: URL_LINE, absent: undefined },
  ...WINDOW,
});

const GITLAB_JOB = object({
  project: { about: 'Project of the pipeline as group/name. Required.', field: REPOSITORY },
  config: { about: 'Pipeline file of this project, such as .gitlab-ci.yml.', field: CONFIG, absent: undefined },
  ...SHARED,
  projectId: { about: 'Number of the project: names can be taken over.', field: ID, absent: undefined },
  namespaceId: { about: 'Number of the group.', field: ID, absent: undefined },
  issuer: { about: 'Issuer of the tokens. Default: the address of the platform.', field: URL_LINE, absent: undefined },
  server: { about: `Address of the platform. Default: ${GITLAB}.`, field: URL_LINE, absent: undefined },
  ...WINDOW,
});

const SIGNER = object({
  issuer: { about: 'OpenID issuer, exact.', field: URL_LINE },
  san: {
    about: 'Name in the certificate with its type, exact or with * inside one part. One of a list must match.',
    field: many(f.matching('san'), LIST),
  },
  claims: {
    about: 'Other claims of the certificate, exact or with * inside one part.',
    field: object(
      Object.fromEntries(
        CLAIM_NAMES.map((name) => {
          const about = 'Claim of the certificate; one of a list must match.';
          return [name, { about, field: many(f.matching(CLAIM_KINDS[name]), LIST), absent: undefined }];
        }),
      ),
    ),
    absent: undefined,
  },
  ...WINDOW,
});

/** The keyless keys of a principal. */
export const KEYLESS = {
  sigstore: {
    about: 'Keyless signers by OpenID issuer and name. One or a list.',
    field: many(f.located(SIGNER), LIST),
    absent: [],
  },
  github: {
    about: 'Keyless jobs of GitHub Actions, or of a platform with tokens like theirs. One or a list.',
    field: many(GITHUB_JOB, LIST),
    absent: [],
  },
  gitlab: {
    about: 'Keyless jobs of GitLab. One or a list.',
    field: many(GITLAB_JOB, LIST),
    absent: [],
  },
} as const;

/** Whose reviews are whose. */
export const REVIEWING = {
  'github-user': {
    about: 'User of the platform, by number or name, who is this person when they release a job. One or a list.',
    field: many(
      f.formed(/^(?:[1-9][0-9]{0,19}|[A-Za-z][A-Za-z0-9-]{0,99})$/, {
        problem: 'is no user',
        hint: 'write the number in quotes, or the name',
      }),
      LIST,
    ),
    absent: [],
  },
} as const;

interface Written extends WrittenWindow {
  readonly sigstore: readonly f.Located<f.ValueOf<typeof SIGNER>>[];
  readonly github: readonly f.ValueOf<typeof GITHUB_JOB>[];
  readonly gitlab: readonly f.ValueOf<typeof GITLAB_JOB>[];
}

/** The credentials that the keyless keys describe. @throws PolicyError POLICY_MISSING_KEY */
export function keylessCredentials({ sigstore, github, gitlab, ...own }: Written): readonly SigstoreCredential[] {
  return [
    ...sigstore.map((signer) => ({ ...signerCredential(signer), ...windowOf(own, signer.value) })),
    ...github.map((job) => ({ ...githubCredential(job), ...windowOf(own, job) })),
    ...gitlab.map((job) => ({ ...gitlabCredential(job), ...windowOf(own, job) })),
  ];
}

/** Names that jobs have on the platforms that Sigstore's CA knows. */
const JOB = /^uri:.*(?:\/\.(?:github|forgejo|gitea)\/|\/\/.*\/\/|@)/;

function signerCredential({ value, location }: f.Located<f.ValueOf<typeof SIGNER>>): SigstoreCredential {
  const issuer = value.issuer.value;
  const san = value.san.map(f.valueOf);
  const claims = claimsOf(Object.entries(value.claims ?? {}));
  const job = [GITHUB_ISSUER, GITLAB].includes(issuer) || san.some((name) => JOB.test(name));
  if (job && !REPOSITORY_CLAIMS.some((claim) => claims[claim]))
    throw f.problemAt(
      { location },
      'POLICY_MISSING_KEY',
      'a job of a pipeline is named without its repository: any repository can call the workflow of another one',
      'write github: or gitlab: with the repository, or add claims: with sourceRepositoryUri',
    );
  return { method: 'sigstore', issuer, san, claims };
}

function githubCredential(job: f.ValueOf<typeof GITHUB_JOB>): SigstoreCredential {
  const server = job.server?.value ?? GITHUB;
  const repositories = job.repository.map(({ value }) => `${server}/${value}`);
  const files = (list: readonly f.Located[] | undefined) =>
    list?.flatMap(({ value }) =>
      value.startsWith('.') ? repositories.map((repository) => `${repository}/${value}`) : [`${server}/${value}`],
    );
  const workflow = files(job.workflow);
  const caller = files(job.caller);
  const ids = { sourceRepositoryIdentifier: job.repositoryId, sourceRepositoryOwnerIdentifier: job.ownerId };
  const claims = {
    ...jobClaims(job, ids),
    sourceRepositoryUri: repositories,
    ...(workflow ? { buildSignerUri: workflow } : {}),
    ...(caller ? { buildConfigUri: caller } : {}),
  };
  return { method: 'sigstore', issuer: job.issuer?.value ?? GITHUB_ISSUER, san: [], claims };
}

function gitlabCredential(job: f.ValueOf<typeof GITLAB_JOB>): SigstoreCredential {
  const server = job.server?.value ?? GITLAB;
  const projects = job.project.map(({ value }) => `${server}/${value}`);
  const config = job.config?.flatMap(({ value }) => projects.map((project) => `${project}//${value}`));
  const ids = { sourceRepositoryIdentifier: job.projectId, sourceRepositoryOwnerIdentifier: job.namespaceId };
  const claims = {
    ...jobClaims(job, ids),
    sourceRepositoryUri: projects,
    ...(config ? { buildSignerUri: config } : {}),
  };
  return { method: 'sigstore', issuer: job.issuer?.value ?? server, san: [], claims };
}

type Patterns = readonly f.Located[] | undefined;

function jobClaims(
  { ref, environment, runner, event }: Readonly<Record<'ref' | 'environment' | 'runner' | 'event', Patterns>>,
  ids: Readonly<Partial<Record<ClaimName, Patterns>>>,
): SigstoreCredential['claims'] {
  return claimsOf(
    Object.entries({
      sourceRepositoryRef: ref,
      deploymentEnvironment: environment,
      runnerEnvironment: runner,
      buildTrigger: event,
      ...ids,
    }),
  );
}

function claimsOf(written: readonly (readonly [string, Patterns])[]): SigstoreCredential['claims'] {
  const given = new Map(written);
  return Object.fromEntries(
    CLAIM_NAMES.flatMap((name) => {
      const list = given.get(name);
      return list ? [[name, list.map(f.valueOf)]] : [];
    }),
  );
}
