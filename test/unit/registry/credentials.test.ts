// SPDX-License-Identifier: Apache-2.0
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { Secret } from '../../../src/primitives/secret.ts';
import type { RunHelper } from '../../../src/registry/credential-helper.ts';
import { type Credential, credentialPaths, findCredential } from '../../../src/registry/credentials.ts';
import { temporaryFolder } from '../../support/temporary.ts';

const b64 = (text: string) => Buffer.from(text).toString('base64');
const place = (registry: string, repository = 'org/app') => ({ registry, repository });

function reveal(credential: Credential): unknown {
  if (credential.kind === 'anonymous') return 'anonymous';
  if (credential.kind === 'basic') return `${credential.username}:${credential.password.revealText()}`;
  return `${credential.kind} ${credential.token.revealText()}`;
}

async function home(files: Readonly<Record<string, unknown>>): Promise<string> {
  const folder = await temporaryFolder();
  for (const [name, content] of Object.entries(files)) {
    const path = join(folder, name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, typeof content === 'string' ? content : JSON.stringify(content));
  }
  return folder;
}

async function find(
  files: Readonly<Record<string, unknown>>,
  registry: string,
  more: { env?: Record<string, string>; repository?: string; runHelper?: RunHelper } = {},
) {
  const HOME = await home(files);
  const env = Object.fromEntries(
    Object.entries({ HOME, ...more.env }).map(([key, value]) => [key, value.replace('~', HOME)]),
  );
  const found = await findCredential(place(registry, more.repository), { env, runHelper: more.runHelper });
  return { ...found, value: reveal(found.credential), HOME };
}

const auths = (entries: Record<string, string>) => ({
  auths: Object.fromEntries(Object.entries(entries).map(([key, pair]) => [key, { auth: b64(pair) }])),
});

describe('where credentials come from', () => {
  test('explicit ones win over everything', async () => {
    const found = await findCredential(place('ghcr.io'), {
      username: 'u',
      password: new Secret('p'),
      env: { GITHUB_TOKEN: 't' },
    });
    expect(reveal(found.credential)).toBe('u:p');
  });

  test('GITHUB_TOKEN is for ghcr.io alone, and for its own token service', async () => {
    const env = { GITHUB_TOKEN: 'ghs_x', GITHUB_ACTOR: 'octo' };
    const found = await findCredential(place('ghcr.io'), { env });
    expect(reveal(found.credential)).toBe('octo:ghs_x');
    expect(found.credential).toMatchObject({ onlyHost: 'ghcr.io' });
    for (const other of ['ghcr.io.evil.example', 'evilghcr.io', 'docker.io', 'ghcr.io:444'])
      expect(reveal((await findCredential(place(other), { env })).credential)).toBe('anonymous');
  });

  test('the token of the job is for ghcr.io alone, and never hides another login', async () => {
    const githubToken = new Secret('ghs_job');
    const use = async (registry: string, files: Readonly<Record<string, unknown>> = {}, env = {}) => {
      const HOME = await home(files);
      return findCredential(place(registry), { githubToken, env: { HOME, ...env } });
    };
    const found = await use('ghcr.io');
    expect(found).toMatchObject({ from: 'github-token', credential: { onlyHost: 'ghcr.io' } });
    expect(reveal(found.credential)).toBe('x-access-token:ghs_job');
    expect(JSON.stringify(found)).not.toContain('ghs_job');
    expect(reveal((await use('ghcr.io', {}, { GITHUB_ACTOR: 'octo' })).credential)).toBe('octo:ghs_job');
    const login = { '.docker/config.json': auths({ 'ghcr.io': 'u:pat' }) };
    expect(reveal((await use('ghcr.io', login)).credential)).toBe('u:pat');
    expect(reveal((await use('ghcr.io', login, { GITHUB_TOKEN: 'env' })).credential)).toBe('x-access-token:env');
    for (const other of ['ghcr.io.evil.example', 'docker.io', 'ghcr.io:444']) {
      const elsewhere = await use(other);
      expect(elsewhere).toMatchObject({ credential: { kind: 'anonymous' }, from: 'none' });
      expect(elsewhere.looked).not.toContain('github-token');
    }
  });

  test.each([
    ['.docker/config.json', {}],
    ['elsewhere/config.json', { DOCKER_CONFIG: '~/elsewhere' }],
    ['auth/file.json', { REGISTRY_AUTH_FILE: '~/auth/file.json' }],
    ['run/containers/auth.json', { XDG_RUNTIME_DIR: '~/run' }],
    ['.config/containers/auth.json', {}],
    ['.apptainer/docker-config.json', {}],
    ['own.json', { APPTAINER_AUTH_FILE: '~/own.json' }],
  ])('%s is read', async (path, env) => {
    const found = await find({ [path]: auths({ 'r.example': 'u:p:q' }) }, 'r.example', { env });
    expect(found.value).toBe('u:p:q');
    expect(found.from).toBe(join(found.HOME, path));
  });

  test('docker comes before podman, and a file without an entry is passed over', async () => {
    const files = {
      '.docker/config.json': auths({ other: 'x:y' }),
      '.config/containers/auth.json': auths({ 'r.example': 'u:p' }),
    };
    const found = await find(files, 'r.example');
    expect(found.value).toBe('u:p');
    expect(found.looked).toContain(join(found.HOME, '.docker/config.json'));
  });

  test('nothing found is anonymous and says where it looked', async () => {
    const found = await find({}, 'r.example');
    expect(found.value).toBe('anonymous');
    expect(found.looked).toEqual(['registry-username and registry-password', ...credentialPaths({ HOME: found.HOME })]);
  });
});

describe('entries of a file', () => {
  test.each(['https://r.example', 'https://r.example/v1/', 'r.example/', 'http://r.example/v2', 'R.EXAMPLE'])(
    'key %s fits',
    async (key) => {
      expect((await find({ '.docker/config.json': auths({ [key]: 'u:p' }) }, 'r.example')).value).toBe('u:p');
    },
  );

  test.each(['example', 'xr.example', 'r.example.evil', 'r.example:5000', 'r.exampl'])(
    'key %s does not fit',
    async (key) => {
      expect((await find({ '.docker/config.json': auths({ [key]: 'u:p' }) }, 'r.example')).value).toBe('anonymous');
    },
  );

  test('Docker Hub is known by its old address', async () => {
    expect(
      (await find({ '.docker/config.json': auths({ 'https://index.docker.io/v1/': 'u:p' }) }, 'docker.io')).value,
    ).toBe('u:p');
  });

  test('the longest namespace wins', async () => {
    const files = {
      '.config/containers/auth.json': auths({
        'r.example': 'host:1',
        'r.example/org': 'org:2',
        'r.example/org/app/x': 'deep:3',
      }),
    };
    expect((await find(files, 'r.example', { repository: 'org/app' })).value).toBe('org:2');
    expect((await find(files, 'r.example', { repository: 'orgx/app' })).value).toBe('host:1');
  });

  test.each([
    [{ auth: b64('u:p') }, 'u:p'],
    [{ auth: b64('u:p\0\0') }, 'u:p'],
    [{ username: 'u', password: 'p' }, 'u:p'],
    [{ auth: b64('00000000-0000-0000-0000-000000000000:'), identitytoken: 'T' }, 'identity-token T'],
    [{ registrytoken: 'R' }, 'registry-token R'],
    [{}, 'anonymous'],
  ])('%j', async (entry, value) => {
    expect((await find({ '.docker/config.json': { auths: { 'r.example': entry } } }, 'r.example')).value).toBe(value);
  });

  test.each([
    '{',
    '[]',
    '{"auths":{"r.example":{"auth":"!!!"}}}',
    `{"auths":{"r.example":{"auth":"${b64('nocolon')}"}}}`,
  ])('a broken file is an error: %s', async (content) => {
    await expect(find({ '.docker/config.json': content }, 'r.example')).rejects.toMatchObject({
      code: 'REGISTRY_CREDENTIALS_INVALID',
    });
  });
});

describe('credential helpers', () => {
  const answering = (stdout: string, exitCode = 0): RunHelper & { seen: string[] } =>
    Object.assign(
      async (call: Parameters<RunHelper>[0]) => {
        helper.seen.push(`${call.program} ${call.args.join(' ')} < ${Buffer.from(call.stdin).toString()}`);
        return { exitCode, stdout };
      },
      { seen: [] as string[] },
    );
  let helper: RunHelper & { seen: string[] };

  test('credHelpers come before credsStore before auths', async () => {
    helper = answering('{"ServerURL":"r.example","Username":"u","Secret":"s"}');
    const config = { credHelpers: { 'r.example': 'one' }, credsStore: 'two', ...auths({ 'r.example': 'x:y' }) };
    expect((await find({ '.docker/config.json': config }, 'r.example', { runHelper: helper })).value).toBe('u:s');
    expect((await find({ '.docker/config.json': config }, 'docker.io', { runHelper: helper })).value).toBe('u:s');
    expect(helper.seen).toEqual([
      'docker-credential-one get < r.example\n',
      'docker-credential-two get < https://index.docker.io/v1/\n',
    ]);
  });

  test('<token> means an identity token', async () => {
    helper = answering('{"Username":"<token>","Secret":"s"}');
    expect((await find({ '.docker/config.json': { credsStore: 'x' } }, 'r.example', { runHelper: helper })).value).toBe(
      'identity-token s',
    );
  });

  test('a helper without an entry is passed over', async () => {
    helper = answering('credentials not found in native keychain\n', 1);
    const files = {
      '.docker/config.json': { credsStore: 'x' },
      '.config/containers/auth.json': auths({ 'r.example': 'u:p' }),
    };
    const found = await find(files, 'r.example', { runHelper: helper });
    expect(found.value).toBe('u:p');
    expect(found.looked).toContain('docker-credential-x');
  });

  test.each(['../evil', 'a b', 'x;y', '/bin/sh', ''])('the helper name %j runs nothing', async (name) => {
    helper = answering('{}');
    const finding = find({ '.docker/config.json': { credHelpers: { 'r.example': name } } }, 'r.example', {
      runHelper: helper,
    });
    await expect(finding).rejects.toMatchObject({ code: 'REGISTRY_CREDENTIALS_INVALID' });
    expect(helper.seen).toEqual([]);
  });

  test.each([
    ['not json', 0],
    ['{"Username":1,"Secret":"hunter2"}', 0],
    ['locked: hunter2', 1],
  ])('a bad answer is an error that does not repeat it: %s', async (stdout, exitCode) => {
    helper = answering(stdout, exitCode);
    const finding = find({ '.docker/config.json': { credsStore: 'x' } }, 'r.example', { runHelper: helper });
    const error: Error = await finding.then(
      () => new Error('none'),
      (thrown: Error) => thrown,
    );
    expect(error).toMatchObject({ code: 'REGISTRY_CREDENTIAL_HELPER_FAILED' });
    expect(JSON.stringify([error.message, error])).not.toContain('hunter2');
  });
});
