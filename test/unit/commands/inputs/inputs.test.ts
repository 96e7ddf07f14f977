// SPDX-License-Identifier: Apache-2.0
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { COMMON_INPUTS } from '../../../../src/commands/inputs/common.ts';
import { POLICY_INPUTS } from '../../../../src/commands/inputs/trust.ts';
import { parseList, passphraseText } from '../../../../src/commands/inputs/values.ts';
import { readInputs } from '../../../../src/commands/spec.ts';
import type { InputSpec, InputType } from '../../../../src/commands/inputs/spec.ts';
import { Secret } from '../../../../src/base/secret.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'countersign-inputs-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const masks: string[] = [];

function read<const Specs extends readonly InputSpec[]>(specs: Specs, texts: Readonly<Record<string, string>>) {
  masks.length = 0;
  return readInputs([...specs, ...COMMON_INPUTS], {
    texts: new Map(Object.entries(texts)),
    cwd: folder,
    mask: (text) => masks.push(text),
    readStdin: async () => new TextEncoder().encode('from stdin'),
  });
}

/** The value of one input. */
async function one(type: InputType, text: string, extra: Partial<InputSpec> = {}): Promise<unknown> {
  const inputs = await read([{ name: 'x', type, description: 'x.', ...extra }], { x: text });
  return Reflect.get(inputs, 'x');
}

const invalid = expect.objectContaining({ code: 'USAGE_INVALID_INPUT', exitCode: 2 });

describe('values', () => {
  test.each(['true', 'True', 'TRUE'])('%s is true', async (text) => {
    expect(await one('boolean', text)).toBe(true);
  });

  test.each([
    ['boolean', 'yes'],
    ['pem', 'leaf.crt'],
    ['boolean', '1'],
    ['integer', '12abc'],
    ['integer', '1.5'],
    ['integer', '0x10'],
    ['duration', '30'],
    ['duration', '5 m'],
    ['duration', '1w'],
    ['duration', '3toString'],
    ['size', '12'],
    ['size', '1gb'],
    ['time', '2026-11-22'],
    ['time', '2026-13-01T00:00:00Z'],
    ['time', '2026-02-30T00:00:00Z'],
    ['time', 'yesterday'],
    ['digest', 'sha256:abc'],
    ['digest', `sha256:${'A'.repeat(64)}`],
    ['string', 'two\nlines'],
    ['string', 'bell\u0007'],
    ['path', 'a\u0000b'],
  ] as const)('%s refuses %j', async (type, text) => {
    await expect(one(type, text)).rejects.toEqual(invalid);
  });

  test.each([
    ['90s', 90_000],
    ['5m', 300_000],
    ['2h', 7_200_000],
    ['90d', 7_776_000_000],
    ['0s', 0],
  ])('%s is %d milliseconds', async (text, expected) => {
    expect(await one('duration', text)).toBe(expected);
  });

  test('sizes, times, paths, enums and digests', async () => {
    const digest = `sha256:${'0a'.repeat(32)}`;
    expect(await one('size', '512MiB')).toBe(512 * 1024 ** 2);
    expect(await one('time', '2026-11-22T13:00:00+01:00')).toEqual(new Date('2026-11-22T12:00:00.000Z'));
    expect(await one('path', 'a/../b')).toBe(join(folder, 'b'));
    expect(await one('path', '-')).toBe('-');
    expect(await one('enum', 'b', { values: ['a', 'b'] })).toBe('b');
    await expect(one('enum', 'c', { values: ['a', 'b'] })).rejects.toEqual(invalid);
    expect(await one('digest', digest)).toBe(digest);
  });

  test('lists are lines: trimmed, without blanks and comments, in order, each once', () => {
    expect(parseList(' a \r\n\n# no\nb\na\n c # kept')).toEqual(['a', 'b', 'c # kept']);
  });

  test('paths start at the working directory', async () => {
    await mkdir(join(folder, 'deep/er'), { recursive: true });
    const inputs = await read([{ name: 'x', type: 'path', description: 'x.' }], {
      'working-directory': 'deep/er',
      x: 'file',
    });
    expect(inputs.x).toBe(join(folder, 'deep', 'er', 'file'));
    expect(inputs.workingDirectory).toBe(join(folder, 'deep', 'er'));
  });

  test.each([
    ['path', '-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nmDMEZ\n', 'PGP PUBLIC KEY BLOCK'],
    ['paths', '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n', 'CERTIFICATE'],
    ['paths', '{\n  "bomFormat": "CycloneDX"\n}', 'JSON'],
    ['path', '<?xml version="1.0"?><bom/>', 'XML'],
    ['path', 'version: 1\nname: acme\n', 'several lines'],
    ['path', '# our policy\r\nversion: 1', 'several lines'],
  ] as const)('a %s that is a text is told as what it is', async (type, text, what) => {
    await expect(one(type, text, { example: 'a.b' })).rejects.toMatchObject({
      code: 'USAGE_INVALID_INPUT',
      message: `x is a text, ${what}, where the path of a file belongs`,
      hint: expect.stringContaining('⟨x=a.b⟩'),
    });
  });

  test('a policy given for its path is told which input takes it', async () => {
    const inputs = POLICY_INPUTS.filter(({ name }) => name === 'policy-path');
    await expect(read([...inputs], { 'policy-path': 'version: 1\nname: acme\nstages: []\n' })).rejects.toMatchObject({
      code: 'USAGE_INVALID_INPUT',
      hint: 'give the text as ⟨policy⟩, or write the text to a file, and give its path, for instance ⟨policy-path=countersign.yaml⟩',
    });
  });

  test('patterns and odd names are paths all the same', async () => {
    for (const text of ['{a,b}.sif', '[ab].sif', '-----.sif', 'a "b".sif'])
      expect(await one('paths', text)).toEqual([text]);
    const pem = '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----';
    expect(await one('paths', pem, { mayBeContent: true })).toEqual([pem]);
  });

  test('a document that is a single path is told so', async () => {
    for (const text of ['countersign.yaml', 'C:\\x\\policy.yml', './policy'])
      await expect(one('text', text)).rejects.toMatchObject({
        code: 'USAGE_INVALID_INPUT',
        hint: `did you mean ⟨x-path=${text}⟩?`,
      });
    for (const text of ['a: b', '{ version: 1 }', 'a\nb']) expect(await one('text', text)).toBe(text);
  });

  test('empty means not given: the default applies, or nothing', async () => {
    expect(await one('string', '  ')).toBeUndefined();
    expect(await one('string', '', { default: 'd' })).toBe('d');
    expect(await one('boolean', '')).toBe(false);
  });

  test('are read by their names in camelCase, with the types of their specs', async () => {
    const specs = [
      { name: 'dry-run', type: 'boolean', description: 'x.' },
      { name: 'a-b-c', type: 'enum', values: ['x', 'y'], default: 'x', description: 'x.' },
      { name: 'tags', type: 'list', description: 'x.' },
    ] as const;
    const { dryRun, aBC, tags, given } = await read(specs, { 'dry-run': 'true', tags: '# none' });
    const wanted: 'x' | 'y' = aBC;
    expect({ dryRun, wanted, tags }).toEqual({ dryRun: true, wanted: 'x', tags: [] });
    expect([...given]).toEqual(['dry-run', 'tags']);
  });
});

describe('problems', () => {
  test('a required input that is missing is named with an example', async () => {
    await expect(one('string', '', { required: true, example: 'author' })).rejects.toMatchObject({
      code: 'USAGE_MISSING_INPUT',
      message: 'x is missing',
      hint: 'give ⟨x⟩, for instance ⟨x=author⟩',
    });
  });

  test('all of them are told together', async () => {
    const run = read(
      [
        { name: 'a', description: 'x.', type: 'string', required: true },
        { name: 'b', description: 'x.', type: 'integer' },
        { name: 'c', description: 'x.', type: 'boolean' },
      ],
      { b: 'x', c: 'y' },
    );
    await expect(run).rejects.toMatchObject({ message: 'a is missing; b is "x"; c is "y"' });
  });

  test('a long value is cut in the message', async () => {
    await expect(one('integer', 'z'.repeat(5000))).rejects.toMatchObject({
      message: expect.toSatisfy((message: string) => message.length < 200),
    });
  });
});

describe('secrets', () => {
  const key = { name: 'key', type: 'secret', description: 'x.' } as const;
  const PEM = '-----BEGIN PRIVATE KEY-----\nMIGHAgEAMBMG\nByqGSM49AgEG\n}\n-----END PRIVATE KEY-----\n';

  test('are masked before anything is read that could fail', async () => {
    const inputs = await read([key], { key: PEM });
    expect(inputs.key?.revealText()).toBe(PEM);
    expect(masks).toEqual([PEM]);
    masks.length = 0;
    await expect(read([key], { key: PEM, 'working-directory': 'none' })).rejects.toThrow('there is no folder');
    expect(masks).toEqual([PEM]);
  });

  test('from a file are masked, binary ones in Base64', async () => {
    await writeFile(join(folder, 'k'), 'file secret\n');
    await writeFile(join(folder, 'binary'), Uint8Array.of(0x95, 0xff, 0x00, 0x80));
    await read([key], { 'key-path': 'k' });
    expect(masks).toEqual(['file secret\n']);
    await read([key], { 'key-path': 'binary' });
    expect(masks).toEqual(['lf8AgA==']);
  });

  test.each([' ', '\n', ' \r\n\t\n'])('that are blank (%j) are refused, given as text or as file', async (blank) => {
    await writeFile(join(folder, 'blank'), blank);
    await expect(read([key], { key: blank })).rejects.toMatchObject({
      code: 'USAGE_INVALID_INPUT',
      message: 'key is blank',
    });
    await expect(read([key], { 'key-path': 'blank' })).rejects.toMatchObject({
      code: 'USAGE_INVALID_INPUT',
      message: 'key-path: blank is empty',
    });
  });

  test('may be empty in a file where an empty passphrase is one', async () => {
    const passphrase = { name: 'passphrase', type: 'secret', mayBeEmpty: true, description: 'x.' } as const;
    for (const [empty, text] of [
      ['', ''],
      ['\n', ''],
      ['\r\n', ''],
    ] as const) {
      await writeFile(join(folder, 'empty'), empty);
      const inputs = await read([passphrase], { 'passphrase-path': 'empty' });
      expect(passphraseText(inputs.passphrase)?.revealText()).toBe(text);
      await expect(read([key], { 'key-path': 'empty' })).rejects.toMatchObject({ code: 'USAGE_INVALID_INPUT' });
    }
    expect(masks).toEqual([]);
    await writeFile(join(folder, 'empty'), ' \n');
    await expect(read([passphrase], { 'passphrase-path': 'empty' })).rejects.toMatchObject({
      code: 'USAGE_INVALID_INPUT',
    });
    expect((await read([passphrase], { passphrase: '' })).passphrase).toBeUndefined();
  });

  test('in the wrong input are not repeated, and masked where they show what they are', async () => {
    const certificate = { name: 'certificate', type: 'pem', description: 'x.' } as const;
    const specs = [key, certificate, { name: 'stage', type: 'string', description: 'x.' }] as const;
    const wrong = [
      { 'key-path': PEM },
      { 'certificate-path': PEM },
      { stage: PEM },
      { certificate: 'MIGHAgEAMBMGByqGSM49AgEG' },
    ];
    for (const texts of wrong) {
      masks.length = 0;
      const error: unknown = await read(specs, texts).catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ code: 'USAGE_INVALID_INPUT' });
      expect(`${String(error)} ${JSON.stringify(error)}`).not.toContain('MIGH');
      if (!('certificate' in texts)) expect(masks.map((text) => text.trim())).toEqual([PEM.trim()]);
    }
    masks.length = 0;
    await read(specs, { certificate: PEM });
    expect(masks).toEqual([PEM]);
  });

  test('come from a regular file or from standard input', async () => {
    await writeFile(join(folder, 'k'), 'file secret');
    expect((await read([key], { 'key-path': 'k' })).key?.revealText()).toBe('file secret');
    expect((await read([key], { 'key-path': '-' })).key?.revealText()).toBe('from stdin');
    expect(masks).toContain('from stdin');
  });

  test.skipIf(process.platform === 'win32')('refuse links and folders', async () => {
    await writeFile(join(folder, 'real'), 'x');
    await symlink('real', join(folder, 'link'));
    await expect(read([key], { 'key-path': 'link' })).rejects.toMatchObject({ code: 'FILE_SYMLINK_REFUSED' });
    await expect(read([key], { 'key-path': '.' })).rejects.toMatchObject({ code: 'FILE_NOT_REGULAR' });
    await expect(read([key], { 'key-path': 'none' })).rejects.toMatchObject({ code: 'FILE_NOT_FOUND', exitCode: 3 });
  });

  test('given as text and as file are a conflict that shows neither', async () => {
    await expect(read([key], { key: 'hunter22', 'key-path': 'k' })).rejects.toMatchObject({
      code: 'USAGE_CONFLICTING_INPUTS',
      message: 'both key and key-path were given',
    });
  });

  test('a passphrase loses its final line end and nothing else', () => {
    expect(passphraseText(new Secret(' pass \r\n'))?.revealText()).toBe(' pass ');
    expect(passphraseText(new Secret('pass\n\n'))?.revealText()).toBe('pass\n');
    expect(passphraseText(undefined)).toBeUndefined();
  });

  test('print as a placeholder in every way of printing', () => {
    const secret = new Secret('hunter22');
    expect(`${String(secret)} ${JSON.stringify({ secret })}`).toBe('[secret] {"secret":"[secret]"}');
  });
});
