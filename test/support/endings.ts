// SPDX-License-Identifier: Apache-2.0
// How credentials end: an image that somebody approved, without proof of its time, with a timestamp, and listed by a later
// approval that has one; and what becomes of it under a policy, as rows of the tables in docs/endings.md.

import { createPrivateKey } from 'node:crypto';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parsePem } from '../../src/base/bytes.ts';
import { Secret } from '../../src/base/secret.ts';
import { createSigner, type Signer } from '../../src/crypto/signer.ts';
import { trustIn } from '../../src/crypto/trust.ts';
import { certificateIdentity, parseCertificate } from '../../src/crypto/x509/certificate.ts';
import type { Verifier } from '../../src/crypto/verifier.ts';
import { createCriteria, type Criteria } from '../../src/image/verify.ts';
import type { LoadedPolicy } from '../../src/policy/document/load.ts';
import { isProblem } from '../../src/policy/reasons.ts';
import { claimedIdentity } from '../../src/stage/review.ts';
import { judgeBy, type Person, signAs, verdictOf } from './layers.ts';
import { OPENSSL_CA, OpensslParty, type OpensslRevocation } from './openssl-ca.ts';
import { runPeer } from './peers.ts';
import { typicalSif } from './sif-builder.ts';
import { TimestampAuthority } from './timestamp-authority.ts';

export const day = (text: string) => new Date(`2026-${text}T00:00:00Z`);
/** Keys are made, the image is approved and stamped, something ends, everything is judged. */
export const [MADE, SIGNED, BETWEEN, NOW] = [day('01-01'), day('03-01'), day('06-01'), day('11-22')];
/** From before and from after the approval. */
export const [EARLIER, SINCE] = [day('02-01'), day('04-01')];
/** Where in a chain. */
export const PLACES = ['leaf', 'intermediate', 'anchor'] as const;
export type Where = (typeof PLACES)[number];
export type Chain = Readonly<Record<Where, OpensslParty>>;
export const STAGES = '  - { name: author, approvers: [ada] }\n  - { name: security, approvers: [zoe] }';

interface Wish {
  /** Lines of the leaf's extensions. */
  readonly leaf: string;
  /** Begin of all names. */
  readonly name?: string;
  readonly where?: Where;
  readonly until?: Date;
  readonly usage?: string;
}

/** A chain in which one certificate is as wished. */
export async function chainIn(folder: string, { leaf, where, until, usage, name = '' }: Wish): Promise<Chain> {
  const of = (place: Where, base: string) => {
    if (place !== where) return { extensions: base };
    const extensions = usage ? `${base.replace(/\nextendedKeyUsage.*/, '')}\nextendedKeyUsage=${usage}` : base;
    return { extensions, ...(until ? { until } : {}) };
  };
  const anchor = await OpensslParty.create(`${name}root`, folder, of('anchor', OPENSSL_CA));
  const intermediate = await anchor.issue(`${name}ca`, of('intermediate', OPENSSL_CA));
  return { anchor, intermediate, leaf: await intermediate.issue(`${name}leaf`, of('leaf', leaf)) };
}

/** What the lists of a chain say: `missing` and `stale` name the certificate that they are silent about. */
export interface Lists {
  readonly revoked?: readonly OpensslRevocation[];
  readonly missing?: Where;
  readonly stale?: Where;
}

/** Lists of each CA: one in force when it was approved, one from before anything ends, one in force when it is judged. */
export async function listsOf(chain: Chain, { revoked = [], missing, stale }: Lists = {}): Promise<readonly string[]> {
  const lists: string[] = [];
  for (const [party, speaksOf] of [
    [chain.intermediate, ['leaf']],
    [chain.anchor, ['intermediate', 'anchor']],
  ] as const) {
    if (speaksOf.some((place) => place === missing)) continue;
    const end = speaksOf.some((place) => place === stale) ? day('11-21') : day('12-01');
    const moments = [
      [day('02-20'), SINCE],
      [day('05-20'), day('06-20')],
      [day('11-20'), end],
    ] as const;
    for (const [index, [from, until]] of moments.entries()) {
      const mine = revoked.filter(({ of, at }) => (of.issuer ?? of) === party && at < from);
      lists.push(await party.crl(index + 1, { from, until, revoked: mine }));
    }
  }
  return lists;
}

export const derOf = (pem: string) => parsePem(pem)[0]?.der ?? new Uint8Array();

/** Somebody with the leaf of a chain, be it one that our own signer refuses to sign with. */
export async function certified(chain: Chain, issuer: OpensslParty = chain.intermediate): Promise<Person> {
  const [leaf, ca, root] = await Promise.all([chain.leaf.pem(), issuer.pem(), chain.anchor.pem()]);
  const key = new Secret(Buffer.from(await chain.leaf.key()));
  const none = { passphrase: undefined, certificate: undefined, certificateChain: undefined, now: SIGNED };
  const bare = await createSigner({ method: 'key', key, ...none });
  const signer: Signer = {
    ...bare,
    method: 'x509',
    identity: certificateIdentity(parseCertificate(derOf(leaf))),
    material: { kind: 'certificates', chain: [derOf(leaf), derOf(ca)] },
    publicMaterial: trustIn({ anchors: [derOf(root)], intermediates: [derOf(ca)], certificates: [derOf(leaf)] }),
  };
  return { name: 'ada', signer, privateKey: '', publicKey: root };
}

/** A timestamp authority with the leaf of a chain, whose clock stands still at the approval. */
export async function authorityOf({ leaf, intermediate }: Chain): Promise<TimestampAuthority> {
  const certificates = [derOf(await leaf.pem()), derOf(await intermediate.pem())];
  const key = createPrivateKey(await leaf.key());
  const authority = new TimestampAuthority(() => SIGNED, { as: { certificates, key } });
  authority.options = { certificates };
  return authority;
}

/** Lets anybody sign whose signature is good, be their certificate or not. */
function believing(judge: Criteria): Criteria {
  const { verifier, policy } = judge;
  const verifyDsse: Verifier['verifyDsse'] = async (input, now) => {
    const check = await verifier.verifyDsse(input, now);
    if (check.status !== 'untrusted' || !check.identity || !policy) return check;
    return { ...check, status: 'valid', reasons: [], identity: claimedIdentity(policy.policy, check.identity) };
  };
  const rest = {
    forKeys: verifier.forKeys.bind(verifier),
    withCrls: (crls: readonly Uint8Array[]) => believing({ ...judge, verifier: verifier.withCrls(crls) }).verifier,

    verifyCleartext: verifier.verifyCleartext.bind(verifier),
    verifySigned: verifier.verifySigned.bind(verifier),
  };
  return { ...judge, verifier: { ...rest, verifyDsse } };
}

/** The image three times: nothing stamped, the approval stamped, a later one stamped. */
export async function threeWays(
  folder: string,
  { policy, ada, zoe, tsa }: { policy: LoadedPolicy; ada: Person; zoe: Person; tsa: TimestampAuthority },
): Promise<readonly string[]> {
  const judge = believing(await judgeBy(policy, SIGNED));
  const stamp = async (signature: Uint8Array) => tsa.stamp(signature, tsa.options);
  const stamping = (person: Person, is: boolean) => (is ? { ...person, signer: { ...person.signer, stamp } } : person);
  const paths: string[] = [];
  for (const way of ['none', 'own', 'later']) {
    const path = join(await mkdtemp(join(folder, 'image-')), 'app.sif');
    await writeFile(path, typicalSif().bytes());
    await signAs(path, stamping(ada, way === 'own'), 'author', judge, { verifyPrevious: false });
    await signAs(path, stamping(zoe, way === 'later'), 'security', judge, { verifyPrevious: false });
    paths.push(path);
  }
  return paths;
}

/** What becomes of the first approval: `counts`, or why it does not; with what is said of the timestamps. */
export async function cellsOf(
  paths: readonly string[],
  { policy, lists = [], revocation = 'require' }: Judged,
): Promise<readonly { readonly cell: string; readonly time: string }[]> {
  const crls = lists.flatMap((pem) => parsePem(pem).map(({ der }) => der));
  const material = trustIn(crls.length > 0 ? { crls, revocation } : {});
  const criteria = await createCriteria({ policy, material, now: NOW });
  const verdicts = await Promise.all(paths.map((path) => verdictOf(path, criteria)));
  return verdicts.map((verdict) => {
    const [author, security] = verdict.stages;
    const bad = verdict.layers.filter(({ stage, kind }) => stage === 'author' && kind === 'bundle');
    const problem = [...bad, ...(author ? [author] : [])].flatMap(({ reasons }) => reasons).find(isProblem)?.code;
    const cell = author?.verdict === 'passed' ? 'counts' : (problem ?? '');
    // The image passes with that approval, and never without.
    if ((verdict.verdict === 'passed') !== (cell === 'counts' && security?.verdict === 'passed'))
      throw new Error(`${verdict.verdict}, although ${cell}`);
    const codes = verdict.layers.flatMap(({ reasons }) => reasons.map(({ code }) => code));
    return { cell, time: codes.find((code) => code.startsWith('TIMESTAMP_')) ?? 'proves' };
  });
}

interface Judged {
  readonly policy: LoadedPolicy;
  /** PEM. */
  readonly lists?: readonly string[];
  readonly revocation?: 'require' | 'warn';
}

/** Whether `openssl ts -verify` believes a timestamp of the authority, at a time. */
export async function opensslBelieves(
  chain: Chain,
  tsa: TimestampAuthority,
  { at, lists }: { readonly at: Date; readonly lists: readonly string[] },
): Promise<string> {
  const cwd = chain.leaf.folder;
  const data = Buffer.from('a signature');
  await writeFile(join(cwd, 'data'), data);
  await writeFile(join(cwd, 'token.tsr'), tsa.stamp(data, tsa.options));
  await writeFile(join(cwd, 'trusted.pem'), [await chain.anchor.pem(), ...lists].join(''));
  await writeFile(join(cwd, 'between.pem'), await chain.intermediate.pem());
  const files = ['-data', 'data', '-in', 'token.tsr', '-CAfile', 'trusted.pem', '-untrusted', 'between.pem'];
  const when = ['-crl_check_all', '-attime', String(at.getTime() / 1000)];
  return (await runPeer('openssl', ['ts', '-verify', ...files, ...when], { cwd })).exitCode === 0
    ? 'accepts'
    : 'refuses';
}

/** A table in Markdown; lines that differ in their second cell alone are one. */
export function tableOf(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const merged = new Map<string, string[]>();
  for (const [what = '', where = '', ...cells] of rows) {
    const key = JSON.stringify([what, cells]);
    merged.set(key, [what, [merged.get(key)?.[1], where].filter(Boolean).join(', '), ...cells]);
  }
  const lines = [head, head.map(() => '---'), ...merged.values()];
  return lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}
