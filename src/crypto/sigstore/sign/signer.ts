// SPDX-License-Identifier: Apache-2.0
// A signer without a key of its own: it makes one, has it certified for the job's token, and asks timestamp authority and
// log to witness what it signs.

import { generateKeyPairSync, sign } from 'node:crypto';
import type { Secret } from '../../../base/secret.ts';
import type { Asking } from '../../../net/ask.ts';
import type { HttpClient } from '../../../net/http.ts';
import { opensshKeyid } from '../../signatures.ts';
import type { Signer } from '../../signer.ts';
import { trustIn } from '../../trust.ts';
import type { SigstoreTrust } from '../../verifier.ts';
import { type Certificate, parseCertificate } from '../../x509/certificate.ts';
import { certificateProblems, leafProblems } from '../../x509/purpose.ts';
import { type Requester, requesterOf } from '../claims.ts';
import { identityOf } from '../verifier.ts';
import { KeylessError } from './errors.ts';
import type { Services } from './instance.ts';
import { type PassingKey, requestCertificate } from './ca.ts';
import { requestProofs } from './services.ts';

/** What a keyless signer is made from. */
export interface KeylessOptions extends Asking {
  readonly services: Services;
  /** A fresh identity token, checked. */
  readonly token: () => Promise<Secret>;
  /** The instances by which one's own signatures are checked. */
  readonly trust: readonly SigstoreTrust[];
  readonly now: () => Date;
  /** Reaches logs and timestamp authorities, whose answers are signed; `http` the CA, which gets the token. */
  readonly witnesses: HttpClient;
}

/** A certificate lives for ten minutes; with less than this left a new one is asked for before anything is signed. */
const LEAST_LEFT_MS = 5 * 60_000;
/** Our clock may be behind the CA's by this much. */
const CLOCK_SKEW_MS = 60_000;

interface Certified {
  readonly key: PassingKey;
  readonly certificate: Certificate;
  readonly requester: Requester;
}

/**
 * A signer with a certificate for the token.
 * @throws KeylessError; whatever `token` throws
 */
export async function createKeylessSigner(options: KeylessOptions): Promise<Signer> {
  const { services, trust, now, retries, clock, witnesses: http } = options;
  let current = await certify(options);
  const own = () => identityOf(current.certificate, current.requester);
  return {
    method: 'sigstore',
    isProtected: true,
    now,
    get identity() {
      return own();
    },
    get material() {
      return { kind: 'certificates', chain: [current.certificate.der] } as const;
    },
    get publicMaterial() {
      return trustIn({ sigstore: trust.map((one) => ({ ...one, only: own() })) });
    },
    async refresh() {
      if (current.certificate.notAfter.getTime() - now().getTime() < LEAST_LEFT_MS) current = await certify(options);
    },
    async signPae(pae) {
      return new Uint8Array(sign('sha256', pae, current.key.privateKey));
    },
    witness(signed) {
      return requestProofs(signed, { services, certificate: current.certificate.der, now, http, retries, clock });
    },
    native: {
      format: 'dsse',
      keyid: opensshKeyid(current.key.publicKey) ?? '',
      async signNativePae() {
        throw new KeylessError('SIGSTORE_NATIVE', 'a native signature holds no certificate, and no proof of its time');
      },
    },
  };
}

async function certify({ services, token, now, http, retries, clock }: KeylessOptions): Promise<Certified> {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const key = { privateKey, publicKey, spki: new Uint8Array(publicKey.export({ type: 'spki', format: 'der' })) };
  const der = await requestCertificate(key, { ca: services.ca, token: await token(), http, retries, clock });
  const certificate = parseCertificate(der);
  if (!Buffer.from(certificate.spki).equals(key.spki)) throw wrong('it is for another key');
  const at = now();
  const use = { from: new Date(at.getTime() + CLOCK_SKEW_MS), until: at, purpose: 'code' } as const;
  const [problem] = [...certificateProblems(certificate, use), ...leafProblems(certificate, 'code')];
  if (problem) throw wrong(problem.message);
  const requester = requesterOf(certificate);
  if ('code' in requester) throw wrong(requester.message);
  return { key, certificate, requester };
}

function wrong(problem: string): KeylessError {
  return new KeylessError('SIGSTORE_CERTIFICATE_WRONG', `the certificate of the CA cannot be used: ${problem}`);
}
