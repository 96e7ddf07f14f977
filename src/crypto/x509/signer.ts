// SPDX-License-Identifier: Apache-2.0
// Signs with a certified key. The leaf and its intermediates travel in the bundle; a self-signed root never does.

import type { Reason } from '../../findings/signature.ts';
import { utf8 } from '../../base/bytes.ts';
import {
  type Certificate,
  certificateIdentity,
  isSignedBy,
  parseCertificate,
  readCertificateFile,
} from './certificate.ts';
import { type SignatureCode, SignatureError } from '../errors.ts';
import { jwsAlgorithm } from '../signatures.ts';
import { nativeKeySigner, openSigningKey, repairPem } from '../private-key.ts';
import type { Signer, SignerOptions } from '../signer.ts';
import { trustIn } from '../trust.ts';
import { certificateProblems, leafProblems } from './purpose.ts';

/**
 * @throws SignatureError SIGNATURE_CERTIFICATE_MISSING, SIGNATURE_CERTIFICATE_UNREADABLE, SIGNATURE_CERTIFICATE_MISMATCH,
 * SIGNATURE_CERTIFICATE_NOT_VALID_NOW, SIGNATURE_CERTIFICATE_UNSUITABLE, SIGNATURE_CHAIN_INCOMPLETE and those of openSigningKey
 */
export async function createX509Signer(options: SignerOptions): Promise<Signer> {
  if (!options.certificate)
    throw new SignatureError('SIGNATURE_CERTIFICATE_MISSING', 'there is no certificate for the key');
  const signingKey = await openSigningKey(options);
  const { publicKey } = signingKey;
  const [first, ...rest] = readCertificates(options.certificate);
  const others = [...rest, ...(options.certificateChain ? readCertificates(options.certificateChain) : [])];
  if (!first) throw new SignatureError('SIGNATURE_CERTIFICATE_UNREADABLE', 'the certificate file is empty');
  if (first.hint !== publicKey.hint)
    throw new SignatureError(
      'SIGNATURE_CERTIFICATE_MISMATCH',
      `the certificate ${JSON.stringify(first.subject.text)} is for key ${first.hint}, not ${publicKey.hint}`,
    );
  const chain = orderChain(first, others);
  assertUsable(chain, options.now);
  const anchor = chain.at(-1) ?? first;
  const sent = chain.filter((certificate, index) => index === 0 || !isSelfSigned(certificate));
  return {
    method: 'x509',
    identity: certificateIdentity(first),
    isProtected: signingKey.isProtected,
    material: { kind: 'certificates', chain: sent.map(({ der }) => der) },
    publicMaterial: trustIn({
      anchors: [anchor.der],
      intermediates: chain.slice(1, -1).map(({ der }) => der),
      certificates: [first.der],
    }),
    signPae: (pae) => signingKey.sign(pae),
    native: nativeKeySigner(signingKey),
    ...(signingKey.signJws
      ? {
          notation: {
            algorithm: jwsAlgorithm(publicKey),
            chain: chain.map(({ der }) => der),
            endsInRoot: isSelfSigned(anchor),
            sign: signingKey.signJws,
          },
        }
      : {}),
  };
}

function readCertificates(pem: string): readonly Certificate[] {
  return readCertificateFile(utf8(repairPem(pem))).map((der) => parseCertificate(der));
}

/** Leaf first, each followed by its issuer, whatever order the files had. */
function orderChain(leaf: Certificate, others: readonly Certificate[]): readonly Certificate[] {
  const left = new Map(others.map((certificate) => [certificate.sha256, certificate]));
  left.delete(leaf.sha256);
  const chain = [leaf];
  for (let last: Certificate | undefined = leaf; last && left.size > 0; ) {
    const child: Certificate = last;
    const issuer = isSelfSigned(child) ? undefined : [...left.values()].find((candidate) => issued(candidate, child));
    if (issuer) {
      chain.push(issuer);
      left.delete(issuer.sha256);
    }
    last = issuer;
  }
  const [stray] = left.values();
  if (stray)
    throw new SignatureError(
      'SIGNATURE_CHAIN_INCOMPLETE',
      `${JSON.stringify(stray.subject.text)} is not in the chain of ${JSON.stringify(leaf.subject.text)}`,
    );
  return chain;
}

function issued(issuer: Certificate, certificate: Certificate): boolean {
  return issuer.subject.key === certificate.issuer.key && isSignedBy(certificate, issuer);
}

function isSelfSigned(certificate: Certificate): boolean {
  return issued(certificate, certificate);
}

/** A signature by an unusable certificate would never verify: better said before signing. */
function assertUsable(chain: readonly Certificate[], now: Date): void {
  const [leaf] = chain;
  const problem = [
    ...chain.flatMap((certificate) => certificateProblems(certificate, { from: now, until: now, purpose: 'code' })),
    ...(leaf ? leafProblems(leaf, 'code') : []),
  ][0];
  if (problem) throw new SignatureError(signerCode(problem), problem.message, { hint: problem.hint });
}

function signerCode({ code }: Reason): SignatureCode {
  return code === 'CERTIFICATE_EXPIRED' || code === 'CERTIFICATE_NOT_YET_VALID'
    ? 'SIGNATURE_CERTIFICATE_NOT_VALID_NOW'
    : 'SIGNATURE_CERTIFICATE_UNSUITABLE';
}
