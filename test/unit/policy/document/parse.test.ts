// SPDX-License-Identifier: Apache-2.0
import { readFile } from 'node:fs/promises';
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { PolicyError } from '../../../../src/policy/errors.ts';
import { parsePolicy } from '../../../../src/policy/document/document.ts';
import type { YamlNode } from '../../../../src/policy/yaml/node.ts';
import { parseYaml } from '../../../../src/policy/yaml/yaml.ts';
import { CountersignError } from '../../../../src/base/errors.ts';
import { LIMITS } from '../../../../src/base/limits.ts';
import { fingerprintOf as nameToFingerprint } from '../../../support/facts.ts';
import { fingerprintOf } from '../../../../src/policy/document/people.ts';

const ALICE = nameToFingerprint('alice');
const BOB = nameToFingerprint('bob');

const FULL = `# who may release
version: 1
name: acme-images
trust:
  keyrings: [keys/staff.asc]
  intermediates: ca/int.pem
  certificates: [ca/leaf.pem]
principals:
  alice: { pgp: ${ALICE} }
  bob:
    pgp: ["${BOB.toLowerCase()}"]
    key: keys/bob.pub
  release-team:
    x509:
      anchors: ca/root.pem
      san: "email:release@example.org"
      issuer: CN=CA,O=Example
stages:
  - name: author
    approvers: [alice, bob]
  - name: security
    id: https://example.org/stages/security
    approvers: bob
    threshold: 1
    native: pgp
  - name: production
    approvers: [release-team, alice]
    threshold: 2
    after: [author, security]
    native: [pgp, dsse, cosign]
    signedIdentity: { remapIdentity: { prefix: mirror.example.org, signedPrefix: registry.example.org/team } }
distinct:
  - [author, security]
`;

function parse(text: string) {
  return parsePolicy(Buffer.from(text), 'countersign.yaml');
}

function failure(text: string): PolicyError {
  try {
    parse(text);
  } catch (error) {
    if (error instanceof PolicyError) return error;
    throw error;
  }
  throw new Error('the policy was accepted');
}

/** A small policy with parts replaced. */
function small(parts: { head?: string; principals?: string; stages?: string; tail?: string } = {}): string {
  return [
    parts.head ?? 'version: 1\nname: p',
    `principals:\n${parts.principals ?? `  alice: {pgp: ${ALICE}}\n  bob: {pgp: ${BOB}}`}`,
    `stages:\n${parts.stages ?? '  - {name: author, approvers: [alice]}'}`,
    parts.tail ?? '',
  ].join('\n');
}

describe('a policy', () => {
  test('is read whole', () => {
    const policy = parse(FULL);
    expect(policy.name).toBe('acme-images');
    expect(policy.trust.intermediates).toMatchObject([
      { value: 'ca/int.pem', location: { file: 'countersign.yaml', line: 6, column: 18 } },
    ]);
    expect(policy.principals.map(({ name }) => name)).toEqual(['alice', 'bob', 'release-team']);
    expect(policy.principals[1]?.pgp.map(({ value }) => value)).toEqual([BOB.toLowerCase()]);
    expect(policy.principals[1]?.key[0]).toMatchObject({ value: 'keys/bob.pub' });
    expect(policy.stages.map(({ name, id, threshold, after }) => ({ name, id, threshold, after }))).toEqual([
      { name: 'author', id: 'urn:countersign:stage:author', threshold: 1, after: [] },
      { name: 'security', id: 'https://example.org/stages/security', threshold: 1, after: ['author'] },
      { name: 'production', id: 'urn:countersign:stage:production', threshold: 2, after: ['author', 'security'] },
    ]);
    expect(policy.stages[2]?.native).toEqual(['pgp', 'dsse', 'cosign']);
    expect(policy.distinct).toEqual([['author', 'security']]);
  });

  test('accepts fingerprints as gpg prints them', () => {
    const spaced = `${ALICE.slice(0, 20).match(/.{4}/g)?.join(' ')}  ${ALICE.slice(20).match(/.{4}/g)?.join(' ')}`;
    expect(
      parse(small({ principals: `  alice: {pgp: "${spaced.toLowerCase()}"}` })).principals[0]?.pgp.map(({ value }) =>
        fingerprintOf(value),
      ),
    ).toEqual([ALICE]);
  });

  test('accepts a key written out', () => {
    const principals =
      '  alice:\n    key: |\n      -----BEGIN PUBLIC KEY-----\n      AAAA\n      -----END PUBLIC KEY-----';
    expect(parse(small({ principals })).principals[0]?.key[0]?.value).toContain('BEGIN PUBLIC KEY');
  });
});

test('what is missing is told with what belongs there', () => {
  const { hint } = failure(small({ principals: '  alice: {x509: {subject: "CN=alice"}}' }));
  expect(hint).toBe('add anchors: CA certificates; a valid chain must lead to one of them');
});

const WRONG: readonly (readonly [string, string, string, number, number])[] = [
  ['a misspelt key', small({ tail: 'distict: []' }), 'POLICY_UNKNOWN_KEY', 8, 1],
  ['a misspelt key of a stage', small({ stages: '  - {name: a, approver: [alice]}' }), 'POLICY_UNKNOWN_KEY', 7, 15],
  ['no version', small({ head: 'name: p' }), 'POLICY_MISSING_KEY', 1, 1],
  ['another version', small({ head: 'version: 2\nname: p' }), 'POLICY_INVALID_VALUE', 1, 10],
  ['a version in quotes', small({ head: 'version: "1"\nname: p' }), 'POLICY_WRONG_TYPE', 1, 10],
  ['a name that is a number', small({ head: 'version: 1\nname: 5' }), 'POLICY_WRONG_TYPE', 2, 7],
  ['an empty name', small({ head: 'version: 1\nname:' }), 'POLICY_WRONG_TYPE', 2, 6],
  ['a control character', small({ head: 'version: 1\nname: "a\\u0007b"' }), 'POLICY_INVALID_VALUE', 2, 7],
  ['a bidirectional mark', small({ head: 'version: 1\nname: "a\\u202eb"' }), 'POLICY_INVALID_VALUE', 2, 7],
  ['a list', '- a', 'POLICY_WRONG_TYPE', 1, 1],
  ['no principal', small({ principals: '  {}' }), 'POLICY_INVALID_VALUE', 4, 3],
  ['a principal without credential', small({ principals: '  alice: {}' }), 'POLICY_MISSING_KEY', 4, 10],
  ['a principal with a bad name', small({ principals: `  "a b": {pgp: ${ALICE}}` }), 'POLICY_INVALID_VALUE', 4, 3],
  ['a key ID', small({ principals: `  alice: {pgp: ${ALICE.slice(24)}}` }), 'POLICY_INVALID_VALUE', 4, 16],
  [
    'a fingerprint that YAML reads as a number',
    small({ principals: `  alice: {pgp: ${'1'.repeat(40)}}` }),
    'POLICY_WRONG_TYPE',
    4,
    16,
  ],
  [
    'the same fingerprint twice',
    small({ principals: `  alice: {pgp: [${ALICE}, ${ALICE.toLowerCase()}]}` }),
    'POLICY_DUPLICATE',
    4,
    59,
  ],
  ['x509 without anchors', small({ principals: '  alice: {x509: {san: "email:a@b.c"}}' }), 'POLICY_MISSING_KEY', 4, 17],
  ['x509 without a name', small({ principals: '  alice: {x509: {anchors: ca.pem}}' }), 'POLICY_MISSING_KEY', 4, 17],
  [
    'an open pattern',
    small({ principals: '  alice: {x509: {anchors: ca.pem, subject: "CN=*"}}' }),
    'POLICY_PATTERN',
    4,
    44,
  ],
  ['a san without type', small({ principals: '  alice: {x509: {anchors: c, san: a@b.c}}' }), 'POLICY_PATTERN', 4, 35],
  ['no stage', small({ stages: '  []' }), 'POLICY_INVALID_VALUE', 7, 3],
  ['a bad stage name', small({ stages: '  - {name: Author, approvers: [alice]}' }), 'POLICY_INVALID_VALUE', 7, 12],
  ['an unknown approver', small({ stages: '  - {name: a, approvers: [alise]}' }), 'POLICY_UNKNOWN_NAME', 7, 27],
  ['an approver twice', small({ stages: '  - {name: a, approvers: [alice, alice]}' }), 'POLICY_DUPLICATE', 7, 34],
  ['no approver', small({ stages: '  - {name: a, approvers: []}' }), 'POLICY_INVALID_VALUE', 7, 26],
  [
    'a stage twice',
    small({ stages: '  - {name: a, approvers: alice}\n  - {name: a, approvers: alice}' }),
    'POLICY_DUPLICATE',
    8,
    5,
  ],
  [
    'an id twice',
    small({ stages: '  - {name: a, approvers: alice, id: "urn:x:y"}\n  - {name: b, approvers: alice, id: "urn:x:y"}' }),
    'POLICY_DUPLICATE',
    8,
    5,
  ],
  [
    'the id of verdicts',
    small({ stages: '  - {name: a, approvers: alice, id: "urn:countersign:verify-all"}' }),
    'POLICY_INVALID_VALUE',
    7,
    37,
  ],
  ['an id that is no URI', small({ stages: '  - {name: a, approvers: alice, id: a}' }), 'POLICY_INVALID_VALUE', 7, 37],
  [
    'a threshold of 0',
    small({ stages: '  - {name: a, approvers: alice, threshold: 0}' }),
    'POLICY_INVALID_VALUE',
    7,
    44,
  ],
  [
    'a threshold of 1.5',
    small({ stages: '  - {name: a, approvers: alice, threshold: 1.5}' }),
    'POLICY_WRONG_TYPE',
    7,
    44,
  ],
  [
    'a threshold of 0x1',
    small({ stages: '  - {name: a, approvers: alice, threshold: 0x1}' }),
    'POLICY_WRONG_TYPE',
    7,
    44,
  ],
  [
    'a threshold too high',
    small({ stages: '  - {name: a, approvers: alice, threshold: 2}' }),
    'POLICY_UNSATISFIABLE',
    7,
    44,
  ],
  ['after itself', small({ stages: '  - {name: a, approvers: alice, after: [a]}' }), 'POLICY_ORDER', 7, 41],
  [
    'after a later stage',
    small({ stages: '  - {name: a, approvers: alice, after: b}\n  - {name: b, approvers: alice}' }),
    'POLICY_ORDER',
    7,
    40,
  ],
  [
    'an unknown native format',
    small({ stages: '  - {name: a, approvers: alice, native: gpg}' }),
    'POLICY_INVALID_VALUE',
    7,
    41,
  ],
  ['distinct with one stage', small({ tail: 'distinct: [[author]]' }), 'POLICY_WRONG_TYPE', 8, 12],
  ['distinct with an unknown stage', small({ tail: 'distinct: [[author, autor]]' }), 'POLICY_UNKNOWN_NAME', 8, 21],
  [
    'distinct stages that share their only approver',
    small({ stages: '  - {name: a, approvers: alice}\n  - {name: b, approvers: alice}', tail: 'distinct: [[a, b]]' }),
    'POLICY_UNSATISFIABLE',
    9,
    11,
  ],
  ['a key twice', small({ tail: 'name: q' }), 'POLICY_DUPLICATE', 8, 1],
  ['an anchor', small({ head: 'version: 1\nname: &a p' }), 'POLICY_SYNTAX', 2, 10],
  ['an alias', 'version: 1\nname: *a', 'POLICY_SYNTAX', 2, 7],
  ['a tag', small({ head: 'version: 1\nname: !!str p' }), 'POLICY_SYNTAX', 2, 13],
  ['a directive', `%YAML 1.1\n---\n${FULL}`, 'POLICY_SYNTAX', 1, 1],
  ['a second document', `${small()}\n---\na: 1`, 'POLICY_SYNTAX', 9, 1],
  ['a key that is no text', small({ tail: '1: 2' }), 'POLICY_SYNTAX', 8, 1],
  [
    'a line break of YAML 1.1 in a comment',
    small({ head: 'version: 1 # \u2028x: y\nname: p' }),
    'POLICY_SYNTAX',
    1,
    14,
  ],
  ['another one', small({ head: 'version: 1\nname: "a\u0085b"' }), 'POLICY_SYNTAX', 2, 9],
  ['nothing', '', 'POLICY_SYNTAX', 1, 1],
  ['broken YAML', 'version: 1\nname: [', 'POLICY_SYNTAX', 2, 8],
  ['deep nesting', `name: ${'['.repeat(30_000)}`, 'POLICY_SYNTAX', 1, 0],
];

describe('a wrong policy is refused with the place', () => {
  test.each(WRONG)('%s', (_, text, code, line, column) => {
    const error = failure(text);
    expect(error.code).toBe(code);
    expect(error.exitCode).toBe(2);
    expect(error.hint).not.toBe('');
    expect(error.location?.line).toBe(line);
    if (column > 0) expect(error.location?.column).toBe(column);
  });

  test('the hint names what was meant', () => {
    expect(failure(small({ tail: 'distict: []' })).hint).toBe('did you mean distinct?');
    expect(failure(small({ stages: '  - {name: a, approvers: [alise]}' })).hint).toBe('did you mean alice?');
    expect(failure(small({ principals: `  alice: {pgp: ${ALICE.slice(24)}}` })).hint).toContain('whole fingerprint');
  });

  test('too large, and not UTF-8', () => {
    expect(() => parsePolicy(new Uint8Array(LIMITS.policyBytes + 1), 'p')).toThrow(PolicyError);
    expect(() => parsePolicy(Uint8Array.of(0xff), 'p')).toThrow(PolicyError);
  });

  test('an alias bomb is refused at once', () => {
    const bomb = [
      'a: &a [x,x,x,x,x,x,x,x,x]',
      ...'bcdefgh'.split('').map((name, at) => `${name}: &${name} [${`*${'abcdefg'[at]},`.repeat(9)}]`),
    ];
    expect(failure(bomb.join('\n')).code).toBe('POLICY_SYNTAX');
  });

  test('every truncation is refused or still a policy, and nothing but our errors comes out', () => {
    for (let end = 0; end < FULL.length; end += 1) {
      try {
        parse(FULL.slice(0, end));
      } catch (error) {
        expect(error).toBeInstanceOf(CountersignError);
      }
    }
  });

  test('arbitrary text brings out nothing but our errors', () => {
    const piece = fc.constantFrom(
      'version: 1\n',
      'name: p\n',
      '- ',
      '{',
      '}',
      '[',
      ']',
      ': ',
      '"',
      "'",
      '\n',
      '  ',
      '&a',
      '*a',
      '!t',
      '%',
      '|',
      '#',
      'x',
      '\t',
      '?',
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(piece).map((pieces) => pieces.join('')),
        ),
        (text) => {
          try {
            parse(text);
          } catch (error) {
            expect(error).toBeInstanceOf(CountersignError);
          }
        },
      ),
      { numRuns: 500 },
    );
  });
});

function plain(node: YamlNode): unknown {
  if (node.kind === 'list') return node.items.map(plain);
  if (node.kind === 'map')
    return Object.fromEntries([...node.entries].map(([name, { value }]) => [name, plain(value)]));
  return node.value;
}

/** Refused by the parser for reasons that a schema cannot express. */
const BEYOND_SCHEMA = [
  'the same fingerprint twice',
  'an open pattern',
  'the id of verdicts',
  'an unknown approver',
  'a stage twice',
  'an id twice',
  'a threshold of 0x1',
  'a threshold too high',
  'after itself',
  'after a later stage',
  'distinct with an unknown stage',
  'distinct stages that share their only approver',
];

describe('names of certificates in other spellings', () => {
  const subject = (text: string, key = 'subject') =>
    small({ principals: `  alice: {x509: {anchors: ca.pem, san: "dns:a.b.c", ${key}: ${JSON.stringify(text)}}}` });

  test.each([
    ['O = Example, CN = plain', 'CN=plain,O=Example'],
    ['O=Example, CN=plain', 'CN=plain,O=Example'],
    ['CN=plain, O=Example', 'CN=plain,O=Example'],
    ['/O=Example/CN=plain', 'CN=plain,O=Example'],
    ['/C=DE/O=Example, Inc./CN=a/b', 'CN=a/b,O=Example\\, Inc.,C=DE'],
    ['C = DE, O = "Example, Inc.", CN = build-*', 'CN=build-*,O=Example\\, Inc.,C=DE'],
    ['E=a@b.example', 'emailAddress=a@b.example'],
    ['CN=plain,S=Hesse', 'CN=plain,ST=Hesse'],
    ['cn=plain,o=Example', 'CN=plain,O=Example'],
    ['CN=plain, O=Example\\, Inc.', 'CN=plain,O=Example\\, Inc.'],
  ])('%s is refused, and the hint says %s, which is accepted', (text, better) => {
    for (const key of ['subject', 'issuer']) {
      const error = failure(subject(text, key));
      expect(error).toMatchObject({ code: 'POLICY_PATTERN', location: { line: 4 } });
      expect(error.hint).toBe(`write ${JSON.stringify(better)}`);
      expect(parse(subject(better, key)).principals[0]?.x509[0]?.anchors).toHaveLength(1);
    }
  });

  test.each(['plain', 'CN', 'CN=', '=x', 'XYZ=plain', '1.2.3=text', 'CN= x', 'CN=x\\\\,', 'O=Example,,CN=x'])(
    '%s is no name, and the hint shows one',
    (text) => {
      expect(failure(subject(text))).toMatchObject({ code: 'POLICY_PATTERN', hint: expect.stringMatching(/^write /) });
    },
  );

  test.each(['CN=a\\,b,O=c', 'CN=a+UID=b,O=c', '1.2.3=#0c0161,CN=x', 'CN=a\\ ,O=c', 'CN=\\\\,O=b', 'OU=x=y,O=c'])(
    '%s is one',
    (text) => {
      expect(parse(subject(text)).principals[0]?.x509[0]?.subject).toMatchObject([{ value: text }]);
    },
  );
});

describe('what YAML 1.1 and 1.2 read differently', () => {
  const texts = [
    'yes',
    'No',
    'on',
    'OFF',
    'y',
    '1_000',
    '0b11',
    '12:30',
    '190:20:30.15',
    '2026-01-01',
    '1_0.5',
    '0x_1F',
    '=',
  ];

  test.each(texts)('%s is refused as a text, with the place, and read in quotes', (text) => {
    const error = failure(small({ head: `version: 1\nname: ${text}` }));
    expect(error).toMatchObject({ code: 'POLICY_AMBIGUOUS', location: { line: 2, column: 7 } });
    expect(error.hint).toContain(`"${text}"`);
    expect(parse(small({ head: `version: 1\nname: "${text}"` })).name).toBe(text);
  });

  test.each(['0o17', '012', '1e3', '.inf', '~', '+1', '0x1F', 'true'])('%s is a text for neither', (text) => {
    const error = failure(small({ head: `version: 1\nname: ${text}` }));
    expect(error).toMatchObject({ code: 'POLICY_WRONG_TYPE', location: { line: 2, column: 7 } });
  });

  test.each(['012', '01', '1e0', '0o1', '0b1', '1_0', '0:1', '1.', '+1'])('%s is no threshold', (text) => {
    const stages = `  - {name: a, approvers: [alice, bob], threshold: ${text}}`;
    expect(failure(small({ stages }))).toMatchObject({ code: 'POLICY_WRONG_TYPE', location: { line: 7, column: 51 } });
  });

  test('names of principals, too, as keys and where they are named', () => {
    const principals = (name: string) => `  ${name}: {pgp: ${ALICE}}`;
    const stages = (name: string) => `  - {name: a, approvers: [${name}]}`;
    expect(failure(small({ principals: principals('no'), stages: stages('"no"') }))).toMatchObject({
      code: 'POLICY_AMBIGUOUS',
      location: { line: 4, column: 3 },
    });
    expect(failure(small({ principals: principals('"no"'), stages: stages('no') }))).toMatchObject({
      code: 'POLICY_AMBIGUOUS',
      location: { line: 6, column: 27 },
    });
    expect(parse(small({ principals: principals('"no"'), stages: stages('"no"') })).principals[0]?.name).toBe('no');
  });
});

describe('signedIdentity', () => {
  const identity = (text: string, native = 'cosign'): string =>
    small({ stages: `  - {name: author, approvers: [alice], native: ${native}, signedIdentity: ${text}}` });

  test.each([
    ['matchRepository', { type: 'matchRepository' }],
    [
      '{exactReference: "registry.example.org/app:1"}',
      { type: 'exactReference', reference: 'registry.example.org/app:1' },
    ],
    [
      '{exactRepository: registry.example.org/app}',
      { type: 'exactRepository', repository: 'registry.example.org/app' },
    ],
    [
      '{remapIdentity: {prefix: "a.example:5000", signedPrefix: b.example/team}}',
      { type: 'remapIdentity', prefix: 'a.example:5000', signedPrefix: 'b.example/team' },
    ],
  ])('%s', (text, wanted) => {
    expect(parse(identity(text)).stages[0]?.signedIdentity).toEqual(wanted);
  });

  test.each([
    ['matchrepository', 'POLICY_INVALID_VALUE'],
    ['{}', 'POLICY_INVALID_VALUE'],
    ['{exactRepository: a.example/b, exactReference: "a.example/b:1"}', 'POLICY_INVALID_VALUE'],
    ['{exactRepo: a.example/b}', 'POLICY_UNKNOWN_KEY'],
    ['{exactRepository: "a.example/b:1"}', 'POLICY_INVALID_VALUE'],
    ['{exactReference: a.example/b}', 'POLICY_INVALID_VALUE'],
    ['{exactReference: A/B:1}', 'POLICY_INVALID_VALUE'],
    ['{remapIdentity: {prefix: a.example}}', 'POLICY_MISSING_KEY'],
    ['{remapIdentity: {prefix: a.example/, signedPrefix: b.example}}', 'POLICY_INVALID_VALUE'],
    ['[matchExact]', 'POLICY_WRONG_TYPE'],
  ])('%s is refused', (text, code) => {
    expect(failure(identity(text)).code).toBe(code);
  });

  test('says nothing where no cosign signature counts', () => {
    expect(failure(identity('matchRepository', 'pgp')).code).toBe('POLICY_INVALID_VALUE');
  });
});

describe('the JSON schema', async () => {
  const schema: object = JSON.parse(
    await readFile(new URL('../../../../schema/policy.schema.json', import.meta.url), 'utf8'),
  );
  const validate = new Ajv2020({ strict: true, strictRequired: false, allErrors: true }).compile(schema);

  test.each([FULL, small()])('accepts what the parser accepts', (text) => {
    expect(validate(plain(parseYaml(text, 'p'))), JSON.stringify(validate.errors)).toBe(true);
  });

  const readable = WRONG.filter(([, , code]) => code !== 'POLICY_SYNTAX' && code !== 'POLICY_DUPLICATE');
  test.each(readable.map(([name, text]) => [name, text] as const))('and the parser agree on %s', (name, text) => {
    expect(validate(plain(parseYaml(text, 'p')))).toBe(BEYOND_SCHEMA.includes(name));
  });

  test('every policy in the documentation is accepted by both', async () => {
    const page = await readFile(new URL('../../../../docs/policy.md', import.meta.url), 'utf8');
    const blocks = [...page.matchAll(/```yaml\n(version: 1\n[\s\S]*?)```/g)].map((match) => match[1] ?? '');
    expect(blocks.length).toBeGreaterThan(2);
    for (const text of blocks) {
      expect(parse(text).stages.length).toBeGreaterThan(0);
      expect(validate(plain(parseYaml(text, 'p'))), JSON.stringify(validate.errors)).toBe(true);
    }
  });
});

describe('breakGlass', () => {
  const stage = (glass: string, approvers = '[alice, bob]') => `version: 1
name: test
principals:
  alice: { pgp: "${'A'.repeat(40)}" }
  bob: { pgp: "${'B'.repeat(40)}" }
teams: { night: [alice, bob] }
stages:
  - name: author
    approvers: ${approvers}
    breakGlass: ${glass}
`;

  test('names people and teams, and for how long', () => {
    const { stages } = parsePolicy(Buffer.from(stage('{ by: night, maxDuration: 12h }')), 'countersign.yaml');
    expect(stages[0]?.breakGlass).toEqual({ by: ['alice', 'bob'], maxDuration: 12 * 3_600_000 });
  });

  test.each([
    ['for longer than a month', '{ by: alice, maxDuration: 31d }', '[alice, bob]', 'POLICY_INVALID_VALUE', 10],
    ['without an end', '{ by: alice }', '[alice, bob]', 'POLICY_MISSING_KEY', 10],
    ['by nobody known', '{ by: carol, maxDuration: 1d }', '[alice, bob]', 'POLICY_UNKNOWN_NAME', 10],
    [
      'by the only one who could review it',
      '{ by: [bob, alice], maxDuration: 1d }',
      'alice',
      'POLICY_CONTRADICTION',
      10,
    ],
  ])('%s is refused, with its place', (_, glass, approvers, code, line) => {
    expect(() => parsePolicy(Buffer.from(stage(glass, approvers)), 'countersign.yaml')).toThrow(
      expect.objectContaining({ code, location: expect.objectContaining({ file: 'countersign.yaml', line }) }),
    );
  });
});
