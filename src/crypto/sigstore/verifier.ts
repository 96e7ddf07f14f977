// SPDX-License-Identifier: Apache-2.0
// What a signature with a certificate of minutes means: its key signed, log and timestamps prove when, and the CA was one
// of a trusted root then. The present decides nothing, except that no signature is from the future.

import type { JsonObject } from '../../base/json.ts';
import { CLOCK_SKEW_MS } from '../../base/clock.ts';
import { toSecond } from '../../base/text.ts';
import { isSameSigner, type Reason, type SigstoreIdentity, type Sourced } from '../../findings/signature.ts';
import { spend } from '../signatures.ts';
import { signatureReason } from '../errors.ts';
import { verifyMessage } from '../signatures.ts';
import { sourceOf } from '../trust.ts';
import { partError } from '../trust-error.ts';
import type { DsseInput, SignatureCheck, TrustMaterial } from '../verifier.ts';
import { type Certificate, isSignedBy, nameOf, parseCertificate } from '../x509/certificate.ts';
import { findPaths } from '../x509/path.ts';
import type { RevocationRules } from '../x509/revocation.ts';
import { type Requester, requesterOf } from './claims.ts';
import { type Instance, proofsOf, readInstance } from './library.ts';
import { sigstoreReason } from './reasons.ts';
import { takenBackIn, takesBack, withoutTakenBack } from './taken-back.ts';

/** What the library checks about one signature, in checks of `spend`. */
const LIBRARY_COST = 20;

interface Authority {
  readonly instance: Instance;
  /** Where the trusted root is from. */
  readonly from: Sourced;
  readonly certificates: readonly Certificate[];
  /** Of the timestamp authorities of the instance; none where nothing is taken back. */
  readonly stampers: readonly (readonly Certificate[])[];
}

/** A signature in question, and when it is checked. */
interface Question {
  readonly leaf: Certificate;
  readonly bundle: JsonObject;
  readonly signed: DsseInput;
  readonly now: Date;
  readonly rules: RevocationRules;
}

/** Checks signatures by certificates of Sigstore instances, whose trusted roots are read once. */
export class SigstoreVerifier {
  readonly #authorities: readonly Authority[];
  readonly #rules: RevocationRules;

  /** @throws SignatureError SIGNATURE_TRUST_UNREADABLE */
  constructor(material: Pick<TrustMaterial, 'sigstore' | 'origins'>, rules: RevocationRules) {
    // Nobody publishes lists about certificates of minutes: what no list names is good.
    this.#rules = { ...rules, mode: rules.mode && 'warn' };
    this.#authorities = material.sigstore.flatMap((trust) => {
      try {
        const instance = readInstance(trust);
        const stampers = takesBack(rules) ? instance.stampers.map(readChain) : [];
        const from = sourceOf(material, trust.root);
        return instance.authorities.map((chain) => ({ instance, from, certificates: readChain(chain), stampers }));
      } catch (cause) {
        throw partError(cause, { what: 'trusted root', origin: material.origins?.get(trust.root) });
      }
    });
  }

  /** The answer about one signature whose certificate names an OpenID issuer. */
  verify(signed: DsseInput, now: Date): SignatureCheck {
    const { pae, material, bundle } = signed;
    const [der = new Uint8Array()] = material?.kind === 'certificates' ? material.chain : [];
    const leaf = parseCertificate(der);
    const requester = requesterOf(leaf);
    const identity = 'code' in requester ? null : identityOf(leaf, requester);
    if (!leaf.publicKey || !verifyMessage(leaf.publicKey, pae, signed)) {
      const message = `the signature does not verify with the certificate ${nameOf(leaf)}`;
      return answer('invalid', identity, [signatureReason('SIGNATURE_BAD', message)]);
    }
    if ('code' in requester) return answer('untrusted', null, [requester]);
    const trusted = this.#authorities.filter(
      ({ instance: { trust } }) => !trust.only || isSameSigner(trust.only, identity),
    );
    if (trusted.length === 0 && this.#authorities.length > 0)
      return answer('unknown-signer', identity, [
        signatureReason('SIGNER_UNKNOWN', 'the keyless signer is another one'),
      ]);
    const issuing = trusted.filter(({ certificates }) => certificates.some((ca) => isSignedBy(leaf, ca)));
    if (issuing.length === 0) return answer('untrusted', identity, [unknownAuthority(leaf)]);
    if (!bundle)
      return answer('untrusted', identity, [
        sigstoreReason('SIGSTORE_TIME_MISSING', 'no bundle proves when it was signed'),
      ]);
    const results = issuing.map((authority) => provenBy(authority, { leaf, bundle, signed, now, rules: this.#rules }));
    const index = results.findIndex((result) => result instanceof Date);
    const time = results[index];
    if (time instanceof Date && identity)
      return answer('valid', { ...identity, provenAt: toSecond(time), ...issuing[index]?.from }, []);
    return answer(
      'untrusted',
      identity,
      results.flatMap((result) => (result instanceof Date ? [] : result)).slice(0, 5),
    );
  }
}

function readChain(chain: readonly Uint8Array[]): readonly Certificate[] {
  return chain.map((der) => parseCertificate(der));
}

function unknownAuthority(leaf: Certificate): Reason {
  const issuer = leaf.issuer.text.slice(0, 200);
  return sigstoreReason(
    'SIGSTORE_NOT_TRUSTED',
    `no trusted root holds the CA ${JSON.stringify(issuer)} that issued it`,
  );
}

/** Who the certificate is for, not proven yet. */
export function identityOf(leaf: Certificate, requester: Requester): SigstoreIdentity {
  const { hint, publicKey, sha256 } = leaf;
  const algorithm = publicKey?.algorithm ?? 'unsupported';
  return { method: 'sigstore', hint, algorithm, ...requester, certificateSha256: sha256, provenAt: null };
}

function answer(
  status: SignatureCheck['status'],
  identity: SigstoreIdentity | null,
  reasons: readonly Reason[],
): SignatureCheck {
  return { status, identity, reasons, signedAt: null };
}

/** The earliest time proven, at which as at all others the certificate led to this CA; or why there is none. */
function provenBy({ instance, certificates, stampers }: Authority, question: Question): Date | readonly Reason[] {
  const { leaf, bundle, signed, now, rules } = question;
  spend(LIBRARY_COST);
  const trusted = withoutTakenBack(instance, stampers, { rules, now });
  const times = proofsOf({ json: bundle, message: signed.pae, signature: signed.signature, leaf: leaf.der }, trusted);
  if ('code' in times) return [times];
  const late = times.find((time) => time.getTime() > now.getTime() + CLOCK_SKEW_MS);
  if (late)
    return [sigstoreReason('SIGSTORE_TIME_FUTURE', `it was signed at ${toSecond(late)}, which is later than now`)];
  const anchors = certificates.slice(-1);
  const paths = times.map((time) => findPaths(leaf, { anchors, intermediates: certificates.slice(0, -1), now: time }));
  const bad = paths.find((path) => path.anchors.length === 0);
  if (bad) return bad.reasons;
  const [earliest] = [...times].sort((a, b) => a.getTime() - b.getTime());
  if (!earliest) return [sigstoreReason('SIGSTORE_TIME_MISSING', 'nothing proves when it was signed')];
  const path = paths[0]?.path.map(({ certificate }) => certificate) ?? [];
  const takenBack = takenBackIn(path, rules, { now, provenAt: earliest });
  return takenBack.length > 0 ? takenBack : earliest;
}
