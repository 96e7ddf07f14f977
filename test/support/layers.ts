// SPDX-License-Identifier: Apache-2.0
// People with throw-away keys of each kind, a policy that knows them, and one-line calls to sign and judge an image.

import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generateKey } from 'openpgp';
import { sifFileTarget } from '../../src/stage/sif-target.ts';
import { signStage, type StageRequest, type StageResult } from '../../src/stage/stage.ts';
import { createCriteria, type Criteria, mergeTrust, type VerifiedSif, verifySifFile } from '../../src/image/verify.ts';
import { type LoadedPolicy, loadPolicyBytes } from '../../src/policy/document/load.ts';
import type { ImageVerdict } from '../../src/policy/verdict.ts';
import { Secret } from '../../src/base/secret.ts';
import { generateX509Chain } from '../../src/crypto/x509/generate.ts';
import { generatePgpKey } from '../../src/crypto/pgp/generate.ts';
import { createSigner, type Signer, type SignerOptions } from '../../src/crypto/signer.ts';

/** When everything in these tests happens. */
export const NOW = new Date('2026-11-22T12:00:00Z');

/** Somebody who can sign. */
export interface Person {
  readonly name: string;
  readonly signer: Signer;
  /** Private key file, PEM or armored. */
  readonly privateKey: string;
  /** Public key or, for certificates, the trust anchor; PEM or armored. */
  readonly publicKey: string;
  /** X.509 only. */
  readonly certificate?: string;
  readonly intermediates?: string;
}

/** A person with a new OpenPGP key. */
export async function pgpPerson(name: string, now: Date = NOW): Promise<Person> {
  return pgpPersonOf(name, await generatePgpKey({ name, email: `${name}@example.org`, now }), now);
}

/** A person with an OpenPGP key that is there. */
export async function pgpPersonOf(
  name: string,
  { privateKey, publicKey }: { readonly privateKey: string; readonly publicKey: string },
  now: Date,
): Promise<Person> {
  return { name, privateKey, publicKey, signer: await signerOf('pgp', privateKey, { now }) };
}

/** A person with an OpenPGP key that ends after some days. */
export async function endingPgpPerson(name: string, days: number, now: Date = NOW): Promise<Person> {
  const { privateKey, publicKey } = await generateKey({
    type: 'ecc',
    curve: 'ed25519Legacy',
    userIDs: { name, email: `${name}@example.org` },
    date: now,
    subkeys: [],
    keyExpirationTime: days * 86_400,
    format: 'armored',
  });
  return { name, privateKey, publicKey, signer: await signerOf('pgp', privateKey, { now }) };
}

/** A person with a new bare key. */
export async function keyPerson(name: string, type: 'p256' | 'p384' | 'ed25519' = 'ed25519'): Promise<Person> {
  const pair =
    type === 'ed25519'
      ? generateKeyPairSync('ed25519')
      : generateKeyPairSync('ec', { namedCurve: type === 'p256' ? 'P-256' : 'P-384' });
  const privateKey = pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  const publicKey = pair.publicKey.export({ type: 'spki', format: 'pem' }).toString();
  return { name, privateKey, publicKey, signer: await signerOf('key', privateKey) };
}

/** New bare keys as NAME.pem and NAME.pub in a folder. */
export async function writeKeyPairs(folder: string, ...names: readonly string[]): Promise<void> {
  for (const name of names) {
    const { privateKey, publicKey } = await keyPerson(name, 'p256');
    await writeFile(join(folder, `${name}.pem`), privateKey, { mode: 0o600 });
    await writeFile(join(folder, `${name}.pub`), publicKey);
  }
}

/** The policy by which alice approves author and bob, after her, security; the keys are beside it. */
export const ALICE_THEN_BOB = `version: 1
name: test
principals: { alice: { key: alice.pub }, bob: { key: bob.pub } }
stages:
  - { name: author, approvers: alice }
  - { name: security, approvers: bob, after: author }
`;

/** A person with a certificate of a new CA. */
export async function x509Person(name: string, now: Date = NOW): Promise<Person> {
  const { privateKey, certificate, intermediates, root } = await generateX509Chain({
    name,
    email: `${name}@example.org`,
    days: 30,
    now,
  });
  const signer = await signerOf('x509', privateKey, { certificate, certificateChain: intermediates, now });
  return { name, privateKey, publicKey: root, certificate, intermediates, signer };
}

function signerOf(
  method: SignerOptions['method'],
  key: string,
  more: { readonly certificate?: string; readonly certificateChain?: string; readonly now?: Date } = {},
): Promise<Signer> {
  const { certificate, certificateChain, now = NOW } = more;
  return createSigner({
    method,
    key: new Secret(Buffer.from(key)),
    passphrase: undefined,
    certificate,
    certificateChain,
    now,
  });
}

/** A policy in which each person is a principal of that name; `stages` is the YAML of the list. */
export async function policyFor(
  people: readonly Person[],
  stages: string,
  more: {
    readonly timestamps?: string;
    readonly windows?: Readonly<Record<string, string>>;
    /** YAML of one entry of the list `deny`. */
    readonly deny?: string;
  } = {},
): Promise<LoadedPolicy> {
  const folder = await mkdtemp(join(tmpdir(), 'countersign-policy-'));
  try {
    const keyrings = people.filter(({ signer }) => signer.method === 'pgp').map(({ name }) => `${name}.pub`);
    for (const { name, publicKey } of people) await writeFile(join(folder, `${name}.pub`), publicKey);
    if (more.timestamps !== undefined) await writeFile(join(folder, 'tsa.pem'), more.timestamps);
    const trust = [
      ...(keyrings.length > 0 ? [`keyrings: [${keyrings.join(', ')}]`] : []),
      ...(more.timestamps === undefined ? [] : ['timestamps: tsa.pem']),
    ];
    const text = [
      'version: 1',
      'name: test',
      ...(trust.length > 0 ? [`trust: { ${trust.join(', ')} }`] : []),
      'principals:',
      ...people.map((person) => principal(person, more.windows?.[person.name])),
      'stages:',
      stages,
      ...(more.deny === undefined ? [] : ['deny:', `  - ${more.deny}`]),
      '',
    ].join('\n');
    return await loadPolicyBytes(Buffer.from(text), { path: join(folder, 'countersign.yaml'), folder });
  } finally {
    await rm(folder, { recursive: true });
  }
}

function principal({ name, signer }: Person, window?: string): string {
  const { identity } = signer;
  const more = window === undefined ? '' : `, ${window}`;
  if (identity.method === 'pgp') return `  ${name}: { pgp: ${identity.fingerprint}${more} }`;
  if (identity.method === 'key') return `  ${name}: { key: ${name}.pub${more} }`;
  return `  ${name}: { x509: { anchors: ${name}.pub, san: 'email:${name}@example.org' }${more} }`;
}

/** The usual pipeline: author, then security, then production, one approver each. */
export function pipeline(author: string, security: string, production: string): string {
  return [
    `  - { name: author, approvers: [${author}] }`,
    `  - { name: security, approvers: [${security}] }`,
    `  - { name: production, approvers: [${production}] }`,
  ].join('\n');
}

/** A judge with this policy. */
export function judgeBy(policy: LoadedPolicy, now: Date = NOW): Promise<Criteria> {
  return createCriteria({ policy, now });
}

/** A judge without a policy that trusts these people. */
export function judgeTrusting(
  people: readonly Person[],
  more: { readonly requiredStages?: readonly string[]; readonly now?: Date } = {},
): Promise<Criteria> {
  const material = mergeTrust(people.map(({ signer }) => signer.publicMaterial));
  return createCriteria({ policy: undefined, material, now: NOW, ...more });
}

/** What a signer asks for, as sign-stage does with its defaults. */
export function stageRequest(signer: Signer, stage: string, now: Date, more: Partial<StageRequest> = {}): StageRequest {
  return {
    stage,
    signer,
    now,
    native: 'auto',
    replace: false,
    dryRun: false,
    verifyPrevious: true,
    expires: undefined,
    reason: undefined,
    ticket: undefined,
    run: undefined,
    resourceUri: 'file:image.sif',
    toolVersion: '0.0.0',
    ...more,
  };
}

/** Signs a stage as sign-stage does with its defaults. */
export function signAs(
  path: string,
  person: Person,
  stage: string,
  judge: Criteria,
  more: Partial<StageRequest> = {},
): Promise<StageResult> {
  return signStage(sifFileTarget(path), judge, stageRequest(person.signer, stage, judge.now, more));
}

/** The verdict about a file. */
export async function verdictOf(path: string, judge: Criteria): Promise<ImageVerdict> {
  return (await verifySifFile(path, judge)).verdict;
}

export function examined(path: string, judge: Criteria): Promise<VerifiedSif> {
  return verifySifFile(path, judge);
}

/** Codes of the problems, remarks left out, that the verdict gives for the image and its stages. */
export function problemsOf(verdict: ImageVerdict): readonly string[] {
  const all = [...verdict.reasons, ...verdict.stages.flatMap(({ reasons }) => reasons)];
  return [...new Set(all.filter(({ severity }) => severity !== 'remark').map(({ code }) => code))].sort();
}

/** Messages of all reasons in a verdict. */
export function messagesOf(verdict: ImageVerdict): readonly string[] {
  const parts = [verdict, ...verdict.stages, ...verdict.layers, ...verdict.evidence];
  return parts.flatMap(({ reasons }) => reasons.map(({ message }) => message));
}

/** Outcome of each stage, by name. */
export function stagesOf(verdict: ImageVerdict): Readonly<Record<string, string>> {
  return Object.fromEntries(verdict.stages.map(({ stage, verdict: outcome }) => [stage, outcome]));
}

/** Runs `body` and says with which code it failed and whether the file is byte for byte as before. */
export async function refusal(
  path: string,
  body: () => Promise<unknown>,
): Promise<{ code: unknown; unchanged: boolean }> {
  const before = await readFile(path);
  const code = await body().then(
    () => 'no error',
    (error: unknown) => (error instanceof Error && 'code' in error ? error.code : error),
  );
  return { code, unchanged: before.equals(await readFile(path)) };
}
