// SPDX-License-Identifier: Apache-2.0
// What counts now and will soon not, certificates, keys and revocation lists that end within the next weeks. Nothing depends
// on that.

import { counted, toSecond } from '../../base/text.ts';
import type { CrlName, Reason, SignerIdentity } from '../../findings/signature.ts';
import { remark } from '../reasons.ts';
import type { ImageView } from './view.ts';

const DAY_MS = 86_400_000;
const NOTICE_MS = 30 * DAY_MS;

/** For every credential behind a trusted signature. */
export function endRemarks({ layers, evidence, now }: ImageView): readonly Reason[] {
  const trusted = layers.filter((layer) => layer.trusted).map(({ fact }) => fact);
  const valid = evidence.filter(({ signature }) => signature === 'valid');
  return [...trusted, ...valid].flatMap(({ signer }) => (signer ? endsOf(signer, now) : []));
}

function endsOf(signer: SignerIdentity, now: Date): readonly Reason[] {
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
