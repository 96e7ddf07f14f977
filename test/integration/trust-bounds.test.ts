// SPDX-License-Identifier: Apache-2.0
// What keyrings, revocation lists, and configurations of other gates cost in their worst shapes: 3 s of CPU and 256 MB.

import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ALLOWED, listText } from '../support/large-json.ts';
import { fullArmoredKeyring, fullKeyring, ODD_KEYRINGS } from '../support/large-keyrings.ts';
import { bundleOnce, expectCheap, GROWTH, measure, type Measured, NOISE_MS } from '../support/measured.ts';
import { SifBuilder } from '../support/sif-builder.ts';
import { temporaryFolder } from '../support/temporary.ts';

const LENGTH = 9_900_000;
const MINUTES = { timeout: 120_000 };

bundleOnce();

async function run(args: readonly string[], files: Readonly<Record<string, Uint8Array | string>>): Promise<Measured> {
  const home = await temporaryFolder();
  const partition = new Uint8Array(4096).fill(1);
  await writeFile(join(home, 'image.sif'), new SifBuilder().withDefinition().withPartition(partition).bytes());
  await mkdir(join(home, 'registries.d'));
  for (const [name, content] of Object.entries(files)) await writeFile(join(home, name), content);
  return measure(args, home);
}

const verify = (ring: Uint8Array) => run(['verify-all', '--keyring', 'ring.gpg', 'image.sif'], { 'ring.gpg': ring });

describe('a keyring of 10 MB', () => {
  test.each([
    ['binary', fullKeyring],
    ['armored, each key alone', fullArmoredKeyring],
  ])('with as many keys as are read, %s', MINUTES, async (_form, make) => {
    const half = await verify(make(LENGTH / 2));
    const whole = await verify(make(LENGTH));
    // The image is not signed.
    expect([half.exitCode, whole.exitCode]).toEqual([1, 1]);
    expectCheap(whole);
    expect(whole.cpuMs).toBeLessThan(GROWTH * half.cpuMs + NOISE_MS);
  });

  test.each(Object.keys(ODD_KEYRINGS))('of %s is refused', MINUTES, async (kind) => {
    const result = await verify(ODD_KEYRINGS[kind]?.(LENGTH) ?? new Uint8Array());
    expect(result.stderr).toMatch(/(?:more than \d+ (?:keys|packets|user IDs)).*\[SIGNATURE_TRUST_UNREADABLE\]/);
    expectCheap(result);
  });
});

const importing = (file: string) => ['import', '--gate-file', file, '--output', 'out', '--keyring', 'ring.gpg'];
const key = fullKeyring(1);
const LIST = 2_090_000;
const LISTS: Readonly<Record<string, () => string>> = {
  'very many groups': () =>
    Array.from({ length: LIST / 125 }, (_, index) => {
      const group = `tagname="g${index}"\nmode="whitelist"\ndirpath="/d${index}"\nkeyfp=["${'A'.repeat(40)}"]`;
      return `[[execgroup]]\n${group}\n`;
    }).join(''),
  'very many keys': () => Array.from({ length: LIST / 10 }, (_, index) => `a${index}=1\n`).join(''),
  'very many tables': () => `a=[${'{a=1},'.repeat(LIST / 6 - 2)}]\n`,
  'a key of very many parts': () => `${'a.'.repeat(LIST / 2 - 2)}a=1\n`,
};

const REGISTRIES: Readonly<Record<string, () => readonly string[]>> = {
  'very many lists': () => [`docker: {a: [${'[],\n '.repeat(120_000)}]}`],
  'very many short files': () =>
    Array.from({ length: 8 }, (_, file) => `docker: {a${file}: {b: [${'[],\n '.repeat(12_900)}]}}`),
  'five thousand repositories': () => [
    `docker:\n${Array.from({ length: 5000 }, (_, index) => `  registry.example.org/team/image${index}:\n    use-sigstore-attachments: true\n`).join('')}`,
  ],
};

describe('the configuration of another gate', () => {
  test.each(Object.keys(LISTS))('ecl.toml with %s', MINUTES, async (kind) => {
    const result = await run(importing('ecl.toml'), { 'ecl.toml': LISTS[kind]?.() ?? '', 'ring.gpg': key });
    expect(result.stderr).toMatch(/\[GATE_(?:NOT_EXPRESSIBLE|CONFIGURATION_INVALID)\]/);
    expectCheap(result);
  });

  test('ecl.toml of 10 MB is refused', async () => {
    const result = await run(importing('ecl.toml'), { 'ecl.toml': '#\n'.repeat(LENGTH / 2), 'ring.gpg': key });
    expect(result.stderr).toContain('[DATA_TOO_LARGE]');
  });

  test.each([
    ['keys in it', () => `"keyData":"${'A'.repeat(LENGTH - 200)}"`],
    ['paths of keys', () => `"keyPaths":${listText(LENGTH - 200, (index) => `"/k${index}.gpg"`)}`],
  ])('policy.json with very many %s', MINUTES, async (_kind, keys) => {
    const scope = `{"docker":{"h.example/r":[{"type":"signedBy","keyType":"GPGKeys",${keys()}}]}}`;
    const text = `{"default":[{"type":"reject"}],"transports":${scope}}`;
    const result = await run(importing('policy.json').slice(0, -2), { 'policy.json': text });
    expect(result.stderr).toMatch(/error: .*\[(?!BUG)/);
    expectCheap(result);
  });

  test.each(Object.keys(REGISTRIES))('registries.d with %s', MINUTES, async (kind) => {
    const scope = '{"docker":{"h.example/r":[{"type":"sigstoreSigned","keyPath":"/k.pub"}]}}';
    const policy = `{"default":[{"type":"reject"}],"transports":${scope}}`;
    const texts = REGISTRIES[kind]?.() ?? [];
    const files = Object.fromEntries(texts.map((text, index) => [`registries.d/${index}.yaml`, text]));
    const result = await run(importing('policy.json').slice(0, -2), { 'policy.json': policy, ...files });
    // The key is nowhere.
    const isRead = kind === 'five thousand repositories';
    expect(result.stderr).toMatch(isRead ? /error: .*k\.pub.*\[FILE_NOT_FOUND/ : /error: .*\[(?!BUG)/);
    expectCheap(result);
  });
});

describe('a stored verdict of 10 MB', () => {
  test.each(Object.keys(ALLOWED))('with %s', MINUTES, async (shape) => {
    const text = `{"schema":"countersign/verdict/v1","verdict":"passed","images":${ALLOWED[shape]?.(LENGTH) ?? ''}}`;
    const period = ['--from', '2020-01-01T00:00:00Z', '--to', '2030-01-01T00:00:00Z'];
    const result = await run(['report', 'period', ...period, 'r.json'], { 'r.json': text });
    expect(result.exitCode).toBe(1);
    expectCheap(result);
  });

  const DIGEST = `sha256:${'a'.repeat(64)}`;
  const about = (more: string) =>
    `{"name":"i","reference":null,"contentDigests":["${DIGEST}"],"outcome":"passed",${more},"layers":[],"reasons":[]}`;
  const stages = (length: number) =>
    listText(length, (index) => `{"stage":"s${index}","verdict":"passed","approvedBy":["p${index}"],"reasons":[]}`);

  test.each([
    ['one image very many times', (length: number) => listText(length, () => about('"stages":[]'))],
    ['very many stages, each by somebody else', (length: number) => `[${about(`"stages":${stages(length)}`)}]`],
  ])('with %s', MINUTES, async (_kind, images) => {
    const policy = '{"name":"p","digest":"x"}';
    const text = (length: number) =>
      `{"schema":"countersign/verdict/v1","now":"2026-01-01T00:00:00Z","policy":${policy},"images":${images(length)}}`;
    const account = (length: number) =>
      run(['report', 'period', '--from', '2020-01-01T00:00:00Z', '--to', '2030-01-01T00:00:00Z', 'r.json'], {
        'r.json': text(length - 300),
      });
    const half = await account(LENGTH / 2);
    const whole = await account(LENGTH);
    expect(whole.exitCode).toBe(0);
    expectCheap(whole);
    expect(whole.cpuMs).toBeLessThan(GROWTH * half.cpuMs + NOISE_MS);
  });
});
