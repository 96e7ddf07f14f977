// SPDX-License-Identifier: Apache-2.0
import { createPublicKey } from 'node:crypto';
import { copyFile, lstat, mkdtemp, readdir, readFile, rm, stat, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { command } from '../../../../src/commands/build/build.ts';
import { explainFailure } from '../../../../src/commands/build/errors.ts';
import { fingerprintRefusals } from '../../../../src/commands/build/base.ts';
import { command as policy } from '../../../../src/commands/policy/policy.ts';
import { command as signStage } from '../../../../src/commands/sign-stage/sign-stage.ts';
import type { ToolCall, ToolResult } from '../../../../src/commands/host.ts';
import type { ImageFacts, LayerFact } from '../../../../src/policy/facts.ts';
import { parseStatement } from '../../../../src/attest/statement.ts';
import { FakeHost, type FakeHostOptions } from '../../../support/fake-host.ts';
import { newKey, runCommand } from '../../../support/run-command.ts';
import { PROJECT } from '../../../support/sources.ts';

const DEMO = join(PROJECT, 'assets/demo/hello.sif');
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'countersign-build-'));
  await writeFile(join(folder, 'app.def'), 'Bootstrap: scratch\n');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const done: ToolResult = { exitCode: 0, stdout: '', stderr: '' };

/** Stands for apptainer: prints a version, and writes the demo image where it is told to, or what `build` does. */
function apptainer(version: string, build: (output: string, call: ToolCall) => Promise<ToolResult>) {
  return async (call: ToolCall): Promise<ToolResult> => {
    if (call.program === '/opt/unshare') return done;
    if (call.args[0] === '--version') return { ...done, stdout: `apptainer version ${version}\n` };
    return build(call.args[call.args.indexOf('--') + 1] ?? '', call);
  };
}

async function copyDemo(output: string): Promise<ToolResult> {
  await copyFile(DEMO, output);
  return done;
}

async function run(
  texts: Readonly<Record<string, string>>,
  {
    version = '1.4.5-2',
    build = copyDemo,
    ...options
  }: FakeHostOptions & {
    version?: string;
    build?: typeof copyDemo | ((output: string, call: ToolCall) => Promise<ToolResult>);
  } = {},
) {
  await using host = new FakeHost({
    cwd: folder,
    programs: { apptainer: '/opt/apptainer', unshare: '/opt/unshare' },
    run: apptainer(version, build),
    ...options,
  });
  const result = await runCommand(command, { definition: 'app.def', 'image-path': 'app.sif', ...texts }, host);
  return { result, host };
}

const code = (expected: string) => expect.objectContaining({ code: expected });
const here = async () => (await readdir(folder)).sort();

describe('encryption', () => {
  const argsOf = ({ calls }: FakeHost) => calls.map(({ args }) => args).find((args) => args[0] === 'build') ?? [];

  test('is for a key, whose file the program is given', async () => {
    await writeFile(join(folder, 'rsa.pem'), 'x');
    const { host } = await run({ encrypt: 'true', 'pem-path': 'rsa.pem' });
    expect(argsOf(host).slice(0, 4)).toEqual(['build', '--encrypt', '--pem-path', join(folder, 'rsa.pem')]);
    expect(host.log.map(({ text }) => text).join()).toContain('approvals of an earlier image do not count');
  });

  test('or with a passphrase, which stays in the environment', async () => {
    const env = { APPTAINER_ENCRYPTION_PASSPHRASE: 'correct horse' };
    const { host } = await run({ encrypt: 'true' }, { env });
    expect(argsOf(host)).toContain('--encrypt');
    expect(argsOf(host).join(' ')).not.toContain('correct');
    expect(host.calls.find(({ args }) => args[0] === 'build')?.env).toMatchObject(env);
  });

  test('needs one of them, and a key needs encryption', async () => {
    await expect(run({ encrypt: 'true' })).rejects.toEqual(code('USAGE_MISSING_INPUT'));
    await expect(run({ 'pem-path': 'app.def' })).rejects.toEqual(code('USAGE_CONFLICTING_INPUTS'));
    expect(argsOf((await run({})).host)).not.toContain('--encrypt');
  });
});

describe('build', () => {
  test('puts the image in place and a statement about its content beside it', async () => {
    const { result, host } = await run({});
    expect(await here()).toEqual(['app.def', 'app.sif', 'app.sif.provenance.intoto.json']);
    const statement = parseStatement(await readFile(join(folder, 'app.sif.provenance.intoto.json')));
    expect(`sha256:${statement.subject[0]?.digest['sha256']}`).toBe(result.outputs['digest']);
    expect(result.outputs).toMatchObject({
      verdict: 'passed',
      'image-path': join(folder, 'app.sif'),
      'tool-version': 'apptainer 1.4.5-2',
      'cache-hit': 'false',
    });
    expect(host.calls.at(-1)?.cwd).toBe(folder);
  });

  test('with a key the provenance is in the image, and no file beside it', async () => {
    const { result } = await run({ 'signing-method': 'key', key: newKey() });
    expect(await here()).toEqual(['app.def', 'app.sif']);
    expect((await stat(join(folder, 'app.sif'))).size).toBeGreaterThan((await stat(DEMO)).size);
    expect(result.outputs['bundle-path']).toBe('');
  });

  test('an existing file stays as it is unless overwrite is set', async () => {
    await writeFile(join(folder, 'app.sif'), 'precious');
    await expect(run({})).rejects.toThrow(code('BUILD_IMAGE_EXISTS'));
    expect(await readFile(join(folder, 'app.sif'), 'utf8')).toBe('precious');
    await run({ overwrite: 'true' });
    expect((await stat(join(folder, 'app.sif'))).size).toBe((await stat(DEMO)).size);
  });

  test.skipIf(process.platform === 'win32')('a link is not replaced, even when overwrite is set', async () => {
    await writeFile(join(folder, 'other'), 'precious');
    await symlink('other', join(folder, 'app.sif'));
    await expect(run({ overwrite: 'true' })).rejects.toThrow(code('BUILD_IMAGE_EXISTS'));
    expect((await lstat(join(folder, 'app.sif'))).isSymbolicLink()).toBe(true);
  });

  test('a file that appears during the build is not overwritten', async () => {
    const build = async (output: string) => {
      await writeFile(join(folder, 'app.sif'), 'precious');
      return copyDemo(output);
    };
    await expect(run({}, { build })).rejects.toThrow(code('BUILD_IMAGE_EXISTS'));
    expect(await readFile(join(folder, 'app.sif'), 'utf8')).toBe('precious');
  });

  test('a failed build leaves nothing, and the error has its last lines', async () => {
    const build = async (output: string) => {
      await writeFile(output, 'half');
      return { exitCode: 255, stdout: '', stderr: 'INFO: x\nFATAL:   write: no space left on device\n' };
    };
    await expect(run({}, { build })).rejects.toThrow(code('BUILD_NO_SPACE'));
    expect(await here()).toEqual(['app.def']);
  });

  test.each(['', 'SIF_MAGIC is elsewhere'])('an output that is no SIF image is refused: %j', async (content) => {
    const build = async (output: string) => {
      await writeFile(output, content);
      return done;
    };
    await expect(run({ overwrite: 'true' }, { build })).rejects.toThrow(code('BUILD_OUTPUT_INVALID'));
    expect(await here()).toEqual(['app.def']);
  });

  test('build arguments go through a private file, never through the arguments', async () => {
    let seen = '';
    let mode = 0;
    const build = async (output: string, call: ToolCall) => {
      const path = call.args[call.args.indexOf('--build-arg-file') + 1] ?? '';
      seen = await readFile(path, 'utf8');
      mode = (await stat(path)).mode & 0o777;
      return copyDemo(output);
    };
    const { host } = await run({ 'build-args': 'A=1=2\nREGISTRY_TOKEN=hunter2' }, { build });
    expect(seen).toBe('A=1=2\nREGISTRY_TOKEN=hunter2\n');
    expect(mode).toBe(0o600);
    expect(host.calls.flatMap(({ args }) => args).join(' ')).not.toContain('hunter2');
    expect(JSON.stringify(host.log)).not.toContain('hunter2');
    expect(host.log).toContainEqual({ level: 'warning', text: expect.stringContaining('REGISTRY_TOKEN') });
    expect(await readFile(join(folder, 'app.sif.provenance.intoto.json'), 'utf8')).not.toContain('hunter2');
  });

  test.each(['NAME', '=x', 'a b=c', 'A=1\nA=2'])('build-args %j is refused', async (text) => {
    await expect(run({ 'build-args': text })).rejects.toThrow(code('USAGE_INVALID_INPUT'));
  });

  test('the child gets folders and epoch, and none of the runner’s channels', async () => {
    const env = { PATH: '/bin', GITHUB_ENV: '/x', ACTIONS_RUNTIME_TOKEN: 't', GITHUB_SHA: 'abc' };
    const { host } = await run({ 'tmp-dir': folder, 'cache-dir': 'c', 'source-date-epoch': '1764000000' }, { env });
    expect(host.calls.at(-1)?.env).toEqual({
      PATH: '/bin',
      GITHUB_SHA: 'abc',
      APPTAINER_TMPDIR: folder,
      SINGULARITY_TMPDIR: folder,
      APPTAINER_CACHEDIR: join(folder, 'c'),
      SINGULARITY_CACHEDIR: join(folder, 'c'),
      SOURCE_DATE_EPOCH: '1764000000',
    });
    expect(host.log).toContainEqual({ level: 'warning', text: expect.stringContaining('SOURCE_DATE_EPOCH') });
  });

  test('an address is built as it is given', async () => {
    const { host } = await run({ definition: '', source: 'docker://alpine:3.22' });
    expect(host.calls.at(-1)?.args).toEqual([
      'build',
      '--',
      expect.stringMatching(/\.partial$/),
      'docker://alpine:3.22',
    ]);
  });

  test('exactly one of definition and source', async () => {
    await expect(run({ definition: '' })).rejects.toThrow(code('USAGE_MISSING_INPUT'));
    await expect(run({ source: 'docker://x' })).rejects.toThrow(code('USAGE_CONFLICTING_INPUTS'));
  });

  test('the image is declared to the runner when it asks for that', async () => {
    const file = join(folder, 'artifacts');
    await writeFile(file, '');
    await run({}, { env: { GITHUB_ARTIFACTS: file } });
    expect(await readFile(file, 'utf8')).toBe(`file://${join(folder, 'app.sif')}\n`);
  });

  test('a definition that changes during the build is noticed', async () => {
    const build = async (output: string) => {
      await writeFile(join(folder, 'app.def'), 'Bootstrap: scratch\n%post\n  evil\n');
      return copyDemo(output);
    };
    await expect(run({}, { build })).rejects.toThrow(code('BUILD_INPUT_CHANGED'));
    expect(await here()).toEqual(['app.def']);
  });

  test('a definition that was another one while it was built is noticed, though it is there again', async () => {
    const path = join(folder, 'app.def');
    const build = async (output: string) => {
      const content = await readFile(path);
      const { atime, mtime } = await stat(path);
      await writeFile(path, 'Bootstrap: scratch\n%post\n  evil\n');
      await writeFile(path, content);
      await utimes(path, atime, mtime);
      return copyDemo(output);
    };
    await expect(run({}, { build })).rejects.toThrow(code('BUILD_INPUT_CHANGED'));
  });
});

describe('the program', () => {
  test('missing, it is named with what to install', async () => {
    await expect(run({}, { programs: {} })).rejects.toThrow(code('TOOL_NOT_FOUND'));
  });

  test.each(['1.0.3', '0.9.9'])('version %s is too old', async (version) => {
    await expect(run({}, { version })).rejects.toThrow(code('TOOL_UNSUPPORTED'));
  });

  test('build arguments need a newer version than a plain build', async () => {
    await run({}, { version: '1.1.9' });
    await expect(run({ 'build-args': 'A=1', overwrite: 'true' }, { version: '1.1.9' })).rejects.toThrow(
      code('TOOL_UNSUPPORTED'),
    );
  });

  test('an answer that is no version is an error', async () => {
    await expect(run({}, { version: 'unknown' })).rejects.toThrow(code('TOOL_FAILED'));
  });
});

describe('the base', () => {
  test('a base that the policy cannot judge is refused before anything is built', async () => {
    const text = 'Bootstrap: docker\nFrom: alpine\n';
    await writeFile(join(folder, 'app.def'), text);
    await expect(run({ 'base-policy-path': 'p.yaml' })).rejects.toThrow(code('BUILD_BASE_UNVERIFIABLE'));
    await writeFile(join(folder, 'app.def'), 'Bootstrap: oras\nFrom: example.org/base:latest\n');
    await expect(run({ 'base-policy-path': 'p.yaml' })).rejects.toThrow(/not pinned by digest/);
  });

  test('a base that does not satisfy the policy is a failed verdict; once approved it is built on', async () => {
    const key = newKey();
    const publicKey = createPublicKey(key).export({ type: 'spki', format: 'pem' });
    await copyFile(DEMO, join(folder, 'base.sif'));
    await writeFile(join(folder, 'key.pub'), publicKey);
    await writeFile(join(folder, 'app.def'), 'Bootstrap: localimage\nFrom: base.sif\n');
    await writeFile(
      join(folder, 'p.yaml'),
      'version: 1\nname: base\nprincipals:\n  ada: { key: key.pub }\nstages:\n  - { name: author, approvers: ada }\n',
    );
    const refused = await run({ 'base-policy-path': 'p.yaml' });
    expect(refused.result.exitCode).toBe(1);
    expect(refused.result.text).toMatch(/base base\.sif: refused[\s\S]*author/);
    expect(refused.host.calls.filter(({ args }) => args[0] === 'build')).toEqual([]);
    await using host = new FakeHost({ cwd: folder });
    const signing = { 'signing-method': 'key', key, stage: 'author', 'policy-path': 'p.yaml' };
    await runCommand(signStage, { 'subject-path': 'base.sif', ...signing }, host);
    const { result } = await run({ 'base-policy-path': 'p.yaml' });
    expect(result.exitCode).toBe(0);
    expect(result.text).toContain('base base.sif verified');
  });

  test('the policy of bases must be signed by whom the inputs say, with and without a policy of its own', async () => {
    await copyFile(DEMO, join(folder, 'base.sif'));
    await writeFile(join(folder, 'app.def'), 'Bootstrap: localimage\nFrom: base.sif\n');
    const key = newKey();
    await writeFile(join(folder, 'key.pub'), createPublicKey(key).export({ type: 'spki', format: 'pem' }));
    const text =
      'version: 1\nname: base\nprincipals: { ada: { key: key.pub } }\nstages: [{ name: author, approvers: ada }]\n';
    await writeFile(join(folder, 'p.yaml'), text);
    const asked = { 'base-policy-path': 'p.yaml', 'require-signed-policy': 'key.pub' };
    const ci = { key: newKey(), 'signing-method': 'key' };
    await expect(run(asked)).rejects.toThrow(code('POLICY_UNSIGNED'));
    await expect(run({ ...asked, ...ci })).rejects.toThrow(code('POLICY_UNSIGNED'));
    await using host = new FakeHost({ cwd: folder });
    await runCommand(policy, { task: 'sign\np.yaml', key, 'signing-method': 'key' }, host);
    await runCommand(
      signStage,
      { 'subject-path': 'base.sif', stage: 'author', 'policy-path': 'p.yaml', key, 'signing-method': 'key' },
      host,
    );
    expect((await run(asked)).result.text).toContain('base base.sif verified');
    expect((await run({ ...asked, ...ci, 'image-path': 'b.sif' })).result.exitCode).toBe(0);
    await writeFile(join(folder, 'own.yaml'), text);
    const both = { ...asked, ...ci, 'policy-path': 'own.yaml', 'image-path': 'c.sif' };
    await expect(run(both)).rejects.toThrow(code('POLICY_UNSIGNED'));
    await expect(run({ ...asked, ...ci, profile: 'dev', 'image-path': 'c.sif' })).rejects.toThrow(
      /profile without a policy/,
    );
    const { 'base-policy-path': _, ...alone } = asked;
    await expect(run({ ...alone, 'image-path': 'c.sif' })).rejects.toThrow(/require-signed-policy without a policy/);
  });

  test('a base that changes during the build is noticed', async () => {
    await copyFile(DEMO, join(folder, 'base.sif'));
    await writeFile(join(folder, 'app.def'), 'Bootstrap: localimage\nFrom: base.sif\n');
    const build = async (output: string) => {
      await writeFile(join(folder, 'base.sif'), 'other');
      return copyDemo(output);
    };
    await expect(run({}, { build })).rejects.toThrow(code('BUILD_INPUT_CHANGED'));
  });

  test('its digest is in the provenance', async () => {
    await copyFile(DEMO, join(folder, 'base.sif'));
    await writeFile(join(folder, 'app.def'), 'Bootstrap: localimage\nFrom: base.sif\n');
    await run({});
    const statement = parseStatement(await readFile(join(folder, 'app.sif.provenance.intoto.json')));
    expect(statement.predicate).toMatchObject({
      buildDefinition: {
        resolvedDependencies: expect.arrayContaining([
          { name: 'base', uri: 'file:base.sif', digest: { sha256: expect.stringMatching(/^[0-9a-f]{64}$/) } },
        ]),
      },
    });
  });

  const fingerprint = 'A'.repeat(40);
  const layer: LayerFact = {
    place: { in: 'sif', object: 4 },
    kind: 'native-pgp',
    method: 'pgp',
    digest: `sha256:${'0'.repeat(64)}`,
    signer: { method: 'pgp', fingerprint, userIds: [] },
    signature: 'valid',
    reasons: [],
    covers: ['object 1', 'object 2'],
    contradicted: false,
    approval: null,
    signedAt: null,
  };
  const facts = (layers: readonly LayerFact[]): ImageFacts => ({
    name: 'base.sif',
    kind: 'sif',
    contentDigests: [],
    units: [{ id: 'object 1' }, { id: 'object 2' }],
    layers,
    evidence: [],
    dataRead: true,
    problems: [],
  });

  test('every fingerprint must have signed all of it', () => {
    expect(fingerprintRefusals(facts([layer]), [fingerprint])).toEqual([]);
    expect(fingerprintRefusals(facts([layer]), [fingerprint, 'B'.repeat(40)])).toHaveLength(1);
    expect(fingerprintRefusals(facts([{ ...layer, covers: ['object 1'] }]), [fingerprint])).toHaveLength(1);
    expect(fingerprintRefusals(facts([{ ...layer, contradicted: true }]), [fingerprint])).toHaveLength(1);
    expect(fingerprintRefusals(facts([{ ...layer, signature: 'unknown-signer' }]), [fingerprint])).toHaveLength(1);
    expect(fingerprintRefusals(facts([{ ...layer, kind: 'bundle' }]), [fingerprint])).toHaveLength(1);
  });

  test('a broken signature of somebody else refuses the base too, as Apptainer does', () => {
    const reasons = [{ code: 'X', message: 'the data was altered', hint: '' }];
    const broken: LayerFact = { ...layer, signature: 'invalid', signer: null, reasons };
    expect(fingerprintRefusals(facts([layer, broken]), [fingerprint])).toEqual(['the data was altered']);
  });

  test('fingerprints need a keyring and all their digits', async () => {
    await expect(run({ 'base-fingerprints': fingerprint })).rejects.toThrow(code('USAGE_MISSING_INPUT'));
    await expect(run({ 'base-fingerprints': 'ABCD1234' })).rejects.toThrow(code('USAGE_INVALID_INPUT'));
  });
});

describe('the cache', () => {
  const cache = () => {
    const calls: string[] = [];
    return {
      calls,
      restore: async (_paths: readonly string[], key: string, restoreKeys: readonly string[]) => {
        calls.push(`restore ${key} ${restoreKeys.length}`);
        return undefined;
      },
      save: async (_paths: readonly string[], key: string) => {
        calls.push(`save ${key}`);
        throw new Error('the cache service is down');
      },
    };
  };

  test('is restored by its exact key alone, and trouble with it is a warning', async () => {
    const fake = cache();
    const { host } = await run({ cache: 'true', 'cache-dir': 'c' }, { cache: fake });
    expect(fake.calls).toEqual([
      expect.stringMatching(/^restore apptainer-linux-[a-z0-9]+-1\.4\.5-2-[0-9a-f]{32} 0$/),
      expect.stringMatching(/^save/),
    ]);
    expect(host.log).toContainEqual({ level: 'warning', text: expect.stringContaining('the cache service is down') });
  });

  test('is refused in a job that signs, and skipped where keyless signing is possible', async () => {
    await expect(run({ cache: 'true', 'signing-method': 'key', key: newKey() }, { cache: cache() })).rejects.toThrow(
      code('USAGE_CONFLICTING_INPUTS'),
    );
    const fake = cache();
    await run({ cache: 'true' }, { cache: fake, env: { ACTIONS_ID_TOKEN_REQUEST_URL: 'https://x' } });
    expect(fake.calls).toEqual([]);
  });
});

test('the colours of a log are no part of the reason', () => {
  const log = '\u001b[34mINFO:    x\u001b[0m\n\u001b[91mERROR  : no such thing\u001b[0m\n';
  const error = explainFailure('apptainer', { exitCode: 255, log, namespaceHint: '', headerLocation: undefined });
  expect(error.message).toBe('apptainer build ended with exit code 255: ERROR : no such thing');
});
