// SPDX-License-Identifier: Apache-2.0
// What a cluster's gate asks of an image: verification summaries that say certain things, by certain keys. A plain "signed by
// this key" is never asked, since evidence fulfils it.

import { encodePem, sha256Hex, toBase64 } from '../../base/bytes.ts';
import { APPROVAL_PREDICATE_TYPE } from '../../attest/approval.ts';
import { VERDICT_VERIFIER_ID } from '../../attest/record.ts';
import type { LoadedPolicy } from '../../policy/document/load.ts';
import type { Credential, KeyCredential, Stage } from '../../policy/document/model.ts';
import { asksOf, type StageAsk } from '../asks.ts';
import { GateError } from '../errors.ts';
import { ruleLosses } from '../losses.ts';
import type { Loss } from '../verdict.ts';

/** Somebody, and the keys of which one must have signed. */
export interface KeySigner {
  readonly name: string;
  /** SPKI, DER. */
  readonly keys: readonly Uint8Array[];
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
  readonly signers: readonly KeySigner[];
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

/**
 * What a gate asks for that reads summaries by bare keys: of each stage its approvals, or the verdict of `verify-all`.
 * @throws GateError GATE_NOT_EXPRESSIBLE when nothing is left to ask for; GATE_KEY_MISSING
 */
export function wantedSummaries(
  loaded: LoadedPolicy,
  stages: readonly Stage[],
  { verdictKeys, now }: Pick<ClusterTarget, 'verdictKeys'> & { readonly now: Date },
): WantedSummaries {
  if (verdictKeys.length > 0) return wantedVerdict(loaded, stages, { verdictKeys, now });
  const { asks, losses } = asksOf(loaded, stages, { knows: isKey, what: 'a bare key', now });
  if (asks.length === 0)
    throw new GateError(
      'GATE_NOT_EXPRESSIBLE',
      'the gate can ask for none of the stages: it reads approvals by bare keys alone',
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
  const wanted = asks.map((ask) => wantedApproval(loaded, stages, ask));
  return { wanted, losses: [...losses, ...unseen, ...asks.flatMap((ask, index) => sharedLoss(ask, wanted[index]))] };
}

function isKey(credential: Credential): credential is KeyCredential {
  return credential.method === 'key';
}

function wantedApproval(
  { trust }: LoadedPolicy,
  stages: readonly Stage[],
  { stage: name, approvers, threshold }: StageAsk<KeyCredential>,
): Wanted {
  const stage = stages.find((one) => one.name === name);
  if (!stage) throw new Error(`no stage ${name}`);
  const named = approvers.map((one) => ({
    name: one.name,
    keys: one.credentials.map(({ hint }) => keyOf(trust, hint)),
  }));
  const signers = threshold > 1 ? withoutShared(named) : named;
  if (signers.length < threshold)
    throw new GateError(
      'GATE_NOT_EXPRESSIBLE',
      `stage ${name} needs ${threshold} people, and of its approvers ${signers.length} have keys that no other has`,
      {
        hint: 'give each approver keys of their own, or have `verify-all` sign its verdict and give that key as ⟨verdict-key⟩',
      },
    );
  return {
    what: `an approval of stage ${name}`,
    verifierId: stage.id,
    ...(stage.maxAge === undefined ? {} : { maxAge: stage.maxAge }),
    signers,
    needed: threshold,
  };
}

/** Approvers with a key in common as one: a gate that counts names would count a signature by that key for each. */
function withoutShared(approvers: readonly KeySigner[]): readonly KeySigner[] {
  let apart: readonly KeySigner[] = [];
  for (const approver of approvers) {
    const same = apart.filter(({ keys }) => keys.some((key) => approver.keys.includes(key)));
    const all = [...same, approver];
    const joined = {
      name: all.map(({ name }) => name).join(' or '),
      keys: [...new Set(all.flatMap(({ keys }) => keys))],
    };
    apart = [...apart.filter((one) => !same.includes(one)), joined];
  }
  return apart;
}

function sharedLoss({ stage, approvers }: StageAsk<KeyCredential>, wanted: Wanted | undefined): readonly Loss[] {
  if (!wanted || wanted.signers.length === approvers.length) return [];
  const names = wanted.signers.map(({ name }) => name).join(', ');
  const text = `of stage ${stage} approvers who have a key in common count as one: ${names}`;
  return [{ stage, rule: 'alternatives', text }];
}

function keyOf({ keys }: LoadedPolicy['trust'], hint: string): Uint8Array {
  const spki = keys.find((key) => toBase64(Buffer.from(sha256Hex(key), 'hex')) === hint);
  if (!spki) throw new GateError('GATE_KEY_MISSING', `no key of the policy has the hint ${hint}`);
  return spki;
}

function wantedVerdict(
  loaded: LoadedPolicy,
  stages: readonly Stage[],
  { verdictKeys, now }: Pick<ClusterTarget, 'verdictKeys'> & { readonly now: Date },
): WantedSummaries {
  const losses = ruleLosses(loaded, stages, { knows: () => true, now });
  return {
    wanted: [
      {
        what: 'the verdict of verify-all by this policy',
        verifierId: VERDICT_VERIFIER_ID,
        policySha256: loaded.digest.slice('sha256:'.length),
        signers: [{ name: 'whoever verifies', keys: verdictKeys }],
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
