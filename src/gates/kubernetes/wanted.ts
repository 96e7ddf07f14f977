// SPDX-License-Identifier: Apache-2.0
// What a cluster's gate asks of an image: verification summaries that say certain things, by certain keys. A plain "signed by
// this key" is never asked, since evidence fulfils it.

import { isDeepStrictEqual } from 'node:util';
import { encodePem, equalBytes } from '../../base/bytes.ts';
import { APPROVAL_PREDICATE_TYPE } from '../../attest/approval.ts';
import { VERDICT_VERIFIER_ID } from '../../attest/record.ts';
import type { SigstoreTrust } from '../../crypto/verifier.ts';
import type { LoadedPolicy } from '../../policy/document/load.ts';
import type { Credential, KeyCredential, SigstoreCredential, Stage } from '../../policy/document/model.ts';
import { asksOf, keyWithHint, type StageAsk, thresholdLoss } from '../asks.ts';
import { GateError } from '../errors.ts';
import { ruleLosses } from '../losses.ts';
import type { Loss } from '../verdict.ts';

/** By what a gate knows who signed: a key, or the name in a short-lived certificate. */
export type Mark =
  /** SPKI, DER. */
  | { readonly by: 'key'; readonly spki: Uint8Array }
  /** Issuer and name of the certificate, the name as a pattern of the policy, and the instance that gives certificates. */
  | { readonly by: 'name'; readonly issuer: string; readonly san: string; readonly instance: SigstoreTrust };

/** Somebody, and the marks of which one is enough. */
export interface WantedSigner {
  readonly name: string;
  readonly marks: readonly Mark[];
}

/** A summary that must be there, by enough of the signers. */
export interface Wanted {
  /** In words: whose approval, or the verdict. */
  readonly what: string;
  /** `verifier.id` that it has. */
  readonly verifierId: string;
  /** For a verdict: the hex SHA-256 of the policy, in its `policy.digest`. */
  readonly policySha256?: string;
  /** How old it may be, milliseconds; any age when not given. */
  readonly maxAge?: number;
  readonly signers: readonly WantedSigner[];
  /** How many of them. */
  readonly needed: number;
}

/** What is asked for, and what is not. */
export interface WantedSummaries {
  readonly wanted: readonly Wanted[];
  readonly losses: readonly Loss[];
}

/** For which images the gate is, and by whose word. */
export interface ClusterTarget {
  /** Repositories, or their parents, from which images may come. */
  readonly repositories: readonly string[];
  /** Namespaces that it is about; every one when there are none. */
  readonly namespaces: readonly string[];
  /** SPKI of whoever signs verdicts; asked for in place of approvals when there are any. */
  readonly verdictKeys: readonly Uint8Array[];
}

/** Predicate type of approvals and verdicts. */
export const SUMMARY_TYPE = APPROVAL_PREDICATE_TYPE;

/** What a verdict once signed cannot say of the time after. */
const AFTER_VERDICT: readonly Loss['rule'][] = ['age', 'window', 'break-glass'];

/** What is asked of which gate. */
interface Asking extends Pick<ClusterTarget, 'verdictKeys'> {
  readonly now: Date;
  /** The gate can tell short-lived certificates apart by their names. */
  readonly readsNames?: boolean;
}

/**
 * What a gate asks for that reads summaries: of each stage its approvals, or the verdict of `verify-all`.
 * @throws GateError GATE_NOT_EXPRESSIBLE when nothing is left to ask for; GATE_KEY_MISSING
 */
export function wantedSummaries(loaded: LoadedPolicy, stages: readonly Stage[], asking: Asking): WantedSummaries {
  if (asking.verdictKeys.length > 0) return wantedVerdict(loaded, stages, asking);
  const { readsNames = false, now } = asking;
  const { asks, losses } = asksOf(loaded, stages, {
    knows: readsNames ? isMarked : isKey,
    what: readsNames ? 'a bare key, or a certificate of Sigstore that its name alone tells apart' : 'a bare key',
    now,
  });
  if (asks.length === 0)
    throw new GateError(
      'GATE_NOT_EXPRESSIBLE',
      'the gate can ask for none of the stages: their approvers have other keys than it reads',
      { hint: 'have `verify-all` sign its verdict, and give the key of whoever runs it as ⟨verdict-key⟩' },
    );
  const plain = stages.filter(
    ({ name, native }) => native.includes('cosign') && asks.some(({ stage }) => stage === name),
  );
  const unseen = plain.map(
    ({ name }): Loss => ({
      stage: name,
      rule: 'alternatives',
      text: `of stage ${name} approvals alone are asked for: the gate denies images of which it has a plain cosign signature`,
    }),
  );
  const many = asks.filter((ask) => !countsPeople(ask)).flatMap(thresholdLoss);
  const wanted = asks.map((ask) => wantedApproval(loaded, stages, ask));
  const shared = asks.flatMap((ask, index) => sharedLoss(ask, wanted[index]));
  return { wanted, losses: [...losses, ...unseen, ...many, ...shared] };
}

function isKey(credential: Credential): credential is KeyCredential {
  return credential.method === 'key';
}

/** Of a job the name in the certificate says which workflow ran, and not whose job it was: other claims are needed then. */
function isMarked(credential: Credential): credential is KeyCredential | SigstoreCredential {
  if (credential.method !== 'sigstore') return isKey(credential);
  const { san, claims } = credential;
  return san.length > 0 && Object.keys(claims).length === 0 && san.every((name) => /^(?:email|uri):/.test(name));
}

/** Where one credential fits several people, the gate does not tell them apart. */
function countsPeople({ approvers, threshold }: StageAsk<Credential>): boolean {
  return threshold === 1 || !approvers.some(({ several }) => several);
}

function wantedApproval(
  { trust }: LoadedPolicy,
  stages: readonly Stage[],
  ask: StageAsk<KeyCredential | SigstoreCredential>,
): Wanted {
  const stage = stages.find(({ name }) => name === ask.stage);
  if (!stage) throw new Error(`no stage ${ask.stage}`);
  const named = ask.approvers.map(({ name, credentials }) => ({
    name,
    marks: credentials.flatMap((credential) => marksOf(trust, credential)),
  }));
  const needed = countsPeople(ask) ? ask.threshold : 1;
  const signers = needed > 1 ? withoutShared(named) : named;
  if (signers.length < needed)
    throw new GateError(
      'GATE_NOT_EXPRESSIBLE',
      `stage ${stage.name} needs ${needed} people, and of its approvers ${signers.length} have keys that no other has`,
      {
        hint: 'give each approver keys of their own, or have `verify-all` sign its verdict and give that key as ⟨verdict-key⟩',
      },
    );
  return {
    what: `an approval of stage ${stage.name}`,
    verifierId: stage.id,
    ...(stage.maxAge === undefined ? {} : { maxAge: stage.maxAge }),
    signers,
    needed,
  };
}

/** Approvers with a mark in common as one: a gate that counts names would count a signature by that key for each. */
function withoutShared(approvers: readonly WantedSigner[]): readonly WantedSigner[] {
  let apart: readonly WantedSigner[] = [];
  for (const approver of approvers) {
    const same = apart.filter(({ marks }) => marks.some((mark) => approver.marks.some((one) => mayBeOne(mark, one))));
    const all = [...same, approver];
    const joined = {
      name: all.map(({ name }) => name).join(' or '),
      marks: all
        .flatMap(({ marks }) => marks)
        .filter((mark, index, list) => list.findIndex((one) => isDeepStrictEqual(one, mark)) === index),
    };
    apart = [...apart.filter((one) => !same.includes(one)), joined];
  }
  return apart;
}

/** One key, or two patterns that can fit one name. */
function mayBeOne(one: Mark, other: Mark): boolean {
  if (one.by === 'key') return other.by === 'key' && equalBytes(one.spki, other.spki);
  if (other.by === 'key' || one.issuer !== other.issuer) return false;
  return one.san.toLowerCase() === other.san.toLowerCase() || `${one.san}${other.san}`.includes('*');
}

function sharedLoss({ stage, approvers }: StageAsk<Credential>, wanted: Wanted | undefined): readonly Loss[] {
  if (!wanted || wanted.signers.length === approvers.length) return [];
  const names = wanted.signers.map(({ name }) => name).join(', ');
  const text = `of stage ${stage} approvers who have a key in common count as one: ${names}`;
  return [{ stage, rule: 'alternatives', text }];
}

function marksOf(trust: LoadedPolicy['trust'], credential: KeyCredential | SigstoreCredential): readonly Mark[] {
  if (credential.method === 'key') return [{ by: 'key', spki: keyWithHint(trust, credential.hint) }];
  const { issuer, san } = credential;
  return trust.sigstore.flatMap((instance) =>
    san.map((name) => ({ by: 'name', issuer, san: name, instance }) as const),
  );
}

function wantedVerdict(loaded: LoadedPolicy, stages: readonly Stage[], { verdictKeys, now }: Asking): WantedSummaries {
  const losses = ruleLosses(loaded, stages, { knows: () => true, now });
  return {
    wanted: [
      {
        what: 'the verdict of verify-all by this policy',
        verifierId: VERDICT_VERIFIER_ID,
        policySha256: loaded.digest.slice('sha256:'.length),
        signers: [{ name: 'whoever verifies', marks: verdictKeys.map((spki) => ({ by: 'key', spki })) }],
        needed: 1,
      },
    ],
    losses: losses.filter(({ rule }) => AFTER_VERDICT.includes(rule)),
  };
}

/** As a line of a page: what is asked, and of whom. */
export function wantedText({ what, signers, needed }: Wanted): string {
  const names = signers.map(({ name }) => name);
  const people = names.length === 1 ? names.join('') : `${needed} of ${names.join(', ')}`;
  return `${what} by ${people}`;
}

/** The key as PEM. */
export function keyPem(spki: Uint8Array): string {
  return encodePem('PUBLIC KEY', spki);
}
