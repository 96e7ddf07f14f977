// SPDX-License-Identifier: Apache-2.0
// Which images contain a component or rest on a key, person or CA: asked of the layers and signed SBOMs that were found
// on them. What could not be looked into is said, for it may be the answer.

import { parseStatement } from '../../attest/statement.ts';
import { CountersignError } from '../../base/errors.ts';
import { isJsonObject, type JsonValue } from '../../base/json.ts';
import type { EvidenceFact, ImageFacts } from '../../policy/facts.ts';
import type { EvidenceReport, ImageVerdict, LayerReport, LayerStatus, SignerReport } from '../../policy/verdict.ts';
import { signerOf } from '../wording.ts';
import { componentsIn, isMeantBy, type PackageUrl, type PurlComponent } from '../../findings/packages.ts';

/** What is looked for; an image is found by any of them. */
export interface Question {
  readonly purl: PackageUrl | undefined;
  /** Fingerprint, SPKI digest or digest of a certificate. */
  readonly key: string | undefined;
  readonly principal: string | undefined;
  /** Name of a certificate of the chain, or a part of it such as `CN=Issuing CA`. */
  readonly ca: string | undefined;
}

/** One place in which an image has what is looked for. */
export interface Match {
  readonly by: keyof Question;
  readonly image: string;
  readonly reference: string | null;
  readonly content: readonly string[];
  /** Where on the image. */
  readonly where: string;
  /** `approval of stage NAME`, or the kind of signature or evidence. */
  readonly what: string;
  readonly signer: string;
  readonly status: LayerStatus;
  /** Proven time, else the time that the signer states; RFC 3339. */
  readonly since: string | null;
  readonly proven: boolean;
  readonly component: PurlComponent | null;
}

/** What could not be looked into. */
export interface Unknown {
  readonly image: string;
  readonly why: string;
}

/** Where an image has what is looked for, and what of it nobody knows. */
export function findIn(
  { facts, verdict }: { readonly facts: ImageFacts; readonly verdict: ImageVerdict },
  question: Question,
): { readonly matches: readonly Match[]; readonly unknown: readonly Unknown[] } {
  const found = { image: verdict.name, reference: verdict.reference, content: verdict.contentDigests };
  const signed = [
    ...verdict.layers.map((one) => ({ one, what: whatOf(one), stated: one.signedAt })),
    ...verdict.evidence.map((one) => ({ one, what: `evidence: ${one.kind}`, stated: null })),
  ];
  const bySigner = signed.flatMap(({ one, what, stated }) =>
    waysOf(one.signer, question).map((by) => ({ ...found, by, what, ...about(one, stated), component: null })),
  );
  const boms = facts.evidence.filter(isSbom);
  const read = question.purl ? boms.map((fact) => ({ fact, ...lookInto(fact, question.purl) })) : [];
  const byPurl = read.flatMap(({ fact, components, stated }) => {
    const one = verdict.evidence.find(({ digest }) => digest === fact.digest);
    return one
      ? (components ?? []).map((component) => ({
          ...found,
          by: 'purl' as const,
          what: `evidence: ${one.kind}`,
          ...about(one, stated),
          component,
        }))
      : [];
  });
  const closed = read.filter(({ components }) => components === undefined).length;
  const why = !question.purl
    ? undefined
    : boms.length === 0
      ? 'it has no SBOM'
      : closed > 0
        ? `${closed} of its ${boms.length} SBOMs are not validly signed by anybody trusted, or cannot be read`
        : undefined;
  return { matches: [...byPurl, ...bySigner], unknown: why === undefined ? [] : [{ image: verdict.name, why }] };
}

function whatOf({ kind, stage, approval }: LayerReport): string {
  return approval && stage !== null ? `approval of stage ${stage}` : `signature: ${kind}`;
}

function about({ where, signer, status, provenTime }: LayerReport | EvidenceReport, stated: string | null) {
  const proven = provenTime?.time ?? null;
  return { where, signer: signerOf(signer), status, since: proven ?? stated, proven: proven !== null };
}

function waysOf(signer: SignerReport | null, { key, principal, ca }: Question): readonly (keyof Question)[] {
  if (!signer) return [];
  const keys = [signer.fingerprint, signer.subkey, signer.hint, signer.certificateSha256];
  const names = [signer.issuer, ...(signer.chain ?? []).slice(1)].filter((name) => name !== undefined);
  const ways: readonly (readonly [keyof Question, boolean])[] = [
    ['key', key !== undefined && keys.includes(key)],
    ['principal', principal !== undefined && signer.principal === principal],
    ['ca', ca !== undefined && names.some((name) => name === ca || name.split(',').includes(ca))],
  ];
  return ways.flatMap(([by, applies]) => (applies ? [by] : []));
}

function isSbom({ predicateType }: EvidenceFact): boolean {
  return /^https:\/\/(?:cyclonedx\.org\/bom|spdx\.dev\/Document)(?:\/|$)/.test(predicateType);
}

/** Without components when the statement is nobody's whom we trust, about other content, or no SBOM. */
function lookInto(
  { statement, contradicted }: EvidenceFact,
  wanted: PackageUrl | undefined,
): { readonly components: readonly PurlComponent[] | undefined; readonly stated: string | null } {
  if (!statement || contradicted || !wanted) return { components: undefined, stated: null };
  try {
    const { predicate } = parseStatement(statement);
    if (!isJsonObject(predicate)) return { components: undefined, stated: null };
    const components = componentsIn(predicate)?.filter(({ purl }) => isMeantBy(wanted, purl));
    return { components, stated: statedTime(predicate['metadata'] ?? predicate['creationInfo']) };
  } catch (error) {
    if (error instanceof CountersignError) return { components: undefined, stated: null };
    throw error;
  }
}

function statedTime(made: JsonValue | undefined): string | null {
  const time = isJsonObject(made) ? (made['timestamp'] ?? made['created']) : undefined;
  return typeof time === 'string' && !Number.isNaN(Date.parse(time)) ? new Date(time).toISOString() : null;
}
