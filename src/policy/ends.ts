// SPDX-License-Identifier: Apache-2.0
// Until when a verdict can be relied on: the times at which something that it rests on ends, or something that is dated
// ahead begins. Rather too early than too late: whoever asks again then loses nothing.

import { CLOCK_SKEW_MS } from '../base/clock.ts';
import { isJsonObject } from '../base/json.ts';
import { counted, toSecond } from '../base/text.ts';
import type { CrlName, Reason, SignerIdentity } from '../findings/signature.ts';
import type { Policy, Stage } from './document/model.ts';
import type { EvidenceFact } from './facts.ts';
import { remark } from './reasons.ts';
import { signedPredicate, textAt, timeOf } from './requires/content.ts';
import { checkRequirement } from './requires/requires.ts';
import { windowsOf } from './rules/people.ts';
import type { ImageView, LayerView } from './rules/view.ts';

const DAY_MS = 86_400_000;
const NOTICE_MS = 30 * DAY_MS;
const TIME = /"(\d{4}-\d\d-\d\dT\d\d:\d\d[^"\\]{1,20})"/g;

/** Something that will not count any more from a time on. */
interface End {
  /** Milliseconds. */
  readonly time: number;
  readonly what: string;
}

/** What will not count any more, the soonest first, each once. */
export function endsOf(policy: Policy | undefined, image: ImageView): readonly End[] {
  const { trusted, valid } = soundParts(image);
  const ends = [
    ...trusted.flatMap((layer) => endsOfLayer(layer, policy)),
    ...valid.flatMap(({ signer }) => (signer ? endsOfSigner(signer, policy) : [])),
    ...(policy?.stages ?? []).flatMap((stage) =>
      policy && stage.requires.length > 0 ? endsOfEvidence(policy, stage, image) : [],
    ),
    ...endsOfGlass(image.evidence, policy),
  ];
  const coming = ends.filter(({ time }) => time >= image.now.getTime()).toSorted((a, b) => a.time - b.time);
  return [...new Map(coming.map((end) => [`${end.time} ${end.what}`, end])).values()];
}

function soundParts({ layers, evidence }: ImageView) {
  return {
    trusted: layers.filter((layer) => layer.trusted),
    valid: evidence.filter(({ signature }) => signature === 'valid'),
  };
}

/** The earliest of them and of what begins; undefined when there is none. */
export function firstEnd(policy: Policy | undefined, image: ImageView): Date | undefined {
  const times = [...endsOf(policy, image).map(({ time }) => time), ...beginnings(image)];
  const [first] = times.toSorted((a, b) => a - b);
  return first === undefined ? undefined : new Date(first);
}

function endsOfLayer({ fact, where, vouching }: LayerView, policy: Policy | undefined): readonly End[] {
  const { approval, signer, proven, signedAt, expires } = fact;
  const of = approval ? ` of stage ${approval.stage}` : '';
  const made = [approval?.timeVerified ?? signedAt, proven?.time.toISOString()].flatMap((time) => time ?? []);
  const ages = (policy?.stages ?? [])
    .filter(({ name }) => approval === null || approval.stage === name)
    .flatMap(({ name, maxAge }) =>
      maxAge === undefined
        ? []
        : made.map((time) => ({
            time: Date.parse(time) + maxAge,
            what: `the signature at ${where} is too old for stage ${name} then`,
          })),
    );
  const grants = proven ? [] : (vouching?.vouchers ?? []);
  return [
    ...endAt(approval?.expires, `the approval${of} at ${where}`),
    ...endAt(expires, `the signature at ${where}`),
    ...(signer ? endsOfSigner(signer, policy, of) : []),
    ...ages,
    ...grants.flatMap(({ text, until }) => endAt(until, `the grant to ${text}`)),
  ];
}

function endAt(time: string | null | undefined, what: string): readonly End[] {
  return time ? [{ time: Date.parse(time), what }] : [];
}

/** Its own end, and every earlier one that it may have where it only renews what was broken before. */
function endsOfGlass(evidence: readonly EvidenceFact[], policy: Policy | undefined): readonly End[] {
  const said = evidence.flatMap(({ breakGlass }) => (typeof breakGlass === 'object' ? [breakGlass] : []));
  return said.flatMap(({ stage, until }) => {
    const max = policy?.stages.find(({ name }) => name === stage)?.breakGlass?.maxDuration ?? 0;
    const end = Date.parse(until);
    const renewed = said.filter((one) => one.stage === stage).map(({ from }) => Date.parse(from) + max);
    return [end, ...renewed.filter((time) => time < end)].map((time) => ({
      time,
      what: `the broken glass of stage ${stage}`,
    }));
  });
}

function endsOfSigner(signer: SignerIdentity, policy: Policy | undefined, of = ''): readonly End[] {
  const windows = policy ? windowsOf(policy, signer) : [];
  return [
    ...credentialEnds(signer, of),
    ...windows.flatMap(({ name, window }) =>
      window?.until === undefined ? [] : [{ time: window.until, what: `the time in which ${name} counts` }],
    ),
  ];
}

function credentialEnds(signer: SignerIdentity, of: string): readonly End[] {
  if (signer.method === 'pgp')
    return endAt(signer.expires, `the OpenPGP key ${signer.subkey ?? signer.fingerprint}${of}`);
  if (signer.method !== 'x509') return [];
  const { path = [], san, subject: name, notAfter: end } = signer;
  return [
    ...endAt(end, `the certificate of ${san[0] ?? name}${of}`),
    ...path.slice(1).flatMap(({ notAfter, subject }) => endAt(notAfter, `the certificate of ${subject}`)),
    ...path.flatMap(({ crl, subject }) =>
      crl ? endAt(crl.nextUpdate, `CRL ${crl.number}, in which ${subject} is looked up`) : [],
    ),
  ];
}

/** When what is dated ahead begins to count: a scan, a VEX document, an approval, a grant. */
function beginnings({ layers, evidence, now }: ImageView): readonly number[] {
  const stated = layers.flatMap(({ fact }) => fact.approval?.timeVerified ?? fact.signedAt ?? []);
  const written = evidence.flatMap(({ statement }) =>
    statement ? [...new TextDecoder().decode(statement).matchAll(TIME)].map(([, time = '']) => time) : [],
  );
  return [...stated, ...written]
    .map((time) => Date.parse(time))
    .filter((time) => time > now.getTime())
    .map((time) => Math.max(now.getTime(), time - CLOCK_SKEW_MS));
}

/** What counts and will soon not: every credential behind a trusted signature that ends within the next weeks. */
export function endRemarks(image: ImageView): readonly Reason[] {
  const { trusted, valid } = soundParts(image);
  const signers = [...trusted.map(({ fact }) => fact), ...valid].flatMap(({ signer }) => signer ?? []);
  return signers.flatMap((signer) => signerRemarks(signer, image.now));
}

function signerRemarks(signer: SignerIdentity, now: Date): readonly Reason[] {
  if (signer.method === 'pgp')
    return endRemark(`the OpenPGP key ${signer.subkey ?? signer.fingerprint}`, signer.expires, now);
  if (signer.method !== 'x509') return [];
  return (signer.path ?? []).flatMap(({ subject, serial, notAfter, crl }) => [
    ...endRemark(`the certificate ${JSON.stringify(subject)} (serial ${serial.slice(0, 40)})`, notAfter, now),
    ...(crl ? listRemark(crl, subject, now) : []),
  ]);
}

function endRemark(what: string, end: string | undefined, now: Date): readonly Reason[] {
  const left = Date.parse(end ?? '') - now.getTime();
  if (!(left >= 0 && left < NOTICE_MS)) return [];
  return [remark('CREDENTIAL_ENDS', `${what} ends on ${toSecond(end ?? '')}, ${inDays(left)}`)];
}

/** Lists live for days or weeks: notice is given when three quarters of that are over. */
function listRemark({ number, thisUpdate, nextUpdate }: CrlName, subject: string, now: Date): readonly Reason[] {
  const [from, until] = [Date.parse(thisUpdate), Date.parse(nextUpdate)];
  const left = until - now.getTime();
  if (!(left >= 0 && left < Math.min(NOTICE_MS, (until - from) / 4))) return [];
  const message = `CRL ${number}, in which ${JSON.stringify(subject)} is looked up, ends on ${toSecond(nextUpdate)}, ${inDays(left)}`;
  return [remark('CRL_ENDS', message)];
}

function inDays(milliseconds: number): string {
  return `in ${counted(Math.floor(milliseconds / DAY_MS), 'day')}`;
}

/** What ends for a stage whose requirements are met. */
function endsOfEvidence(policy: Policy, stage: Stage, image: ImageView): readonly End[] {
  return stage.requires.flatMap((requirement) => {
    const { met, relied } = checkRequirement(requirement, { policy, stage, image });
    if (!met) return [];
    const { condition, evidence, maxAge } = requirement;
    const exceptions = condition.of === 'findings' ? condition.exceptions : [];
    const days = exceptions.map(({ id, expires }) => ({
      time: Date.parse(`${expires}T23:59:59Z`),
      what: `the exception for ${id} (stage ${stage.name})`,
    }));
    const ages = relied.flatMap(({ statement }) => {
      const predicate = statement && signedPredicate(statement);
      if (!isJsonObject(predicate)) return [];
      const limits = [
        { from: timeOf(predicate, evidence), age: maxAge, what: evidence },
        {
          from: textAt(predicate, 'scanner.db.lastUpdate'),
          age: condition.of === 'findings' ? condition.databaseMaxAge : undefined,
          what: 'the scanner’s database',
        },
      ];
      return limits.flatMap(({ from, age, what }) =>
        from === undefined || age === undefined
          ? []
          : [{ time: Date.parse(from) + age, what: `${what} of stage ${stage.name} is too old then` }],
      );
    });
    return [...ages, ...days].filter(({ time }) => time >= image.now.getTime());
  });
}
