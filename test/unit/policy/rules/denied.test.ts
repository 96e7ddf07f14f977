// SPDX-License-Identifier: Apache-2.0
// The list `deny`, on real images: what it names counts no more, everything else does, and there is a way back.

import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { parsePem } from '../../../../src/base/bytes.ts';
import { parseCertificate } from '../../../../src/crypto/x509/certificate.ts';
import { evaluatePolicy } from '../../../../src/policy/evaluate.ts';
import { parsePolicy } from '../../../../src/policy/document/document.ts';
import { approve, digestOf, image, key, NOW as FACTS_NOW, policy, stage } from '../../../support/facts.ts';
import {
  judgeBy,
  keyPerson,
  type Person,
  pgpPerson,
  policyFor,
  problemsOf,
  signAs,
  verdictOf,
  x509Person,
} from '../../../support/layers.ts';
import { typicalSif } from '../../../support/sif-builder.ts';
import { temporaryFile } from '../../../support/temporary.ts';
import { codeOf } from '../../../support/signing.ts';

let people: Readonly<Record<'pat' | 'kim' | 'xen', Person>>;
let path = '';
const STAGES = '  - { name: author, approvers: [pat, kim, xen], threshold: 3 }';

beforeAll(async () => {
  const [pat, kim, xen] = await Promise.all([pgpPerson('pat'), keyPerson('kim'), x509Person('xen')]);
  people = { pat, kim, xen };
});

beforeEach(async () => {
  path = await temporaryFile(typicalSif().bytes());
  const judge = await judgeDenying();
  for (const one of Object.values(people)) await signAs(path, one, 'author', judge);
});

async function judgeDenying(...entries: readonly string[]) {
  const deny = entries.map((entry) => `\n  - { ${entry}, reason: "ticket SEC-1" }`).join('');
  return judgeBy(await policyFor(Object.values(people), deny === '' ? STAGES : `${STAGES}\ndeny:${deny}`));
}

async function approvers(...entries: readonly string[]) {
  const verdict = await verdictOf(path, await judgeDenying(...entries));
  const said = verdict.layers.flatMap(({ reasons }) => reasons.map(({ code, message }) => `${code} ${message}`));
  return { by: verdict.stages[0]?.approvedBy, codes: problemsOf(verdict), said, verdict };
}

const certificateOf = (pem = '') => parseCertificate(parsePem(pem)[0]?.der ?? new Uint8Array());
const hintOf = ({ signer }: Person) => signer.identity.hint ?? '';

describe('denied', () => {
  test('is nothing else than what is named', async () => {
    const { by, verdict } = await approvers('key: "3F2A7C1109B45D6E8A901B2C3D4E5F60718293A4"');
    expect(by).toEqual(['pat', 'kim', 'xen']);
    expect(verdict.verdict).toBe('passed');
  });

  test.each<['pat' | 'kim' | 'xen', string]>([
    ['pat', 'KEY_DENIED'],
    ['kim', 'KEY_DENIED'],
    ['xen', 'CERTIFICATE_DENIED'],
  ])('the key of %s', async (name, code) => {
    const others = ['pat', 'kim', 'xen'].filter((other) => other !== name);
    const hint = hintOf(people[name]);
    for (const written of [hint, `sha256:${Buffer.from(hint, 'base64').toString('hex')}`]) {
      const { by, said } = await approvers(`key: "${written}"`);
      expect(by).toEqual(others);
      expect(said.filter((text) => text.startsWith(code))).toHaveLength(name === 'pat' ? 2 : 1);
      expect(said.join('\n')).toContain('is denied by the policy: ticket SEC-1');
    }
  });

  test('an OpenPGP key by its fingerprint, spaces and all', async () => {
    const { identity } = people.pat.signer;
    const fingerprint = identity.method === 'pgp' ? identity.fingerprint : '';
    expect((await approvers(`key: "${fingerprint.replace(/.{4}/g, '$& ').trim()}"`)).by).toEqual(['kim', 'xen']);
  });

  test('a certificate, wherever in the path it is', async () => {
    const { certificate, intermediates, publicKey } = people.xen;
    for (const pem of [certificate, intermediates, publicKey]) {
      const { issuer, serial } = certificateOf(pem);
      const written = serial.toUpperCase().replace(/..(?=.)/g, '$&:');
      const { by, said } = await approvers(`certificate: { issuer: "${issuer.text}", serial: "${written}" }`);
      expect(by).toEqual(['pat', 'kim']);
      expect(said.join('\n')).toContain('CERTIFICATE_DENIED');
      expect((await approvers(`certificate: { issuer: "CN=other", serial: "${serial}" }`)).by).toHaveLength(3);
      expect((await approvers(`key: "${certificateOf(pem).hint}"`)).by).toEqual(['pat', 'kim']);
    }
  });

  test('a principal, a statement, the content', async () => {
    const named = await approvers('principal: kim');
    expect(named.by).toEqual(['pat', 'xen']);
    expect(named.said.join('\n')).toContain('PRINCIPAL_DENIED kim is denied');
    const { layers, contentDigests } = named.verdict;
    const statement = layers.find(({ kind }) => kind === 'bundle')?.digest ?? '';
    expect((await approvers(`statement: "${statement}"`)).by).toHaveLength(2);
    const content = await approvers(`content: "${contentDigests[0]}"`);
    expect(content.by).toEqual([]);
    expect(content.codes).toContain('CONTENT_DENIED');
  });

  test('since a time: without a proven one nothing counts', async () => {
    expect((await approvers('principal: kim, since: "2030-01-01T00:00:00Z"')).by).toEqual(['pat', 'xen']);
  });
});

describe('since a time', () => {
  const since = new Date('2026-05-01T00:00:00Z');
  const at = (text: string) => {
    const time = new Date(text);
    return { proven: { time, latest: time, accuracyMs: 0, proof: 'timestamp', by: 'CN=TSA' } } as const;
  };
  const rules = policy(
    [{ name: 'alice', credentials: [{ method: 'key', hint: key('alice').hint }] }],
    [stage('author', ['alice'])],
    [],
    [{ what: { of: 'key', hint: key('alice').hint }, since, reason: 'stolen' }],
  );

  test.each([
    ['2026-04-30T23:59:59Z', 'passed'],
    ['2026-05-01T00:00:00Z', 'failed'],
    ['2026-05-02T00:00:00Z', 'failed'],
  ])('proven to be from before %s: %s', (time, verdict) => {
    const layer = approve('author', key('alice'), { approval: { timeVerified: time }, layer: at(time) });
    expect(evaluatePolicy(rules, image([layer]), { now: FACTS_NOW }).verdict).toBe(verdict);
  });
});

describe('an entry that says too little or too much', () => {
  const parse = (entry: string) =>
    codeOf(() =>
      parsePolicy(
        Buffer.from(
          `version: 1\nname: x\nprincipals: { a: { key: a.pub } }\nstages: [{ name: s, approvers: a }]\ndeny: [${entry}]\n`,
        ),
        'policy',
      ),
    );

  test.each([
    ['{ reason: x }', 'POLICY_MISSING_KEY'],
    ['{ principal: a }', 'POLICY_MISSING_KEY'],
    [`{ principal: a, content: "${digestOf('x')}", reason: x }`, 'POLICY_INVALID_VALUE'],
    ['{ principal: b, reason: x }', 'POLICY_UNKNOWN_NAME'],
    ['{ key: "0123456789ABCDEF", reason: x }', 'POLICY_INVALID_VALUE'],
    ['{ statement: "abc", reason: x }', 'POLICY_INVALID_VALUE'],
    ['{ principal: a, since: "2026-02-30T00:00:00Z", reason: x }', 'POLICY_INVALID_VALUE'],
    ['{ principal: a, since: 2026-02-03T00:00:00Z, reason: x }', 'POLICY_AMBIGUOUS'],
    ['{ certificate: { issuer: "/CN=x", serial: "01" }, reason: x }', 'POLICY_PATTERN'],
    ['{ certificate: { issuer: "CN=x", serial: "0x01" }, reason: x }', 'POLICY_INVALID_VALUE'],
  ])('%s', async (entry, code) => {
    expect(await parse(entry)).toBe(code);
  });
});
