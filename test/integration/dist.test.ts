// SPDX-License-Identifier: Apache-2.0
// What users run is dist/: every entry is started as a process, the way the runner and a shell do.

import { execFileSync, spawnSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { existsSync } from 'node:fs';
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { folderContent } from '../../scripts/bundle.ts';
import { ACTION_NAMES, findCommand } from '../../src/commands/commands.ts';
import { generateX509Chain } from '../../src/crypto/x509/generate.ts';
import { generatePgpKey } from '../../src/crypto/pgp/generate.ts';
import { Secret } from '../../src/base/secret.ts';
import { VERSION } from '../../src/base/version.ts';
import { grypeReport } from '../support/scan-reports.ts';
import { PROJECT } from '../support/sources.ts';
import { runCli, runStep } from '../support/step.ts';

/** What the first edition had. */
const BUDGET_BYTES = 5_300_000;
/** Heavy libraries, and a text that the bundled code of each holds and no other code. */
const LAZY = {
  '@actions/cache': 'GetCacheEntryDownloadURL',
  '@noble/ciphers': 'expand 32-byte k',
  '@peculiar/asn1': 'class AsnConvert',
  '@peculiar/x509': 'Cannot get OID for name type',
  '@sigstore/sign': 'function toProposedDSSEEntry',
  '@sigstore/verify': 'missing checkpoint separator',
  openpgp: 'class PublicKeyEncryptedSessionKeyPacket',
} as const;
const ACTIONS_CORE = 'ghadelimiter_';
const PASSPHRASE = 'correct horse battery staple 7';

/** A Node on PATH that is older than the one the command line needs; most machines that pin one have it. */
const oldNode = (process.env['PATH'] ?? '')
  .split(delimiter)
  .map((place) => join(place, 'node'))
  .find(
    (path) =>
      existsSync(path) && Number.parseInt(spawnSync(path, ['-p', 'process.versions.node']).stdout.toString(), 10) < 24,
  );

let folder = '';
const workspace = async (): Promise<string> => {
  const path = await mkdtemp(join(folder, 'workspace-'));
  await copyFile(join(PROJECT, 'assets/demo/hello.sif'), join(path, 'app.sif'));
  return path;
};
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'countersign-dist-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

function keyPair(): { readonly privateKey: string; readonly publicKey: string } {
  return generateKeyPairSync('ec', {
    namedCurve: 'P-256',
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
}

describe('a Node that is too old', () => {
  const ENTRIES = [...ACTION_NAMES, 'root', 'cli'];
  const wanted = async (): Promise<RegExp> => {
    const { engines } = JSON.parse(await readFile(join(PROJECT, 'package.json'), 'utf8'));
    const version = String(engines.node).replace('>=', '').replaceAll('.', '\\.');
    return new RegExp(
      `^error: countersign needs Node ${version} or newer, and this is Node [\\d.]+ \\[NODE_TOO_OLD\\]\nhint: `,
    );
  };

  test.skipIf(oldNode === undefined).each(ENTRIES)('is told so by %s (skipped without one on PATH)', async (entry) => {
    const run = spawnSync(oldNode ?? '', [join(PROJECT, 'dist', `${entry}.mjs`), '--version'], { encoding: 'utf8' });
    expect(run.status).toBe(3);
    expect(run.stderr).toMatch(await wanted());
  });

  test.each(ENTRIES)('is told so by %s, though it reads all syntax: 24.4 passes over proxies', async (entry) => {
    const older = 'Object.defineProperty(process, "versions", { value: { ...process.versions, node: "24.4.1" } })';
    const [output, summary] = [join(folder, `${entry}-output`), join(folder, `${entry}-summary`)];
    const args = ['--import', `data:text/javascript,${older}`, join(PROJECT, 'dist', `${entry}.mjs`)];
    const env = { ...process.env, GITHUB_OUTPUT: output, GITHUB_STEP_SUMMARY: summary };
    const run = spawnSync(process.execPath, args, { encoding: 'utf8', env });
    expect(run.status).toBe(3);
    expect(run.stderr).toMatch(await wanted());
    expect(existsSync(output)).toBe(entry !== 'cli');
    if (entry === 'cli') return;
    expect(run.stdout).toMatch(/^::error::.*\[NODE_TOO_OLD\]/);
    expect(await readFile(output, 'utf8')).toBe('verdict=failed\noutcome=error\nerror-code=NODE_TOO_OLD\n');
    expect(await readFile(summary, 'utf8')).toContain('NODE_TOO_OLD');
  });

  test('installs the project all the same: npm only warns', async () => {
    expect(await readFile(join(PROJECT, '.npmrc'), 'utf8')).not.toContain('engine-strict');
  });
});

describe('dist', () => {
  test('has every entry and stays within its budget', async () => {
    const content = await folderContent(join(PROJECT, 'dist'));
    const entries = [...content.keys()].filter((path) => /^[^/]+\.mjs$/.test(path)).sort();
    const others = ['cli', 'root', 'token-child', 'tool-supervisor'];
    expect(entries).toEqual([...ACTION_NAMES, ...others].map((name) => `${name}.mjs`).sort());
    expect([...content.values()].reduce((total, bytes) => total + bytes.byteLength, 0)).toBeLessThan(BUDGET_BYTES);
    expect(content.get('THIRD-PARTY-NOTICES.txt')?.toString()).toContain('openpgp');
  });

  test('holds no path of the machine that built it', async () => {
    const content = await folderContent(join(PROJECT, 'dist'));
    const naming = [...content].filter(([, bytes]) => bytes.includes(`${PROJECT}/`)).map(([path]) => path);
    expect(naming).toEqual([]);
  });
});

describe('loading an entry', () => {
  const loaded = async (name: string, run: (env: Record<string, string>, hook: string) => Promise<unknown>) => {
    const log = join(folder, `loaded-${name}`);
    await run({ PRINT_LOADED: log }, join(PROJECT, 'test/support/print-loaded.mjs'));
    const urls = new Set((await readFile(log, 'utf8')).trim().split('\n'));
    const paths = [...urls].filter((url) => url.includes('/dist/')).map((url) => fileURLToPath(url));
    return (await Promise.all(paths.map(async (path) => readFile(path, 'utf8')))).join('\n');
  };

  test('the command line loads no heavy library and nothing of GitHub Actions', async () => {
    const code = await loaded('cli', (env, hook) =>
      runCli(['help'], { cwd: folder, env, nodeArgs: ['--import', hook] }),
    );
    expect(code).toContain('usage: countersign');
    expect(code).not.toContain(ACTIONS_CORE);
    expect(Object.entries(LAZY).filter(([, mark]) => code.includes(mark))).toEqual([]);
  });

  test('a bare key is shown without what reads OpenPGP and certificates', async () => {
    const path = join(folder, 'bare.pub');
    await writeFile(path, keyPair().publicKey);
    const code = await loaded('key', (env, hook) =>
      runCli(['key', 'show', path], { cwd: folder, env, nodeArgs: ['--import', hook] }),
    );
    expect(code).toContain('key show');
    const marks = [LAZY['@peculiar/asn1'], LAZY['@peculiar/x509'], LAZY.openpgp];
    expect(marks.filter((mark) => code.includes(mark))).toEqual([]);
  });

  test.each([...ACTION_NAMES, 'root'])('%s loads no heavy library before it has read its inputs', async (name) => {
    const path = await workspace();
    const code = await loaded(name, (env, hook) => runStep(name, path, { env, preload: [hook] }));
    expect(code).toContain(ACTIONS_CORE);
    expect(Object.entries(LAZY).filter(([, mark]) => code.includes(mark))).toEqual([]);
  });

  test('the marks of the libraries are in dist, once each', async () => {
    const chunks = [...(await folderContent(join(PROJECT, 'dist'))).values()].map((bytes) => bytes.toString());
    for (const mark of [...Object.values(LAZY), ACTIONS_CORE])
      expect(
        chunks.filter((text) => text.includes(mark)),
        mark,
      ).toHaveLength(1);
  });
});

describe('the bundled command line', () => {
  test('says its version and its commands', async () => {
    expect(await runCli(['--version'], { cwd: folder })).toEqual({ exitCode: 0, stdout: `${VERSION}\n`, stderr: '' });
    const help = await runCli(['help'], { cwd: folder });
    expect(ACTION_NAMES.filter((name) => !help.stdout.includes(`  ${name} `))).toEqual([]);
  });

  test.skipIf(process.platform === 'win32')('ends quietly when nobody reads its output any more', async () => {
    const script = '"$0" "$1" help 2>errors | head -c 1; test ! -s errors && echo quiet';
    const args = ['-c', script, process.execPath, join(PROJECT, 'dist/cli.mjs')];
    const stdout = execFileSync('sh', args, { cwd: folder, encoding: 'utf8' });
    expect(stdout).toMatch(/quiet\n$/);
  });
});

describe('a step', () => {
  test.each(ACTION_NAMES)('%s without inputs says what is missing, with every output set', async (name) => {
    const path = await workspace();
    const step = await runStep(name, path);
    expect(step.exitCode).toBe(2);
    expect(step.stdout).toMatch(/^::error::.*USAGE_/m);
    expect(step.stdout.match(/^::error/gm)).toHaveLength(1);
    expect(step.outputs).toMatchObject({ verdict: 'failed', 'report-path': expect.stringContaining(name) });
    const spec = (await findCommand(name)?.load())?.spec;
    expect(Object.keys(step.outputs).sort()).toEqual(spec?.outputs.map((output) => output.name).sort());
    expect(step.summary).toContain('USAGE_');
    expect(JSON.parse(await readFile(step.outputs['report-path'] ?? '', 'utf8'))).toMatchObject({
      error: { exitCode: 2 },
    });
  });

  test('sign-stage and then verify-all pass, and clean up behind them', async () => {
    const path = await workspace();
    const pair = keyPair();
    await writeFile(join(path, 'author.pub'), pair.publicKey);
    const signed = await runStep('sign-stage', path, {
      inputs: { 'subject-path': 'app.sif', stage: 'author', 'signing-method': 'key', key: pair.privateKey },
    });
    expect(signed).toMatchObject({
      exitCode: 0,
      stderr: '',
      outputs: { verdict: 'passed', 'image-path': join(path, 'app.sif') },
    });
    expect(signed.leftOver.filter((name) => !name.endsWith('.json'))).toEqual([]);
    const verified = await runStep('root', path, {
      inputs: {
        command: 'verify-all',
        'subject-path': '*.sif',
        'public-key': 'author.pub',
        'required-stages': 'author',
      },
    });
    expect(verified).toMatchObject({ exitCode: 0, outputs: { verdict: 'passed', digest: signed.outputs['digest'] } });
    expect(verified.summary).toContain('app.sif');
    const report: unknown = JSON.parse(await readFile(verified.outputs['report-path'] ?? '', 'utf8'));
    expect(report).toMatchObject({ schema: 'countersign/verdict/v1', verdict: 'passed' });
  });

  test('a failed verdict fails the step after outputs, report and summary were written', async () => {
    const path = await workspace();
    await writeFile(join(path, 'nobody.pub'), keyPair().publicKey);
    const step = await runStep('verify-all', path, {
      inputs: { 'subject-path': 'app.sif', 'public-key': 'nobody.pub' },
    });
    expect(step).toMatchObject({ exitCode: 1, outputs: { verdict: 'failed' } });
    expect(step.summary).toContain('app.sif');
    expect(step.stdout.match(/^::error/gm)?.length).toBeLessThanOrEqual(10);
  });

  test('many findings stay within the ten error annotations of a step', async () => {
    const path = await workspace();
    for (let index = 0; index < 14; index++)
      await copyFile(join(path, 'app.sif'), join(path, `copy-${String(index).padStart(2, '0')}.sif`));
    await writeFile(join(path, 'nobody.pub'), keyPair().publicKey);
    const step = await runStep('verify-all', path, { inputs: { 'subject-path': '*.sif', 'public-key': 'nobody.pub' } });
    const errors = step.stdout.split('\n').filter((line) => line.startsWith('::error'));
    expect(errors).toHaveLength(10);
    expect(errors.at(-2)).toMatch(/^::error::and \d+ more/);
    expect(step.summary.match(/copy-\d\d\.sif/g)?.length).toBeGreaterThanOrEqual(14);
  });

  test('works without a summary file and with the summary switched off', async () => {
    const path = await workspace();
    const inputs = { 'subject-path': 'absent.sif', 'public-key': 'x' };
    expect(await runStep('verify-all', path, { inputs, env: { GITHUB_STEP_SUMMARY: '' } })).toMatchObject({
      exitCode: 2,
    });
    expect(await runStep('verify-all', path, { inputs: { ...inputs, 'show-summary': 'false' } })).toMatchObject({
      summary: '',
    });
  });

  test('refuses to sign on an untrusted event and leaves the image as it was', async () => {
    const path = await workspace();
    const before = await readFile(join(path, 'app.sif'));
    const step = await runStep('sign-stage', path, {
      inputs: { 'subject-path': 'app.sif', stage: 'author', 'signing-method': 'key', key: keyPair().privateKey },
      env: { GITHUB_EVENT_NAME: 'pull_request_target' },
    });
    expect(step).toMatchObject({ exitCode: 2, stdout: expect.stringContaining('USAGE_UNTRUSTED_EVENT') });
    expect((await readFile(join(path, 'app.sif'))).equals(before)).toBe(true);
  });

  test('the root action says which inputs the command does not have', async () => {
    const inputs = { command: 'verify-all', 'subject-path': 'app.sif', 'public-key': 'x', stage: 'author', tags: '' };
    const { stdout } = await runStep('root', await workspace(), { inputs });
    expect(stdout.match(/^::warning::.*$/gm)).toEqual(['::warning::verify-all has no input stage; it is not used']);
  });

  test('an unknown command of the root action is a usage error', async () => {
    const step = await runStep('root', await workspace(), { inputs: { command: 'sing-stage' } });
    expect(step).toMatchObject({
      exitCode: 2,
      stdout: expect.stringContaining('USAGE_INVALID_INPUT'),
      outputs: { verdict: 'failed' },
    });
  });
});

describe('secrets while signing', () => {
  interface Case {
    readonly name: string;
    readonly inputs: Readonly<Record<string, string>>;
    readonly secrets: readonly Buffer[];
  }

  async function cases(): Promise<readonly Case[]> {
    const now = new Date();
    const pgp = await generatePgpKey({
      name: 'Watched',
      email: 'watched@example.org',
      now,
      passphrase: new Secret(PASSPHRASE),
    });
    const bare = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
    const chain = await generateX509Chain({ name: 'Watched', email: 'watched@example.org', days: 1, now });
    const pem = bare.export({ type: 'pkcs8', format: 'pem' }).toString();
    return [
      {
        name: 'pgp',
        inputs: { 'signing-method': 'pgp', key: pgp.privateKey, passphrase: PASSPHRASE },
        secrets: [Buffer.from(PASSPHRASE), ...lines(pgp.privateKey)],
      },
      {
        name: 'key',
        inputs: { 'signing-method': 'key', key: pem },
        secrets: [Buffer.from(bare.export({ format: 'jwk' }).d ?? '', 'base64url'), ...lines(pem)],
      },
      {
        name: 'x509',
        inputs: {
          'signing-method': 'x509',
          key: chain.privateKey,
          certificate: chain.certificate,
          'certificate-chain': chain.intermediates,
        },
        secrets: lines(chain.privateKey),
      },
    ];
  }

  /** Body lines of an armored or PEM text; the first ones may be header or algorithm, which are no secret. */
  function lines(armor: string): readonly Buffer[] {
    const body = armor.split(/\r?\n/).filter((line) => line.length >= 40 && !line.startsWith('-----'));
    return [...body.slice(1), Buffer.from(armor).toString('base64')].map((line) => Buffer.from(line));
  }

  test('no byte of a key or passphrase is printed, written or handed to a child', async () => {
    for (const { name, inputs, secrets } of await cases()) {
      const path = await workspace();
      const { step, watched } = await watchedSigning(path, inputs, secrets);
      expect(step, name).toMatchObject({ exitCode: 0, outputs: { verdict: 'passed' } });
      expect(watched, name).toContain('saw ');
      expect(watched, name).not.toContain('secret ');
      const printed = Buffer.from(
        withoutMasks(step.stdout) + step.stderr + step.summary + JSON.stringify(step.outputs),
      );
      const files = await folderContent(path);
      for (const secret of secrets) {
        expect(printed.includes(secret), `${name}: log`).toBe(false);
        expect(
          [...files].filter(([, bytes]) => bytes.includes(secret)).map(([file]) => file),
          name,
        ).toEqual([]);
      }
    }
  });

  test('the watcher does notice what is written', async () => {
    const inputs = { 'signing-method': 'key', key: keyPair().privateKey };
    const { watched } = await watchedSigning(await workspace(), inputs, [Buffer.from('countersign/approval/author')]);
    expect(watched).toContain('secret 0 in handle write');
  });

  test.skipIf(process.platform === 'win32')('a scanner that runs beside the key sees nothing of it', async () => {
    const path = await workspace();
    const [tools, seen] = [join(path, 'tools'), join(path, 'seen')];
    await mkdir(tools);
    await writeFile(join(path, 'report.json'), JSON.stringify(grypeReport([])));
    const script = `#!/bin/sh\n{ env; printf '%s\\n' "$@"; for one in self $PPID; do cat /proc/$one/cmdline /proc/$one/environ; done | tr '\\0' '\\n'; } >> ${seen} 2>/dev/null\ncat ${join(path, 'report.json')}\n`;
    await writeFile(join(tools, 'grype'), script, { mode: 0o755 });
    const pem = keyPair().privateKey;
    const step = await runStep('scan-attest', path, {
      inputs: {
        'subject-path': 'app.sif',
        scanner: 'grype',
        'allow-empty-scan': 'true',
        'signing-method': 'key',
        key: pem,
      },
      env: { PATH: `${tools}:${process.env['PATH']}`, A_COPY: pem },
    });
    expect(step).toMatchObject({ exitCode: 0, outputs: { verdict: 'passed' } });
    const environment = await readFile(seen, 'utf8');
    expect(environment).toContain('PATH=');
    expect(environment).not.toMatch(/INPUT_|A_COPY/);
    for (const line of lines(pem)) expect(environment).not.toContain(line.toString());
  });

  test('every secret is masked before anything else is printed', async () => {
    const path = await workspace();
    const pem = keyPair().privateKey;
    const step = await runStep('sign-stage', path, {
      inputs: { 'subject-path': 'app.sif', stage: 'author', 'signing-method': 'key', key: pem, passphrase: PASSPHRASE },
    });
    const first = step.stdout.split('\n').findIndex((line) => !line.startsWith('::add-mask::'));
    const masks = step.stdout.split('\n').slice(0, first).join('\n');
    expect(masks).toContain(`::add-mask::${PASSPHRASE}`);
    for (const line of pem
      .trim()
      .split('\n')
      .filter((text) => !text.startsWith('-----')))
      expect(masks).toContain(line);
  });

  async function watchedSigning(path: string, inputs: Readonly<Record<string, string>>, secrets: readonly Buffer[]) {
    const [canaries, log] = [join(path, '..', `${basename(path)}.canaries`), join(path, '..', `${basename(path)}.log`)];
    await writeFile(canaries, JSON.stringify(secrets.map((secret) => secret.toString('base64'))));
    await writeFile(log, '');
    const step = await runStep('sign-stage', path, {
      inputs: { 'subject-path': 'app.sif', stage: 'author', ...inputs },
      env: { WATCH_CANARIES: canaries, WATCH_LOG: log, RUNNER_DEBUG: '1' },
      preload: [join(PROJECT, 'test/support/watch-secrets.mjs')],
    });
    return { step, watched: await readFile(log, 'utf8') };
  }

  /** Mask commands hold the secret by design: the runner takes them out of the log. */
  function withoutMasks(log: string): string {
    return log.replace(/^::add-mask::.*$/gm, '');
  }
});
