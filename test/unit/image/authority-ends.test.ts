// SPDX-License-Identifier: Apache-2.0
// How timestamp authorities end, in one table: what becomes of the authority, for an OpenPGP key, a certificate and a bare key
// that have ended, each stamped itself or listed by a later approval that is.

import { beforeAll, describe, expect, test } from 'vitest';
import { parseCertificate } from '../../../src/crypto/x509/certificate.ts';
import { trustIn } from '../../../src/crypto/trust.ts';
import { createCriteria } from '../../../src/image/verify.ts';
import type { LayerReport } from '../../../src/policy/verdict.ts';
import { encodeCrl } from '../../support/crls.ts';
import {
  endingPgpPerson,
  judgeBy,
  keyPerson,
  NOW,
  type Person,
  pipeline,
  policyFor,
  signAs,
  stagesOf,
  verdictOf,
  x509Person,
} from '../../support/layers.ts';
import { typicalSif } from '../../support/sif-builder.ts';
import { temporaryFile } from '../../support/temporary.ts';
import { type AuthorityOptions, TimestampAuthority } from '../../support/timestamp-authority.ts';

const DAY = 86_400_000;
const at = (days: number) => new Date(NOW.getTime() + days * DAY);
const LATER = at(60);
const FORMATS = ['OpenPGP', 'X.509', 'key'] as const;

let people: Readonly<Record<(typeof FORMATS)[number] | 'last', Person>>;

beforeAll(async () => {
  const [ada, sam, pat, zoe] = await Promise.all([
    endingPgpPerson('ada', 30),
    x509Person('sam'),
    keyPerson('pat'),
    keyPerson('zoe', 'p256'),
  ]);
  people = { OpenPGP: ada, 'X.509': sam, key: pat, last: zoe };
});

interface Ending {
  readonly authority?: AuthorityOptions;
  /** Days from the stamp to the revocation, and the number of its reason. */
  readonly revoked?: { readonly after: number; readonly reason?: number };
}

/** Whether what was stamped counts after its own key, certificate or window has ended. */
const ENDINGS: readonly [string, Ending, boolean, string][] = [
  ['is good', {}, true, ''],
  ['has expired since', { authority: { until: at(10) } }, true, ''],
  ['had expired before', { authority: { from: at(-20), until: at(-1) } }, false, 'TIMESTAMP_'],
  ['was not valid yet', { authority: { from: at(1) } }, false, 'TIMESTAMP_'],
  ['was superseded since', { revoked: { after: 20, reason: 4 } }, true, ''],
  ['ceased to operate since', { revoked: { after: 20, reason: 5 } }, true, ''],
  ['was revoked since, nobody says why', { revoked: { after: 20 } }, false, 'TIMESTAMP_'],
  ['was compromised since', { revoked: { after: 20, reason: 1 } }, false, 'TIMESTAMP_'],
  ['had been superseded before', { revoked: { after: -0.5, reason: 4 } }, false, 'TIMESTAMP_'],
];

describe.each(FORMATS)('%s', (format) => {
  test.each(ENDINGS)('by an authority that %s', async (_, { authority, revoked }, counts, remark) => {
    const tsa = new TimestampAuthority(() => NOW, authority);
    const { last } = people;
    const ended = people[format];
    const stages = pipeline(ended.name, last.name, last.name);
    // A bare key ends by the window of its owner alone.
    const windows = format === 'key' ? { windows: { [ended.name]: 'until: "2026-12-01"' } } : {};
    const policy = await policyFor([ended, last], stages, { timestamps: tsa.rootPem, ...windows });
    const crl = encodeCrl({
      issuer: { subject: 'Time CA', key: tsa.authorityKey },
      thisUpdate: at(59),
      nextUpdate: at(61),
      number: 1,
      entries: revoked
        ? [
            {
              serial: parseCertificate(tsa.certificate).serial,
              at: at(revoked.after),
              ...(revoked.reason === undefined ? {} : { reason: revoked.reason }),
            },
          ]
        : [],
    });
    const material = trustIn({ crls: [crl], revocation: 'warn' });
    const criteria = await createCriteria({ policy, material, now: LATER });
    for (const stamped of ['itself', 'by a later approval'] as const) {
      const path = await temporaryFile(typicalSif().bytes());
      const judge = await judgeBy(policy);
      const stamp = async (signature: Uint8Array) => tsa.stamp(signature);
      const maybeStamping = (person: Person, is: boolean) =>
        is ? { ...person, signer: { ...person.signer, stamp } } : person;
      await signAs(path, maybeStamping(ended, stamped === 'itself'), 'author', judge);
      await signAs(path, maybeStamping(last, stamped !== 'itself'), 'security', judge);
      await signAs(path, last, 'production', judge);
      const verdict = await verdictOf(path, criteria);
      expect(stagesOf(verdict), stamped).toMatchObject({ author: counts ? 'passed' : 'failed' });
      const codes = verdict.layers.flatMap(({ reasons }: LayerReport) => reasons.map(({ code }) => code));
      if (remark !== '')
        expect(
          codes.filter((code) => code.startsWith(remark)),
          stamped,
        ).not.toEqual([]);
      const proof = stamped === 'itself' ? 'timestamp' : 'later-approval';
      const proofs = verdict.layers
        .filter(({ stage }) => stage === 'author')
        .map(({ provenTime }) => provenTime?.proof);
      expect(proofs.includes(proof), stamped).toBe(counts);
    }
  });
});
