// SPDX-License-Identifier: Apache-2.0
// Is a certificate of a path revoked? A function of the certificate, its issuer, the CRLs that were given, the time by
// which the signature is proven to have been made, and the present. Nothing is fetched.

import { type Denial, denialText, isVoidedBy } from '../../findings/denial.ts';
import type { PathMember, Reason } from '../../findings/signature.ts';
import { CLOCK_SKEW_MS } from '../../base/clock.ts';
import { toSecond } from '../../base/text.ts';
import type { SignatureReasonCode } from '../errors.ts';
import type { RevocationMode } from '../verifier.ts';
import { type Certificate, certificateReason, isSignedBy } from './certificate.ts';
import type { Crl, CrlEntry, RevocationReason } from './crl.ts';

/** A CRL, and the file that it is from. */
export interface GivenCrl extends Crl {
  readonly origin: string;
}

/** What is asked of every certificate of a path. */
export interface RevocationRules {
  readonly crls: readonly GivenCrl[];
  /** Undefined when nothing is looked up in CRLs. */
  readonly mode: RevocationMode | undefined;
  readonly denied?: readonly Denial[];
}

/** When it is asked. */
export interface RevocationMoment {
  readonly now: Date;
  /** The latest time at which the signature can have been made; undefined when nothing proves one. */
  readonly provenAt?: Date | undefined;
  /** True when the time is the statement of the certificate's own owner: whoever stole the key can state any. */
  readonly ownStatement?: boolean;
}

/** What became of one certificate. */
export interface RevocationCheck {
  readonly status: PathMember['revocation'];
  /** The CRL that says so. */
  readonly crl?: GivenCrl;
  /** Problems where it fails, remarks where it does not. */
  readonly reasons: readonly Reason[];
}

/** Reasons that say that somebody else had the key, nobody knows since when unless an invalidity date says so. */
const COMPROMISES: ReadonlySet<RevocationReason> = new Set(['keyCompromise', 'cACompromise', 'aACompromise']);

/**
 * Reasons after which the time that a timestamp authority stated before is still believed.
 * @see https://www.rfc-editor.org/rfc/rfc3161.html#section-4
 */
const HARMLESS: ReadonlySet<RevocationReason> = new Set([
  'unspecified',
  'affiliationChanged',
  'superseded',
  'cessationOfOperation',
]);

/**
 * Since when a revocation takes back what was signed; undefined for one that takes back nothing. A compromise without an
 * invalidity date takes back everything.
 */
function voidSince(entry: CrlEntry, { ownStatement = false }: RevocationMoment): Date | undefined {
  const { reason, reasonGiven, revokedAt, invalidFrom } = entry;
  if (reason === 'removeFromCRL') return undefined;
  if (ownStatement && !(reasonGiven && HARMLESS.has(reason))) return new Date(0);
  if (COMPROMISES.has(reason) && !invalidFrom) return new Date(0);
  return invalidFrom && invalidFrom < revokedAt ? invalidFrom : revokedAt;
}

/**
 * What the CRLs say about a certificate that `issuer` signed; without issuer it is the anchor of the path, which only a
 * CRL of its own takes back.
 * @see https://www.rfc-editor.org/rfc/rfc5280.html#section-6.3
 */
export function checkRevocation(
  certificate: Certificate,
  issuer: Certificate | undefined,
  { crls, mode, denied = [] }: RevocationRules,
  moment: RevocationMoment,
): RevocationCheck {
  const denial = denied.find(
    (one) => isAbout(one, certificate) && isVoidedBy(one, moment.ownStatement ? undefined : moment.provenAt),
  );
  if (denial)
    return { status: 'denied', reasons: [certificateReason('CERTIFICATE_DENIED', certificate, denialText(denial))] };
  if (mode === undefined) return { status: issuer ? 'not-checked' : 'anchor', reasons: [] };
  const named = crls.filter((crl) => crl.issuer.key === certificate.issuer.key);
  const { usable, problems } = sortOut(certificate, issuer ?? certificate, named);
  const begun = usable.filter((crl) => !isFuture(crl, moment));
  const newest = begun[0] ?? usable[0];
  // A CA may leave out what has expired: what counts then is the last list from before that, and any since that names it
  // all the same, as the first one after it expired has to.
  const leaving = begun.findIndex((crl) => !isLeftOut(certificate, crl));
  const covering = newest && isLeftOut(certificate, newest) ? begun[leaving] : newest;
  const asked = newest === covering ? [newest] : begun.slice(0, leaving < 0 ? undefined : leaving + 1);
  const listing = [...new Set([newest, ...asked])].flatMap((crl) =>
    crl ? revocationsIn(crl, certificate, moment) : [],
  );
  const [first] = listing.toSorted((a, b) => a.since.getTime() - b.since.getTime());
  const { provenAt } = moment;
  if (first && !(provenAt && provenAt < first.since))
    return { status: 'revoked', crl: first.crl, reasons: [revokedReason(certificate, first, provenAt)] };
  if (!issuer) return { status: 'anchor', reasons: [] };
  const silence = newest
    ? silenceReasons(certificate, { newest, covering }, moment)
    : [...problems, ...(named.length === 0 ? [missing(certificate, crls)] : [])];
  const found = silence.slice(0, MAX_REASONS).map((one) => (mode === 'warn' ? asRemark(one) : one));
  const later = first ? [asRemark(revokedReason(certificate, first, provenAt))] : [];
  const status = first ? 'revoked-later' : silence.length === 0 ? 'good' : 'unknown';
  return { status, ...(newest ? { crl: first?.crl ?? newest } : {}), reasons: [...found, ...later] };
}

function isAbout({ what }: Denial, { issuer, serial, hint }: Certificate): boolean {
  if (what.of === 'key') return what.hint !== undefined && what.hint === hint;
  return what.of === 'certificate' && what.issuer === issuer.text && bare(what.serial) === bare(serial);
}

/** A serial number without leading zeros, which not everybody writes. */
function bare(serial: string): string {
  return serial.replace(/^0+/, '');
}

/** Problems of one certificate that are told. */
const MAX_REASONS = 5;

function asRemark(one: Reason): Reason {
  return { ...one, severity: 'remark' };
}

function isFuture({ thisUpdate }: Crl, { now }: RevocationMoment): boolean {
  return thisUpdate.getTime() > now.getTime() + CLOCK_SKEW_MS;
}

function isLeftOut({ notAfter }: Certificate, { thisUpdate, expiredSince }: Crl): boolean {
  return notAfter < thisUpdate && !(expiredSince && expiredSince <= notAfter);
}

/** Else a later list from before the certificate ended may be missing, and what it said with it. */
function isInForceAtEnd({ notAfter }: Certificate, { nextUpdate }: Crl): boolean {
  return nextUpdate !== undefined && nextUpdate >= notAfter;
}

/** The lists that the issuer's key signed and that can be evaluated, newest first; why the others cannot. */
function sortOut(certificate: Certificate, issuer: Certificate, named: readonly GivenCrl[]) {
  const usage = issuer.extensions.keyUsage;
  const usable: GivenCrl[] = [];
  const problems: Reason[] = [];
  for (const crl of named) {
    const problem = (code: SignatureReasonCode, text: string) =>
      problems.push(certificateReason(code, certificate, `is looked up in no CRL: ${crl.origin} ${text}`));
    if (!crl.scheme) problem('CRL_REFUSED', crl.refusal ?? '');
    else if (!isMadeBy(crl, issuer)) problem('CRL_WRONG_ISSUER', 'is not signed by the key of the CA that it names');
    else if (crl.refusal !== undefined) problem('CRL_REFUSED', crl.refusal);
    else if (usage && !usage.includes('crlSign'))
      problem('CRL_ISSUER_USAGE', 'is by a CA whose key usage lacks cRLSign');
    else usable.push(crl);
  }
  return { usable: usable.sort(newestFirst), problems };
}

function newestFirst(a: Crl, b: Crl): number {
  const [one, other] = [a.number ?? 0n, b.number ?? 0n];
  if (one !== other) return one > other ? -1 : 1;
  return b.thisUpdate.getTime() - a.thisUpdate.getTime();
}

/** By issuer: a list of 50 MB is hashed once for each, not for each signature. */
const MADE_BY = new WeakMap<Crl, Map<string, boolean>>();

function isMadeBy(crl: Crl, issuer: Certificate): boolean {
  const known = MADE_BY.get(crl) ?? new Map<string, boolean>();
  MADE_BY.set(crl, known);
  const made = known.get(issuer.sha256) ?? isSignedBy(crl, issuer);
  known.set(issuer.sha256, made);
  return made;
}

/** An entry that takes something back. */
interface Revocation {
  readonly crl: GivenCrl;
  readonly entry: CrlEntry;
  readonly since: Date;
}

/** Of a list that holds from a later time on, what had been revoked by now. */
function revocationsIn(crl: GivenCrl, { serial }: Certificate, moment: RevocationMoment): readonly Revocation[] {
  return crl.entriesOf(serial).flatMap((entry) => {
    const since = voidSince(entry, moment);
    const yet = isFuture(crl, moment) && entry.revokedAt > moment.now;
    return since && !yet ? [{ crl, entry, since }] : [];
  });
}

/** Why a list that does not name the certificate does not show that it is good. */
function silenceReasons(
  certificate: Certificate,
  { newest, covering }: { readonly newest: GivenCrl; readonly covering: GivenCrl | undefined },
  moment: RevocationMoment,
): readonly Reason[] {
  const { now, provenAt } = moment;
  const { thisUpdate, nextUpdate } = newest;
  const problem = (code: SignatureReasonCode, text: string): readonly Reason[] => [
    certificateReason(code, certificate, `may have been revoked: ${nameOfCrl(newest)} ${text}`),
  ];
  if (isFuture(newest, moment)) return problem('CRL_FUTURE', `holds from ${toSecond(thisUpdate)} on`);
  // The last second counts to its end.
  if (!nextUpdate || now.getTime() >= nextUpdate.getTime() + 1000)
    return problem('CRL_STALE', `was to be replaced by ${toSecond(nextUpdate ?? thisUpdate)}`);
  // Without proven time a certificate that has expired fails anyway.
  if (
    newest === covering ||
    !provenAt ||
    (covering && covering.thisUpdate >= provenAt && isInForceAtEnd(certificate, covering))
  )
    return [];
  return problem(
    'CRL_AFTER_EXPIRY',
    `is newer than its end on ${toSecond(certificate.notAfter)}, and none from between was in force then`,
  );
}

function missing(certificate: Certificate, crls: readonly GivenCrl[]): Reason {
  const issuers = [...new Set(crls.map(({ issuer }) => JSON.stringify(issuer.text.slice(0, 200))))];
  const there = issuers.length === 0 ? 'no CRL is given' : `the CRLs given are by ${issuers.slice(0, 5).join(', ')}`;
  const by = JSON.stringify(certificate.issuer.text.slice(0, 200));
  return certificateReason('CRL_MISSING', certificate, `may have been revoked: there is no CRL by ${by}, ${there}`);
}

/** A CRL in a sentence. */
export function nameOfCrl({ number, origin }: GivenCrl): string {
  return `CRL ${number ?? 'without number'} (${origin})`;
}

function revokedReason(certificate: Certificate, { crl, entry }: Revocation, provenAt: Date | undefined): Reason {
  const { reason, revokedAt, invalidFrom } = entry;
  const why = reason === 'unspecified' ? 'without a reason' : `for ${reason}`;
  const invalid = invalidFrom ? `, invalid since ${toSecond(invalidFrom)}` : '';
  const proven = provenAt ? `; the signature is proven to be from before ${toSecond(provenAt)}` : '';
  const text = `was revoked on ${toSecond(revokedAt)} ${why}${invalid}, says ${nameOfCrl(crl)}${proven}`;
  return certificateReason('CERTIFICATE_REVOKED', certificate, text);
}
