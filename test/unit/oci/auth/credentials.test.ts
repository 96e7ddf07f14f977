// SPDX-License-Identifier: Apache-2.0
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Secret } from '../../../../src/base/secret.ts';
import type { Credential, RunHelper } from '../../../../src/oci/auth/credential-file.ts';
import {
  credentialPaths,
  type CredentialSources,
  findCredential,
  maySend,
  usableAt,
} from '../../../../src/oci/auth/credentials.ts';
import { temporaryFolder } from '../../../support/temporary.ts';
import { describe, expect, test } from 'vitest';

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

  test('podman’s folder for the user is the one in XDG_RUNTIME_DIR, else the one named by number', () => {
    const byNumber = '/run/containers/1234/auth.json';
    expect(credentialPaths({ env: { HOME: '/h' }, uid: 1234 })).toEqual([
      '/h/.docker/config.json',
      byNumber,
      '/h/.config/containers/auth.json',
      '/h/.apptainer/docker-config.json',
      '/h/.singularity/docker-config.json',
    ]);
    expect(credentialPaths({ env: { HOME: '/h', XDG_RUNTIME_DIR: '' }, uid: 1234 })).toContain(byNumber);
    const paths = credentialPaths({ env: { HOME: '/h', XDG_RUNTIME_DIR: '/run/user/1234' }, uid: 1234 });
    expect(paths).toContain('/run/user/1234/containers/auth.json');
    expect(paths).not.toContain(byNumber);
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
    expect(found.looked).toEqual([
      'registry-username and registry-password',
      ...credentialPaths({ env: { HOME: found.HOME } }),
    ]);
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

describe('a secret that was found', () => {
  const masksFor = async (files: Readonly<Record<string, unknown>>, more: Partial<CredentialSources> = {}) => {
    const masks: string[] = [];
    const mask = (text: string) => masks.push(text);
    await findCredential(place('r.example'), { mask, ...more, env: { HOME: await home(files), ...more.env } });
    return masks;
  };

  test('is told before it is used, with the form it has in a header', async () => {
    expect(await masksFor({ '.docker/config.json': auths({ 'r.example': 'u:pw1234' }) })).toEqual([
      'pw1234',
      b64('u:pw1234'),
    ]);
    const tokens = { auths: { 'r.example': { auth: b64('u:'), identitytoken: 'idt-1' } } };
    expect(await masksFor({ '.docker/config.json': tokens })).toEqual(['idt-1', b64('u:idt-1')]);
    const bearer = { auths: { 'r.example': { registrytoken: 'reg-1' } } };
    expect(await masksFor({ '.docker/config.json': bearer })).toEqual(['reg-1']);
    const runHelper: RunHelper = async () => ({ exitCode: 0, stdout: '{"Username":"u","Secret":"from-helper"}' });
    expect(await masksFor({ '.docker/config.json': { credsStore: 'x' } }, { runHelper })).toEqual([
      'from-helper',
      b64('u:from-helper'),
    ]);
    expect(await masksFor({}, { username: 'u', password: new Secret('given') })).toEqual(['given', b64('u:given')]);
    expect(await masksFor({})).toEqual([]);
  });

  test.each([
    ['a blank password', { auth: b64('u: \n') }],
    ['a password that is a line end', { username: 'u', password: '\n' }],
    ['a blank identity token', { auth: b64('u:x'), identitytoken: ' ' }],
    ['a registry token of two lines', { registrytoken: 'a\nb' }],
  ])('is refused when it is %s', async (_, entry) => {
    const files = { '.docker/config.json': { auths: { 'r.example': entry } } };
    await expect(masksFor(files)).rejects.toMatchObject({ code: 'REGISTRY_CREDENTIALS_INVALID' });
  });

  test('is refused when a helper gives nothing but space', async () => {
    const runHelper: RunHelper = async () => ({ exitCode: 0, stdout: '{"Username":"u","Secret":"\\n"}' });
    const found = masksFor({ '.docker/config.json': { credsStore: 'x' } }, { runHelper });
    await expect(found).rejects.toMatchObject({ code: 'REGISTRY_CREDENTIAL_HELPER_FAILED' });
  });

  test('a blank GITHUB_TOKEN is none', async () => {
    const found = await findCredential(place('ghcr.io'), { env: { GITHUB_TOKEN: ' \n', HOME: await home({}) } });
    expect(found.credential).toEqual({ kind: 'anonymous' });
    const other = await findCredential(place('ghcr.io'), { env: { GITHUB_TOKEN: 'ghs_1\n' } });
    expect(reveal(other.credential)).toBe('x-access-token:ghs_1');
  });
});

describe('where a credential may be sent', () => {
  const secret = new Secret('s');
  const login = { kind: 'basic', username: 'u', password: secret } as const;
  const kinds = {
    file: login,
    given: { ...login, plainHttp: true },
    job: { ...login, onlyHost: 'ghcr.io' },
    identity: { kind: 'identity-token', username: undefined, token: secret },
    bearer: { kind: 'registry-token', token: secret },
  } as const;
  test.each([
    ['https://r.example/token', ['file', 'given', 'identity', 'bearer']],
    ['http://r.example/token', ['given']],
    ['http://localhost:5000/', ['file', 'given', 'identity', 'bearer']],
    ['http://127.0.0.1:5000/', ['file', 'given', 'identity', 'bearer']],
    ['http://localhost.evil.example/', ['given']],
    ['https://ghcr.io/token', ['file', 'given', 'job', 'identity', 'bearer']],
    ['http://ghcr.io/token', ['given']],
    ['https://ghcr.io:444/token', ['file', 'given', 'identity', 'bearer']],
  ])('%s', (url, expected) => {
    const allowed = Object.entries(kinds).filter(([, credential]) => maySend(credential, new URL(url)));
    expect(allowed.map(([name]) => name).sort()).toEqual(expected.toSorted());
    for (const [name, credential] of Object.entries(kinds)) {
      const found = usableAt({ credential, from: 'a file', looked: ['a file'] }, new URL(url));
      if (expected.includes(name)) expect(found).toEqual({ credential, from: 'a file', looked: ['a file'] });
      else
        expect(found).toMatchObject({
          credential: { kind: 'anonymous' },
          from: 'none',
          looked: ['a file', 'a file has a login, which is not sent without TLS'],
        });
    }
  });
});

describe('who is told of secrets', () => {
  test('learns whether one was given or found', async () => {
    const HOME = await home({ '.docker/config.json': auths({ 'r.example': 'u:from-file' }) });
    const told = async (sources: Partial<CredentialSources>) => {
      const origins = new Set<string | undefined>();
      const mask = (_: string, origin?: string) => void origins.add(origin);
      await findCredential(place('r.example'), { env: { HOME }, mask, ...sources });
      return [...origins];
    };
    expect(await told({})).toEqual(['found']);
    expect(await told({ username: 'u', password: new Secret('given') })).toEqual(['given']);
  });
});
