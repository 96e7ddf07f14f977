// SPDX-License-Identifier: Apache-2.0
// Every way a credential ends, at every stage, in a file and in a registry: the image fails, its owner renews the credential
// and approves that one stage anew, and the image passes. Or it was stamped in time, and goes on passing.

import { generateKeyPairSync } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { generateKey, readPrivateKey, revokeKey } from 'openpgp';
import { beforeAll, describe, expect, test } from 'vitest';
import { encodePem } from '../../src/base/bytes.ts';
import { Secret } from '../../src/base/secret.ts';
import { createSigner, type Signer } from '../../src/crypto/signer.ts';
import type { Criteria } from '../../src/image/verify.ts';
import { loadPolicyBytes, type LoadedPolicy } from '../../src/policy/document/load.ts';
import type { ImageVerdict } from '../../src/policy/verdict.ts';
import { caExtensions, encodeCertificate, leafExtensions } from '../support/certificates.ts';
import { judgeBy, keyPerson, NOW, type Person, signAs, stagesOf, verdictOf } from '../support/layers.ts';
import { pushOciImage } from '../support/oci-images.ts';
import { signRemotely, verdictOn } from '../support/registry-layers.ts';
import { openIn, startRegistry } from '../support/registry-session.ts';
import { typicalSif } from '../support/sif-builder.ts';
import { temporaryFile, temporaryFolder } from '../support/temporary.ts';
import { TimestampAuthority } from '../support/timestamp-authority.ts';

const DAY = 86_400_000;
const LATER = new Date(NOW.getTime() + 60 * DAY);
/** The last day of what ends by the policy's word. */
const END = new Date(NOW.getTime() + 30 * DAY).toISOString().slice(0, 10);
const STAGES = ['author', 'security', 'production'] as const;

/** A person as a policy has them: lines of YAML, and the files that those name. */
interface Credential {
  readonly signer: Signer;
  readonly yaml: string;
  readonly files: Readonly<Record<string, string>>;
  readonly keyring?: string;
}

function signerOf(method: 'pgp' | 'x509', key: string, chain: readonly string[], now: Date): Promise<Signer> {
  const [certificate, ...rest] = chain;
  const passphrase = undefined;
  const certificateChain = rest.length > 0 ? rest.join('') : undefined;
  return createSigner({ method, key: new Secret(Buffer.from(key)), passphrase, certificate, certificateChain, now });
}

let serial = 0;

interface Validity {
  readonly from?: Date;
  readonly leafDays?: number;
  readonly caDays?: number;
}

/** A certificate of a new CA; the root is valid for years. */
async function certified({ from = NOW, leafDays = 30, caDays = 900 }: Validity = {}): Promise<Credential> {
  serial += 1;
  const [root, ca, leaf] = [0, 1, 2].map(() => generateKeyPairSync('ec', { namedCurve: 'P-256' }));
  if (!root || !ca || !leaf) throw new Error('no keys');
  const notBefore = new Date(from.getTime() - DAY);
  const until = (days: number): Date => new Date(from.getTime() + days * DAY);
  const [rootName, caName] = [`Root ${serial}`, `CA ${serial}`];
  const top = { subject: rootName, key: root.privateKey };
  const pem = (der: Uint8Array): string => encodePem('CERTIFICATE', der);
  const anchor = encodeCertificate({
    subject: rootName,
    publicKey: root.publicKey,
    issuer: top,
    notBefore,
    notAfter: until(3000),
    extensions: caExtensions(),
  });
  const issuing = encodeCertificate({
    subject: caName,
    publicKey: ca.publicKey,
    issuer: top,
    notBefore,
    notAfter: until(caDays),
    extensions: caExtensions(),
  });
  const own = encodeCertificate({
    subject: 'Eve',
    publicKey: leaf.publicKey,
    issuer: { subject: caName, key: ca.privateKey },
    notBefore,
    notAfter: until(leafDays),
    extensions: leafExtensions('eve@example.org'),
  });
  const key = leaf.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  const file = `root${serial}.pem`;
  return {
    signer: await signerOf('x509', key, [pem(own), pem(issuing)], from),
    yaml: `x509: { anchors: ${file}, san: 'email:eve@example.org' }`,
    files: { [file]: pem(anchor) },
  };
}

/** A new OpenPGP key, for a number of days or always. */
async function pgpKey(days: number | undefined, from: Date, window = '') {
  const made = await generateKey({
    type: 'ecc',
    curve: 'ed25519Legacy',
    userIDs: { name: 'eve', email: 'eve@example.org' },
    date: from,
    subkeys: [],
    ...(days === undefined ? {} : { keyExpirationTime: days * 86_400 }),
    format: 'armored',
  });
  const signer = await signerOf('pgp', made.privateKey, [], from);
  const fingerprint = signer.identity.method === 'pgp' ? signer.identity.fingerprint : '';
  const yaml = window === '' ? `pgp: ${fingerprint}` : `pgp: { fingerprint: ${fingerprint}, ${window} }`;
  const credential: Credential = { signer, yaml, files: {}, keyring: made.publicKey };
  return { credential, privateKey: made.privateKey };
}

async function revoked(armored: string, flag: number): Promise<string> {
  const key = await readPrivateKey({ armoredKey: armored });
  const date = new Date(NOW.getTime() + 30 * DAY);
  return (await revokeKey({ key, reasonForRevocation: { flag }, date, format: 'armored' })).publicKey;
}

/** A credential before it ends, as the policy has it afterwards, and its successor. */
interface Ending {
  readonly before: Credential;
  readonly after: Partial<Pick<Credential, 'yaml' | 'keyring' | 'files'>>;
  readonly renewed: Credential;
  /** Whether an approval that was stamped in time goes on counting. */
  readonly outlives: boolean;
}

const ENDINGS: Readonly<Record<string, () => Promise<Ending>>> = {
  'the certificate has expired': async () => ({
    before: await certified(),
    after: {},
    renewed: await certified({ from: LATER }),
    outlives: true,
  }),
  'the intermediate has expired': async () => ({
    before: await certified({ leafDays: 900, caDays: 30 }),
    after: {},
    renewed: await certified({ from: LATER }),
    outlives: true,
  }),
  // The old CA stays in the policy, with an end: it tells whose the old approval was.
  'the CA was replaced': async () => {
    const before = await certified({ leafDays: 900 });
    const yaml = before.yaml.replace(' }', `, until: "${END}" }`);
    return { before, after: { yaml }, renewed: await certified({ from: LATER }), outlives: true };
  },
  'the OpenPGP key has expired': async () => ({
    before: (await pgpKey(30, NOW)).credential,
    after: {},
    renewed: (await pgpKey(undefined, LATER)).credential,
    outlives: true,
  }),
  'the OpenPGP key was superseded': async () => {
    const { credential, privateKey } = await pgpKey(undefined, NOW);
    const renewed = (await pgpKey(undefined, LATER)).credential;
    return { before: credential, after: { keyring: await revoked(privateKey, 1) }, renewed, outlives: true };
  },
  'the OpenPGP key was compromised': async () => {
    const { credential, privateKey } = await pgpKey(undefined, NOW);
    const renewed = (await pgpKey(undefined, LATER)).credential;
    return { before: credential, after: { keyring: await revoked(privateKey, 2) }, renewed, outlives: false };
  },
  '`until` has passed': async () => ({
    before: (await pgpKey(undefined, NOW, `until: "${END}"`)).credential,
    after: {},
    renewed: (await pgpKey(undefined, LATER)).credential,
    outlives: true,
  }),
};

let others: readonly Person[];
let tsa: TimestampAuthority;

beforeAll(async () => {
  others = await Promise.all(STAGES.map((stage) => keyPerson(stage)));
  tsa = new TimestampAuthority(() => NOW);
});

type Listed = Pick<Credential, 'yaml' | 'files' | 'keyring'>;

/** A policy in which `eve` has these credentials and approves the stage; the other stages have others. */
async function policyWith(index: number, credentials: readonly Listed[], more = ''): Promise<LoadedPolicy> {
  const folder = await temporaryFolder();
  const write = (name: string, text: string) => writeFile(join(folder, name), text);
  const keyrings = credentials.flatMap(({ keyring }) => keyring ?? []);
  await write('tsa.pem', tsa.rootPem);
  for (const [at, text] of keyrings.entries()) await write(`eve${at}.asc`, text);
  for (const { files } of credentials) for (const [name, text] of Object.entries(files)) await write(name, text);
  for (const { name, publicKey } of others) await write(`${name}.pub`, publicKey);
  const byKind = Map.groupBy(credentials, ({ yaml }) => yaml.slice(0, yaml.indexOf(':')));
  const eve = [...byKind].map(
    ([kind, all]) => `${kind}: [${all.map(({ yaml }) => yaml.slice(kind.length + 1)).join(', ')}]`,
  );
  const trust = [
    'timestamps: tsa.pem',
    ...(keyrings.length > 0 ? [`keyrings: [${keyrings.map((_, at) => `eve${at}.asc`).join(', ')}]`] : []),
    ...(more === '' ? [] : [more]),
  ];
  const text = [
    'version: 1',
    'name: renewal',
    `trust: { ${trust.join(', ')} }`,
    'principals:',
    `  eve: { ${eve.join(', ')} }`,
    ...others.map(({ name }) => `  ${name}: { key: ${name}.pub }`),
    'stages:',
    ...STAGES.map((stage, at) => `  - { name: ${stage}, approvers: ${at === index ? 'eve' : stage} }`),
    '',
  ].join('\n');
  return loadPolicyBytes(Buffer.from(text), { path: join(folder, 'countersign.yaml'), folder });
}

/** An image, wherever it is. */
interface Place {
  sign(person: Person, stage: string, judge: Criteria): Promise<string>;
  verdict(judge: Criteria): Promise<ImageVerdict>;
}

const PLACES: Readonly<Record<string, () => Promise<Place>>> = {
  'a file': async () => {
    const path = await temporaryFile(typicalSif().bytes());
    return {
      sign: async (person, stage, judge) => (await signAs(path, person, stage, judge)).outcome,
      verdict: (judge) => verdictOf(path, judge),
    };
  },
  'a registry': async () => {
    const repository = await openIn(await startRegistry(), { name: 'team/app' });
    await pushOciImage(repository, { tag: '1' });
    const at = { repository, reference: '1' };
    return {
      sign: async (person, stage, judge) => (await signRemotely(at, person, stage, { judge })).outcome,
      verdict: (judge) => verdictOn(at, judge),
    };
  },
};

function personWith({ signer }: Credential, stamped: boolean): Person {
  const stamp = async (signature: Uint8Array): Promise<Uint8Array> => tsa.stamp(signature);
  return { name: 'eve', signer: stamped ? { ...signer, stamp } : signer, privateKey: '', publicKey: '' };
}

async function approveAll(place: Place, { index, eve, judge }: { index: number; eve: Person; judge: Criteria }) {
  for (const [at, stage] of STAGES.entries()) {
    const person = at === index ? eve : others[at];
    if (!person) throw new Error('nobody');
    expect(await place.sign(person, stage, judge)).toBe('signed');
  }
}

describe.each(Object.entries(ENDINGS))('%s', (_, make) => {
  describe.each(Object.entries(PLACES))('in %s', (__, open) => {
    test.each(STAGES.map((stage, index) => [stage, index] as const))('at stage %s', async (stage, index) => {
      const { before, after, renewed, outlives } = await make();
      const was = { ...before, ...after };
      const place = await open();
      const [then, ended] = [await policyWith(index, [before]), await policyWith(index, [was])];
      await approveAll(place, { index, eve: personWith(before, false), judge: await judgeBy(then) });
      expect((await place.verdict(await judgeBy(then))).verdict).toBe('passed');
      const failed = await place.verdict(await judgeBy(ended, LATER));
      expect(failed.verdict).toBe('failed');
      expect(failed.stages.find((one) => one.stage === stage)?.verdict).not.toBe('passed');

      const both = await judgeBy(await policyWith(index, [was, renewed]), LATER);
      expect(await place.sign(personWith(renewed, false), stage, both)).toMatch(/^(?:signed|replaced)$/);
      expect((await place.verdict(both)).verdict).toBe('passed');

      const stamped = await open();
      await approveAll(stamped, { index, eve: personWith(before, true), judge: await judgeBy(then) });
      expect((await stamped.verdict(await judgeBy(ended, LATER))).verdict).toBe(outlives ? 'passed' : 'failed');
    });
  });
});

test.each(Object.entries(PLACES))(
  'in %s a principal is removed: the successor and the next stage approve anew',
  async (_, open) => {
    const [eve, mia] = [(await pgpKey(undefined, NOW)).credential, (await pgpKey(undefined, NOW)).credential];
    for (const [index, stage] of STAGES.entries()) {
      const place = await open();
      await approveAll(place, {
        index,
        eve: personWith(eve, true),
        judge: await judgeBy(await policyWith(index, [eve])),
      });
      const without = await judgeBy(await policyWith(index, [mia]), LATER);
      expect((await place.verdict(without)).verdict).toBe('failed');
      expect(await place.sign(personWith(mia, false), stage, without)).toBe('signed');
      for (const [at, later] of STAGES.entries()) {
        const person = others[at];
        // Only the next stage had seen it; those after that have seen the one that is renewed.
        if (at > index && person)
          expect(await place.sign(person, later, without)).toBe(at === index + 1 ? 'signed' : 'unchanged');
      }
      expect((await place.verdict(without)).verdict).toBe('passed');
    }
  },
);

test('a cross-signed intermediate that is younger than the signature leads to the new root', async () => {
  const [old, fresh, ca, leaf] = [0, 1, 2, 3].map(() => generateKeyPairSync('ec', { namedCurve: 'P-256' }));
  if (!old || !fresh || !ca || !leaf) throw new Error('no keys');
  const pem = (der: Uint8Array): string => encodePem('CERTIFICATE', der);
  const from = new Date(NOW.getTime() - DAY);
  const years = new Date(NOW.getTime() + 3000 * DAY);
  const cross = (root: typeof old, subject: string, notBefore: Date): Uint8Array =>
    encodeCertificate({
      subject: 'Issuing',
      publicKey: ca.publicKey,
      issuer: { subject, key: root.privateKey },
      notBefore,
      notAfter: years,
      extensions: caExtensions(),
    });
  const root = (pair: typeof old, subject: string, notBefore: Date): Uint8Array =>
    encodeCertificate({
      subject,
      publicKey: pair.publicKey,
      issuer: { subject, key: pair.privateKey },
      notBefore,
      notAfter: years,
      extensions: caExtensions(),
    });
  const own = encodeCertificate({
    subject: 'Eve',
    publicKey: leaf.publicKey,
    issuer: { subject: 'Issuing', key: ca.privateKey },
    notBefore: from,
    notAfter: new Date(NOW.getTime() + 30 * DAY),
    extensions: leafExtensions('eve@example.org'),
  });
  const key = leaf.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  const signer = await signerOf('x509', key, [pem(own), pem(cross(old, 'Old', from))], NOW);
  const yaml = (file: string): string => `x509: { anchors: ${file}, san: 'email:eve@example.org' }`;
  const before = { signer, yaml: yaml('old.pem'), files: { 'old.pem': pem(root(old, 'Old', from)) } };
  const path = await temporaryFile(typicalSif().bytes());
  const then = await judgeBy(await policyWith(0, [before]));
  await signAs(path, personWith(before, true), 'author', then);
  const newer = new Date(LATER.getTime() - 10 * DAY);
  const files = { 'new.pem': pem(root(fresh, 'New', newer)), 'cross.pem': pem(cross(fresh, 'New', newer)) };
  const after = { yaml: yaml('new.pem'), files };
  const asked = { stages: ['author'] };
  const alone = await judgeBy(await policyWith(0, [after]), LATER);
  expect(stagesOf(await verdictOf(path, { ...alone, ...asked }))).toEqual({ author: 'missing' });
  const crossed = await judgeBy(await policyWith(0, [after], 'intermediates: cross.pem'), LATER);
  expect(stagesOf(await verdictOf(path, { ...crossed, ...asked }))).toEqual({ author: 'passed' });
});
