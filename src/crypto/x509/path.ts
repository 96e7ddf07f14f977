// SPDX-License-Identifier: Apache-2.0
// X.509 path validation: is there a valid path from a certificate to one of the given trust anchors, now, for signing
// code? Tries every candidate issuer, within a bound, and says for each certificate that fails which one and why.

import type { Reason } from '../../findings/signature.ts';
import { CLOCK_SKEW_MS } from '../../base/clock.ts';
import { type Certificate, certificateReason, isSignedBy, nameOf, sameSubjectAndKey } from './certificate.ts';
import type { GeneralName } from './names.ts';
import { findForbiddenName } from './name-constraints.ts';
import type { SignatureReasonCode } from '../errors.ts';
import { checkRevocation, type RevocationCheck, type RevocationRules } from './revocation.ts';
import { certificateProblems, leafProblems, type Purpose } from './purpose.ts';

/** Certificates in one path, leaf and anchor included. */
const MAX_PATH = 10;
/** Signature checks, and paths, in one search: what bounds the work that a hostile bundle can cause. */
const MAX_STEPS = 100;
const MAX_REASONS = 8;

/** Between what paths are looked for, and when. */
export interface PathOptions {
  readonly anchors: readonly Certificate[];
  readonly intermediates: readonly Certificate[];
  readonly now: Date;
  /** When the signature is proven to have existed at the latest; the leaf has to be valid then, and need not be any more. */
  readonly provenAt?: Date | undefined;
  /** What the leaf signs; code unless given. */
  readonly purpose?: Purpose;
  /** Undefined when nothing is revoked. */
  readonly revocation?: RevocationRules | undefined;
}

/** A certificate of a path, and what CRLs say about it. */
export interface PathCertificate extends RevocationCheck {
  readonly certificate: Certificate;
}

/** Where valid paths lead, or why there is none. */
export interface PathResult {
  /** Hex SHA-256 of every anchor that a valid path leads to; empty when there is no valid path. */
  readonly anchors: readonly string[];
  /** Those that paths lead to whose only fault is that a certificate has expired or may be revoked. */
  readonly ended: readonly string[];
  /** The certificates of one path to such an anchor, leaf first. */
  readonly path: readonly PathCertificate[];
  /** Why there is no valid path; remarks about the path when there is one. */
  readonly reasons: readonly Reason[];
}

/**
 * All anchors that valid paths from the leaf lead to. Never throws for what a certificate says.
 * @see https://www.rfc-editor.org/rfc/rfc5280.html#section-6
 */
export function findPaths(leaf: Certificate, options: PathOptions): PathResult {
  const search = new PathSearch(leaf, options);
  const anchors = [...search.anchors.keys()];
  const [path = []] = [...search.anchors.values(), ...search.ended.values()];
  const remarks = path.flatMap(({ reasons }) => reasons);
  return { anchors, ended: [...search.ended.keys()], path, reasons: anchors.length > 0 ? remarks : search.reasons() };
}

/** All paths from a certificate to an anchor; each is judged as a whole. */
class PathSearch {
  /** The first path to each anchor. */
  readonly anchors = new Map<string, readonly PathCertificate[]>();
  readonly ended = new Map<string, readonly PathCertificate[]>();
  readonly #options: PathOptions;
  readonly #anchorIds: ReadonlySet<string>;
  readonly #reasons = new Map<string, Reason>();
  /** Issuers by certificate, as far as an anchor vouches for them. */
  readonly #issuers = new Map<string, Certificate[]>();
  #steps = 0;

  constructor(leaf: Certificate, options: PathOptions) {
    this.#options = options;
    this.#anchorIds = new Set(options.anchors.map(({ sha256 }) => sha256));
    this.#findIssuers(this.#above(leaf));
    this.#extend([leaf]);
    // Certificates that vouch for each other and for nobody else.
    if (this.anchors.size === 0 && this.#reasons.size === 0)
      this.#fail('CERTIFICATE_NO_ISSUER', leaf, 'leads to no trusted certificate');
  }

  reasons(): readonly Reason[] {
    return [...this.#reasons.values()].slice(0, MAX_REASONS);
  }

  /** The leaf and what by its name may be above it. */
  #above(leaf: Certificate): readonly Certificate[] {
    const { anchors, intermediates } = this.#options;
    const unique = new Map([...anchors, ...intermediates].map((issuer) => [issuer.sha256, issuer]));
    const byName = Map.groupBy(unique.values(), ({ subject }) => subject.key);
    const found = new Set([leaf]);
    for (const certificate of found) {
      const named = byName.get(certificate.issuer.key) ?? [];
      for (const issuer of named) if (issuer.sha256 !== leaf.sha256) found.add(issuer);
      const own = named.every((issuer) => sameSubjectAndKey(issuer, certificate));
      if (own && !this.#anchorIds.has(certificate.sha256)) this.#noIssuer(certificate);
    }
    return [...found];
  }

  /**
   * From the anchors downwards, so that signatures are checked only with keys that an anchor vouches for: a stranger's
   * certificates cost one check each, whatever they are called.
   */
  #findIssuers(certificates: readonly Certificate[]): void {
    const byIssuer = Map.groupBy(certificates, ({ issuer }) => issuer.key);
    const trusted = new Set(certificates.filter(({ sha256 }) => this.#anchorIds.has(sha256)));
    for (const issuer of trusted)
      for (const certificate of byIssuer.get(issuer.subject.key) ?? []) {
        if (sameSubjectAndKey(certificate, issuer) || !this.#isIssuedBy(certificate, issuer)) continue;
        this.#issuers.set(certificate.sha256, [...(this.#issuers.get(certificate.sha256) ?? []), issuer]);
        trusted.add(certificate);
      }
  }

  /** `path` is leaf first. An anchor may itself lead to a further one. */
  #extend(path: readonly Certificate[]): void {
    const last = path.at(-1);
    if (!last) return;
    if (this.#anchorIds.has(last.sha256)) this.#judge(path);
    for (const issuer of this.#issuers.get(last.sha256) ?? []) {
      if (path.some((seen) => sameSubjectAndKey(seen, issuer))) continue;
      this.#steps += 1;
      if (this.#steps > MAX_STEPS || path.length >= MAX_PATH) this.#tooMany(last);
      else this.#extend([...path, issuer]);
    }
  }

  #isIssuedBy(certificate: Certificate, issuer: Certificate): boolean {
    this.#steps += 1;
    if (this.#steps > MAX_STEPS) this.#tooMany(certificate);
    else if (!certificate.scheme)
      this.#fail('CERTIFICATE_WEAK', certificate, `is signed with ${certificate.schemeName}`);
    else if (!issuer.publicKey) this.#fail('CERTIFICATE_WEAK', issuer, `cannot be used: ${issuer.keyProblem}`);
    else if (!isSignedBy(certificate, issuer))
      this.#fail('CERTIFICATE_SIGNATURE_BAD', certificate, `is not signed by the key of ${nameOf(issuer)}`);
    else return true;
    return false;
  }

  #judge(path: readonly Certificate[]): void {
    const anchor = path.at(-1);
    const checked = path.map((certificate, index) => ({
      certificate,
      ...this.#revocation(certificate, path[index + 1]),
    }));
    const revoked = checked.flatMap(({ reasons }) => reasons.filter(({ severity }) => severity !== 'remark'));
    const problems = pathProblems(path, this.#options);
    for (const problem of [...problems, ...revoked]) this.#reasons.set(problem.message, problem);
    if (!anchor || problems.some(({ code }) => code !== 'CERTIFICATE_EXPIRED')) return;
    const found = problems.length + revoked.length === 0 ? this.anchors : this.ended;
    if (!found.has(anchor.sha256)) found.set(anchor.sha256, checked);
  }

  #revocation(certificate: Certificate, issuer: Certificate | undefined): RevocationCheck {
    const { revocation, now, provenAt, purpose } = this.#options;
    // A timestamp states the time itself.
    const moment = { now, provenAt, ownStatement: purpose === 'time' };
    if (revocation) return checkRevocation(certificate, issuer, revocation, moment);
    return { status: issuer ? 'not-checked' : 'anchor', reasons: [] };
  }

  #noIssuer(certificate: Certificate): void {
    const issuer = quote(certificate.issuer.text);
    this.#fail('CERTIFICATE_NO_ISSUER', certificate, `was issued by ${issuer}, which is neither trusted nor given`);
  }

  #tooMany(certificate: Certificate): void {
    this.#fail('CERTIFICATE_CHAIN_TOO_LARGE', certificate, 'has more issuers above it than are looked at');
  }

  #fail(code: SignatureReasonCode, certificate: Certificate, problem: string): void {
    if (this.#reasons.size >= MAX_REASONS) return;
    const reason = certificateReason(code, certificate, problem);
    this.#reasons.set(reason.message, reason);
  }
}

/**
 * Everything that is wrong with a path whose signatures are good; leaf first. A CA certificate may be younger than a
 * signature that is proven to be old: who vouches for a key today vouches for what it was then.
 */
function pathProblems(path: readonly Certificate[], options: PathOptions): readonly Reason[] {
  const { now, provenAt: at = now, purpose = 'code' } = options;
  // Whoever proves the time may have a clock that is behind that of the CA; an authority's own certificate it is not about.
  const from = purpose === 'code' && options.provenAt ? new Date(at.getTime() + CLOCK_SKEW_MS) : at;
  return path.flatMap((certificate, index) => [
    ...certificateProblems(certificate, { from: index === 0 ? from : now, until: at, purpose }),
    ...(index === 0 ? leafProblems(certificate, purpose) : issuerProblems(certificate, path.slice(0, index))),
  ]);
}

/** What disqualifies a certificate as issuer of those below it; `below` is leaf first. */
function issuerProblems(issuer: Certificate, below: readonly Certificate[]): readonly Reason[] {
  const problems: Reason[] = [];
  const { basicConstraints, keyUsage, nameConstraints } = issuer.extensions;
  // Roots of version 1 have no extensions; only a trust anchor can get here without being a version 3 CA.
  const ca = basicConstraints ? basicConstraints.ca : issuer.version === 1 && isSelfIssued(issuer);
  if (!ca) problems.push(certificateReason('CERTIFICATE_NOT_CA', issuer, 'is not a CA certificate'));
  if (issuer.subject.rdns.length === 0)
    problems.push(certificateReason('CERTIFICATE_NOT_CA', issuer, 'has no subject that could be named as issuer'));
  if (keyUsage && !keyUsage.includes('keyCertSign'))
    problems.push(certificateReason('CERTIFICATE_KEY_USAGE', issuer, 'has a key usage without keyCertSign'));
  const limit = basicConstraints?.pathLength;
  const intermediates = below.slice(1).filter((certificate) => !isSelfIssued(certificate)).length;
  if (limit !== undefined && intermediates > limit)
    problems.push(
      certificateReason(
        'CERTIFICATE_PATH_LENGTH',
        issuer,
        `allows ${limit} intermediates below it, not ${intermediates}`,
      ),
    );
  if (!nameConstraints) return problems;
  for (const [index, certificate] of below.entries()) {
    if (index > 0 && isSelfIssued(certificate)) continue;
    const name = findForbiddenName(constrainedNames(certificate), nameConstraints);
    if (name)
      problems.push(
        certificateReason(
          'CERTIFICATE_NAME_CONSTRAINT',
          certificate,
          `has a name that ${nameOf(issuer)} may not certify: ${nameText(name)}`,
        ),
      );
  }
  return problems;
}

function isSelfIssued(certificate: Certificate): boolean {
  return certificate.subject.key === certificate.issuer.key;
}

/** Alternative names, the subject, and its e-mail addresses when there is no alternative one. */
function constrainedNames({ subject, extensions }: Certificate): readonly GeneralName[] {
  return [
    ...extensions.subjectAltName,
    ...(subject.rdns.length > 0 ? [{ kind: 'directory', name: subject } as const] : []),
    ...subject.emails.map((text) => ({ kind: 'email', text }) as const),
  ];
}

function nameText(name: GeneralName): string {
  if (name.kind === 'directory') return quote(name.name.text);
  return name.kind === 'other' ? `a name of kind ${name.type}` : quote(name.text);
}

function quote(text: string): string {
  return JSON.stringify(text.slice(0, 200));
}
