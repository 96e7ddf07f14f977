// SPDX-License-Identifier: Apache-2.0
// A loaded policy → what `policy check` shows: who is who, which stages there are, and what is allowed though unwise.

import { quorumText } from '../../policy/rules/unmet.ts';
import { denialText } from '../../findings/denial.ts';
import { denialsOf } from '../../policy/denials.ts';
import { neverFilled } from '../../policy/rules/never.ts';
import { quorumsOf } from '../../policy/rules/threshold.ts';
import type { LoadedPolicy } from '../../policy/document/load.ts';
import type { Credential, Policy, Principal, Requirement, Stage, Team } from '../../policy/document/model.ts';
import { sha256Hex } from '../../base/bytes.ts';
import { counted, listed, printable, toSecond } from '../../base/text.ts';
import { describeCredential, explainPolicy } from './explain.ts';
import {
  aloneWarnings,
  exceptionWarnings,
  type InstanceEntry,
  keylessSummary,
  objectWarnings,
  principalWarnings,
  stageWarnings,
} from './warnings.ts';

/** A public key of a keyring, as far as the summary shows it. */
export interface KeyringEntry {
  readonly fingerprint: string;
  readonly userIds: readonly string[];
  /** Null when it does not expire. */
  readonly expires: Date | null;
  /** Why no signature by it counts now, in the words of a verification. */
  readonly problem: string | undefined;
  /** Of its parts that can sign: whoever has one of them is the same signer, in whatever format. */
  readonly hints: readonly string[];
}

interface CertificateEntry {
  readonly use: 'anchor' | 'intermediate' | 'certificate';
  readonly sha256: string;
  readonly subject: string;
  readonly issuer: string;
  readonly notBefore: string;
  readonly notAfter: string;
}

/** What `policy check --json` prints. */
interface PolicySummary {
  readonly name: string;
  readonly digest: string;
  readonly path: string;
  readonly principals: readonly Principal[];
  readonly teams: readonly Team[];
  readonly stages: readonly Stage[];
  readonly distinct: readonly (readonly string[])[];
  readonly keyring: readonly {
    readonly fingerprint: string;
    readonly userIds: readonly string[];
    readonly expires: string | null;
  }[];
  readonly certificates: readonly CertificateEntry[];
  readonly sigstore: readonly InstanceEntry[];
  /** Of each kind the first; `warningCount` is how many there are. */
  readonly warnings: readonly string[];
  readonly warningCount: number;
  /** Who can do what, a sentence each. */
  readonly explanation: readonly string[];
  /** Stages that nobody can have approved as things are. */
  readonly problems: readonly string[];
}

/** The summary; `keyring` are the keys in the policy's keyrings. */
export async function summarizePolicy(
  loaded: LoadedPolicy,
  keyring: readonly KeyringEntry[],
  now: Date,
): Promise<PolicySummary> {
  const { policy, trust } = loaded;
  const certificates = [
    ...(await certificateEntries(trust.anchors, 'anchor')),
    ...(await certificateEntries(trust.intermediates, 'intermediate')),
    ...(await certificateEntries(trust.certificates, 'certificate')),
  ];
  const keyless = await keylessSummary(loaded);
  const useless = uselessness(policy, { keyring, certificates, instances: keyless.instances }, now);
  const hints = new Map(keyring.map((entry) => [entry.fingerprint, entry.hints]));
  const unmet = unmetStages(policy, { useless, hints });
  return {
    name: loaded.name,
    digest: loaded.digest,
    path: loaded.path,
    principals: policy.principals,
    teams: policy.teams ?? [],
    stages: policy.stages,
    distinct: policy.distinct,
    keyring: keyring.map(({ fingerprint, userIds, expires }) => ({
      fingerprint,
      userIds,
      expires: expires?.toISOString() ?? null,
    })),
    certificates,
    sigstore: keyless.instances,
    ...gathered([
      uselessWarnings(policy, useless),
      certificates.flatMap((entry) => validityProblem(entry, now) ?? []),
      stageWarnings(policy),
      objectWarnings(policy),
      aloneWarnings(policy),
      exceptionWarnings(policy, now),
      ...principalWarnings(loaded),
      ...keyless.warnings,
      unmet.warnings,
    ]),
    explanation: explainPolicy(policy),
    problems: unmet.problems,
  };
}

/** What reads certificates is loaded only when there are any. */
async function certificateEntries(
  ders: readonly Uint8Array[],
  use: CertificateEntry['use'],
): Promise<readonly CertificateEntry[]> {
  if (ders.length === 0) return [];
  const { certificateIdentity, parseCertificate } = await import('../../crypto/x509/certificate.ts');
  return ders.map((der) => {
    const { subject, issuer, notBefore, notAfter } = certificateIdentity(parseCertificate(der));
    return { use, sha256: sha256Hex(der), subject, issuer, notBefore, notAfter };
  });
}

/** Says why nobody can be recognised by a credential now; undefined where somebody can. */
type Uselessness = (principal: string, credential: Credential) => string | undefined;

function uselessness(
  policy: Policy,
  known: {
    readonly keyring: readonly KeyringEntry[];
    readonly certificates: readonly CertificateEntry[];
    readonly instances: readonly InstanceEntry[];
  },
  now: Date,
): Uselessness {
  const keys = new Map(known.keyring.map((entry) => [entry.fingerprint, entry]));
  const valid = known.certificates.filter((entry) => validityProblem(entry, now) === undefined);
  const anchors = new Set(valid.flatMap(({ use, sha256 }) => (use === 'anchor' ? sha256 : [])));
  return (name, credential) => {
    const denial = denialsOf(policy, name, credential).find(({ since }) => !since || since <= now);
    if (denial) return `${name}: ${describeCredential(credential)} ${denialText(denial)}`;
    if (!isOpen(credential, now))
      return `${name}: ${describeCredential(credential)} does not count now, by from or until`;
    if (credential.method === 'pgp') {
      const key = keys.get(credential.fingerprint);
      if (key) return key.problem === undefined ? undefined : `${name}: ${key.problem}`;
      return `the key ${credential.fingerprint} of ${name} is in no keyring: signatures by it cannot be checked`;
    }
    if (credential.method === 'key') return undefined;
    if (credential.method === 'x509')
      return credential.anchors.some((anchor) => anchors.has(anchor))
        ? undefined
        : `${name}: no anchor of ${describeCredential(credential)} is valid now`;
    return known.instances.length > 0
      ? undefined
      : `${name} signs keyless, and trust.sigstore names no trusted root to check that with`;
  };
}

function* uselessWarnings({ principals }: Policy, why: Uselessness): Generator<string> {
  for (const { name, credentials } of principals)
    for (const credential of credentials) {
      const warning = why(name, credential);
      if (warning !== undefined) yield warning;
    }
}

/** Of each kind the first, and how many there are: a policy of a hundred thousand people can cause twice as many. */
function gathered(kinds: readonly Iterable<string>[]): Pick<PolicySummary, 'warnings' | 'warningCount'> {
  const warnings: string[] = [];
  let warningCount = 0;
  for (const kind of kinds) {
    let count = 0;
    for (const warning of kind) {
      count += 1;
      if (count <= SHOWN) warnings.push(warning);
    }
    if (count > SHOWN) warnings.push(`and ${(count - SHOWN).toLocaleString('en')} more like these`);
    warningCount += count;
  }
  return { warnings, warningCount };
}

function isOpen({ window: { from, until } = {} }: Credential, now: Date): boolean {
  return !(from !== undefined && now.getTime() < from) && !(until !== undefined && now.getTime() >= until);
}

/** What fails even if everybody approves everything with every key that counts; of what that is not known, why. */
function unmetStages(
  { principals, stages, distinct }: Policy,
  { useless, hints }: { readonly useless: Uselessness; readonly hints: ReadonlyMap<string, readonly string[]> },
) {
  const people = new Map(principals.map((one) => [one.name, one]));
  const never = neverFilled({ stages, distinct }, (name) => {
    const { many, credentials = [] } = people.get(name) ?? {};
    const able = credentials.filter((credential) => useless(name, credential) === undefined);
    if (many && able.some(({ method }) => method === 'x509')) return 'any';
    return able.flatMap((credential) => {
      const uses = [...(many ? [] : [`principal ${name}`]), signerOf(credential, name)];
      const keys = credential.method === 'pgp' ? hints.get(credential.fingerprint) : undefined;
      return keys ? keys.map((hint) => [...uses, `key ${hint}`]) : [uses];
    });
  });
  const [unknown, failed] = [never.filter(({ undecided }) => undecided), never.filter(({ undecided }) => !undecided)];
  return {
    warnings: unknown.map(
      ({ stage }) =>
        `stage ${stage} has so many approvers, and needs so many of them or has so many with the same keys, that it was not found out whether it can be approved`,
    ),
    problems: failed.map(({ stage, principals: filling }) => {
      const needed = stages.find(({ name }) => name === stage)?.threshold ?? 0;
      const who = filling.length === 0 ? 'none' : `only ${listed(filling)}`;
      return `stage ${stage} can never be approved: it needs ${needed} of its approvers with different keys that count, and has ${who}; add approvers, or put keys that count into the policy`;
    }),
  };
}

/** Certificates of one CA can be many; a key is one person's, whoever else lists it. */
function signerOf(credential: Credential, principal: string): string {
  return credential.method === 'x509' || credential.method === 'sigstore'
    ? `${principal} ${describeCredential(credential)}`
    : describeCredential(credential);
}

function validityProblem({ use, subject, notBefore, notAfter }: CertificateEntry, now: Date): string | undefined {
  if (!(Date.parse(notAfter) > now.getTime())) return `the ${use} ${subject} expired at ${toSecond(notAfter)}`;
  if (!(Date.parse(notBefore) <= now.getTime()))
    return `the ${use} ${subject} is not valid before ${toSecond(notBefore)}`;
  return undefined;
}

/** People that are shown with their credentials, and warnings of one kind, at most. */
const SHOWN = 200;

/** The summary as text. */
export function renderPolicySummary(summary: PolicySummary): string {
  const { principals, distinct, warnings, warningCount, problems } = summary;
  const lines = [`policy ${summary.name}  ${summary.digest}`, '  principals', ...principalLines(summary)];
  if (principals.length > SHOWN) lines.push(`    and ${counted(principals.length - SHOWN, 'other')}; --json has all`);
  if (summary.teams.length > 0) lines.push('  teams');
  for (const { name, members } of summary.teams) lines.push(`    ${name}  ${listed(members)}`);
  lines.push('  stages');
  for (const stage of summary.stages) {
    const after = stage.after.length > 0 ? `  after ${stage.after.join(', ')}` : '';
    const native = stage.native.length > 0 ? `  native ${stage.native.join(', ')}` : '';
    lines.push(`    ${stage.name}  ${quorumsOf(stage).map(quorumText).join(' and ')}${after}${native}`);
    for (const requirement of stage.requires) lines.push(`      requires ${describeRequirement(requirement)}`);
  }
  for (const group of distinct) lines.push(`    distinct: ${group.join(', ')}`);
  for (const { use, subject, notAfter } of summary.certificates)
    lines.push(`  ${use}  ${subject}  until ${toSecond(notAfter)}`);
  for (const { authorities, log, timestamps, sct } of summary.sigstore)
    lines.push(`  sigstore  ${authorities.join(' or ')}  log ${log}, timestamps ${timestamps}, sct ${sct}`);
  const parts = { 'in words': summary.explanation, warnings, problems };
  for (const [title, sentences] of Object.entries(parts)) {
    if (sentences.length > 0) lines.push(`  ${title}`);
    // One by one: a hundred thousand are too many for one call.
    for (const sentence of sentences) lines.push(`    ${sentence}`);
  }
  const found = warningCount === 0 ? '' : `; ${counted(warningCount, 'warning')}`;
  lines.push(`${problems.length === 0 ? 'the policy can be used' : 'no image can ever pass this policy'}${found}`);
  return `${lines.map((line) => printable(line, 2000)).join('\n')}\n`;
}

function principalLines({ principals, keyring }: PolicySummary): readonly string[] {
  const keys = new Map(keyring.map(({ fingerprint, userIds }) => [fingerprint, userIds[0]]));
  return principals.slice(0, SHOWN).flatMap(({ name, many, credentials }) =>
    credentials.map((credential) => {
      const userId = credential.method === 'pgp' ? keys.get(credential.fingerprint) : undefined;
      const who = `    ${name}${many ? '  many' : ''}  ${describeCredential(credential)}`;
      return `${who}${userId === undefined ? '' : `  ${userId}`}`;
    }),
  );
}

function describeRequirement({ evidence, count, signedBy, condition }: Requirement): string {
  const vex = condition.of === 'findings' && condition.vexBy?.length ? `, VEX by ${condition.vexBy.join(' or ')}` : '';
  return `${count > 1 ? `${count} ` : ''}${evidence} by ${signedBy.join(' or ')}${vex}`;
}
