// SPDX-License-Identifier: Apache-2.0
// Policies made to be read otherwise, or never to be read to their end, and trust "files" that are none: read as they
// stand, or refused with line and column, at once.

import { execFileSync } from 'node:child_process';
import { createHash, generateKeyPairSync } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { PolicyError } from '../../../../src/policy/errors.ts';
import { loadPolicy } from '../../../../src/policy/document/load.ts';
import { parsePolicy } from '../../../../src/policy/document/document.ts';
import { temporaryFolder } from '../../../support/temporary.ts';

const HEAD = `version: 1
name: p
principals:
  alice: { pgp: '12045C8C0B1004D058DE4BEDA20C27EE7FF7BA84' }
`;
const PLAIN = `${HEAD}stages:
  - { name: author, approvers: alice }
`;

function parse(text: string): unknown {
  const { stages, principals } = parsePolicy(Buffer.from(text), 'p.yaml');
  return JSON.parse(JSON.stringify([stages, principals], (key, value: unknown) => (key === 'location' ? null : value)));
}

function refusal(text: string): PolicyError {
  try {
    parse(text);
  } catch (error) {
    if (error instanceof PolicyError) return error;
    throw error;
  }
  throw new Error('it was read');
}

test.each([
  ['a byte order mark', `\ufeff${PLAIN}`],
  ['CRLF', PLAIN.replaceAll('\n', '\r\n')],
  ['an end of the document', `---\n${PLAIN}...\n`],
])('%s changes nothing', (_, text) => {
  expect(parse(text)).toEqual(parse(PLAIN));
});

test.each([
  ['an anchor on a map', PLAIN.replace('alice: {', 'alice: &a {')],
  ['an alias as a value', `${HEAD}stages: *a\n`],
  ['an alias as a key', `${PLAIN}? *a\n: 1\n`],
  ['a merge key', PLAIN.replace('{ name: author,', '{ <<: { threshold: 2 }, name: author,')],
  ['a merge key of an alias', `base: &b { threshold: 0 }\n${PLAIN.replace('{ name:', '{ <<: *b, name:')}`],
  ['a tag on a map', PLAIN.replace('alice: {', 'alice: !!map {')],
  ['a binary', PLAIN.replace('name: p', 'name: !!binary cA==')],
  ['a tag of one’s own', PLAIN.replace('name: p', 'name: !x p')],
  ['a stage’s key twice', PLAIN.replace('approvers: alice', 'approvers: alice, approvers: bob')],
  ['a principal twice', PLAIN.replace('stages:', '  alice: { key: x }\nstages:')],
  ['a key twice in two spellings', `${PLAIN}"na\\x6de": q\n`],
  ['a second document', `${PLAIN}---\n${PLAIN}`],
  ['a second document after an end', `${PLAIN}...\n---\n${PLAIN}`],
  ['a carriage return in a text', PLAIN.replace('name: p', 'name: "a\\rb"')],
])('%s is refused with its place', (_, text) => {
  const { location, exitCode, hint } = refusal(text);
  expect(exitCode).toBe(2);
  expect(hint).not.toBe('');
  expect(location).toMatchObject({ file: 'p.yaml', line: expect.any(Number), column: expect.any(Number) });
  expect(location?.line).toBeGreaterThan(0);
});

test.each([
  ['5,000 opening brackets', '['.repeat(5000)],
  ['5,000 pairs of brackets', `a: ${'['.repeat(5000)}${']'.repeat(5000)}`],
  ['5,000 braces', '{a: '.repeat(5000)],
  ['100,000 question marks', '? '.repeat(100_000)],
  ['100,000 dashes', '- '.repeat(100_000)],
  ['100,000 colons', 'a: '.repeat(100_000)],
  ['100,000 anchors', '&a '.repeat(100_000)],
  ['100,000 comments', '#\n'.repeat(100_000)],
  [
    '100,000 keys',
    Array.from({ length: 100_000 }, (_, index) => `k${index}: 1`)
      .join('\n')
      .slice(0, 1_000_000),
  ],
  ['100,000 quotes', `'${"''".repeat(100_000)}`],
])('%s are refused at once', (_, text) => {
  const start = process.cpuUsage();
  expect(refusal(text).exitCode).toBe(2);
  expect(process.cpuUsage(start).user / 1000).toBeLessThan(3000);
});

test.each([
  ['aliases in a list', `${PLAIN}x: [${'*a,'.repeat(1_000_000)}]\n`],
  ['aliases in a map', `${PLAIN}x: &a 1\ny:\n${Array.from({ length: 250_000 }, (_, at) => `  k${at}: *a\n`).join('')}`],
  ['commas', `${PLAIN}x: [${','.repeat(3_000_000)}]\n`],
  ['colons', `${PLAIN}x: {${':,'.repeat(1_500_000)}}\n`],
  ['empty maps', `${PLAIN}x: [${'{},'.repeat(1_000_000)}]\n`],
  ['empty documents', `${PLAIN}${'---\n'.repeat(750_000)}`],
  ['text in quotes', `${PLAIN}x: "${'a\n\n'.repeat(1_100_000)}"\n`],
  ['tags', `${PLAIN}x: [${'!!str a,'.repeat(375_000)}]\n`],
])('three megabytes of %s are refused before anything grows', (_, text) => {
  const before = process.memoryUsage().rss;
  const start = process.cpuUsage();
  expect(refusal(text)).toMatchObject({ code: 'POLICY_SYNTAX', exitCode: 2 });
  expect(process.cpuUsage(start).user / 1000).toBeLessThan(2000);
  expect((process.memoryUsage().rss - before) / 1024 / 1024).toBeLessThan(150);
});

/** As many people as were refused when they were written as anything but block YAML. */
const MANY = 20_000;

function peopleAs(person: (name: string, fingerprint: string) => string, open = '', close = ''): string {
  const people = Array.from({ length: MANY }, (_, at) => {
    const fingerprint = createHash('sha1').update(String(at)).digest('hex').toUpperCase();
    return person(`p${at}`, /[A-D]|F/.test(fingerprint) ? fingerprint : `"${fingerprint}"`);
  });
  const head = `version: 1\nname: p\nprincipals:${open}\n`;
  return `${head}${people.join('\n')}\n${close}stages:\n- name: author\n  approvers:\n  - p1\n`;
}

const BLOCK = peopleAs((name, pgp) => `  ${name}:\n    pgp: ${pgp}`);
const TREE = {
  version: 1,
  name: 'p',
  principals: Object.fromEntries(
    Array.from({ length: MANY }, (_, at) => [`p${at}`, { pgp: `A${at.toString().padStart(39, '0')}` }]),
  ),
  stages: [{ name: 'author', approvers: ['p1'] }],
};

test.each([
  ['JSON', JSON.stringify(TREE)],
  ['JSON with indents', JSON.stringify(TREE, null, 2)],
  ['JSON with tabs', JSON.stringify(TREE, null, '\t')],
  ['maps in brackets', peopleAs((name, pgp) => `  ${name}: { pgp: ${pgp} }`)],
  ['brackets over several lines', peopleAs((name, pgp) => `  ${name}: {\n    pgp: ${pgp},\n  },`, ' {', '}\n')],
  ['blocks', BLOCK],
  ['blocks with CRLF behind a mark', `---\n${BLOCK}`.replaceAll('\n', '\r\n')],
  ['lists of blocks', peopleAs((name, pgp) => `  ${name}:\n    pgp:\n    - ${pgp}`)],
  ['blocks with umlauts in comments', peopleAs((name, pgp) => `  ${name}: # Zoë Müller\n    pgp: ${pgp}`)],
  [
    'names and addresses',
    peopleAs(
      (name) =>
        `  ${name}:\n    sigstore:\n      issuer: https://login.example.org\n      san: email:${name}@example.org`,
    ),
  ],
  [
    'key texts that PyYAML folds',
    peopleAs(
      (name) =>
        `  ${name}:\n    key: '-----BEGIN PUBLIC KEY-----\n\n      AA\n\n      -----END PUBLIC KEY-----\n\n      '`,
    ),
  ],
])('thousands of people are read at once from %s', (_, text) => {
  const start = process.cpuUsage();
  expect(parsePolicy(Buffer.from(text), 'p.yaml').principals).toHaveLength(MANY);
  expect(process.cpuUsage(start).user / 1000).toBeLessThan(1500);
});

test.each([
  ['an anchor', BLOCK.replace('p777:', 'p777: &a'), 'POLICY_SYNTAX', 1558, 9],
  ['a folded text', BLOCK.replace('p778:\n    pgp: ', 'p778:\n    pgp: >\n      '), 'POLICY_SYNTAX', 1561, 10],
  ['a comma too few', JSON.stringify(TREE, null, 1).replace(/("p9": [^}]*\}),/, '$1'), 'POLICY_SYNTAX', 35, 3],
  ['an end too early', JSON.stringify(TREE, null, 1).slice(0, -2), 'POLICY_SYNTAX', 60_013, 3],
  ['somebody twice', BLOCK.replace('p778:', 'p777:'), 'POLICY_DUPLICATE', 1560, 3],
  ['a yes', BLOCK.replace(/p778:\n {4}pgp: \w+/, 'p778:\n    pgp: yes'), 'POLICY_AMBIGUOUS', 1561, 10],
])('among thousands of people %s is refused at its place', (_, text, code, line, column) => {
  expect(refusal(text)).toMatchObject({ code, location: { file: 'p.yaml', line, column } });
});

test.each([
  ['entries', Array.from({ length: 1_000_000 }, (_, at) => `k${at}: 1\n`).join('')],
  ['values', `[${'1,'.repeat(8_000_000)}]`],
  ['empty maps', `[${'{},'.repeat(5_000_000)}]`],
  ['lines', '\n'.repeat(16_000_000)],
  ['lines of one text', `a: '${'\n\n x'.repeat(3_000_000)}'\n`],
])('sixteen megabytes of %s are refused before they are read', (_, text) => {
  const start = process.cpuUsage();
  expect(refusal(text)).toMatchObject({ code: 'POLICY_SYNTAX', exitCode: 2 });
  expect(process.cpuUsage(start).user / 1000).toBeLessThan(4000);
});

describe('what is named as a trust file and is none', () => {
  const posix = process.platform !== 'win32';

  /** The outcome of reading a policy that names this. */
  async function loading(named: string, folder: string): Promise<unknown> {
    const path = join(folder, 'policy.yaml');
    const text = `trust: { keyrings: ${JSON.stringify(named)} }\n${PLAIN}`;
    await writeFile(path, text);
    return loadPolicy(path).then(
      () => 'read',
      (error: unknown) => error,
    );
  }

  test.each([
    ['a URL', 'https://example.org/keys.asc'],
    ['a file URL', 'file:///etc/hostname'],
    ['standard input', '-'],
    ['standard input by its device', '/dev/stdin'],
    ['an endless device', '/dev/zero'],
    ['a device without content', '/dev/null'],
    ['a pattern without match', 'keys/*.asc'],
    ['an empty folder', 'empty'],
    ['nothing', ''],
    ['the memory of this process', '/proc/self/mem'],
    ['the environment of this process', '/proc/self/environ'],
  ])('is refused with its place: %s', async (_, named) => {
    const folder = await temporaryFolder();
    await mkdir(join(folder, 'empty'));
    expect(await loading(named, folder)).toMatchObject({ exitCode: 2, location: { line: 1 } });
  });

  test.skipIf(!posix)('is refused with its place: a pipe that nobody writes to', async () => {
    const folder = await temporaryFolder();
    execFileSync('mkfifo', [join(folder, 'pipe')]);
    expect(await loading('pipe', folder)).toMatchObject({ code: 'POLICY_TRUST_FILE', location: { line: 1 } });
  });
});

test('a private key that is given in place of a policy, or of a value, is not shown', () => {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  const [, first = '', second = ''] = pem.split('\n');
  for (const text of [
    pem,
    pem.replaceAll('\n', ''),
    `${first}\n${second}\n`,
    PLAIN.replace('name: p', `name: [${first}]`),
    PLAIN.replace('approvers: alice', `approvers: ${first}${second}`),
    PLAIN.replace("pgp: '", `pgp: '${first}`),
    `-----BEGIN PGP PRIVATE KEY BLOCK-----\n\n${first}\n${second}\n=abcd\n`,
  ]) {
    const { message, hint } = refusal(text);
    for (const part of [first.slice(20, 40), second.slice(0, 20)]) expect(`${message} ${hint}`).not.toContain(part);
  }
  const digest = `sha256:${'a1'.repeat(32)}`;
  expect(refusal(PLAIN.replace('approvers: alice', `approvers: "${digest}"`)).message).toContain(digest);
});
