// SPDX-License-Identifier: Apache-2.0
// What `policy check` says about keyless signers: the instances, and what of them can never count or counts too easily.

import type { LoadedPolicy } from '../../policy/document/load.ts';
import type { Principal, SigstoreCredential } from '../../policy/document/model.ts';

/** A Sigstore instance as the summary shows it. */
export interface InstanceEntry {
  readonly authorities: readonly string[];
  readonly log: number;
  readonly timestamps: number;
  readonly sct: number;
}

/** The instances of the policy, and warnings about them and the principals that need them. */
export async function keylessSummary({ policy, trust }: Pick<LoadedPolicy, 'policy' | 'trust'>): Promise<{
  readonly instances: readonly InstanceEntry[];
  readonly warnings: readonly string[];
}> {
  const warnings = [...(await shortLivedAnchors(trust)), ...policy.principals.flatMap(openJobs)];
  if (trust.sigstore.length === 0) return { instances: [], warnings };
  const { readInstance } = await import('../../crypto/sigstore/library.ts');
  const { parseCertificate } = await import('../../crypto/x509/certificate.ts');
  const instances: InstanceEntry[] = [];
  for (const one of trust.sigstore) {
    const { material, authorities } = readInstance(one);
    const { log, timestamps, sct } = one;
    const names = authorities.flatMap(([first]) => (first ? parseCertificate(first).subject.text : []));
    instances.push({ authorities: names, log, timestamps, sct });
    const about = `the Sigstore instance of ${names[0] ?? 'no CA'}`;
    if (log > 0 && material.tlogs.length === 0)
      warnings.push(
        `${about} has no transparency log: nothing counts unless log: 0 is written beside its trusted root`,
      );
    if (sct > 0 && material.ctlogs.length === 0)
      warnings.push(`${about} has no certificate log: nothing counts unless sct: 0 is written beside its trusted root`);
    if (log === 0 && material.timestampAuthorities.length === 0)
      warnings.push(`${about} has no timestamp authority, and no log is asked for: nothing proves when it was signed`);
  }
  return { instances, warnings };
}

/** Certificates of these CAs live for minutes: by an anchor they count that long, and never again. */
async function shortLivedAnchors({ anchors, sigstore }: LoadedPolicy['trust']): Promise<readonly string[]> {
  if (anchors.length === 0) return [];
  const { parseCertificate } = await import('../../crypto/x509/certificate.ts');
  const { readInstance } = sigstore.length > 0 ? await import('../../crypto/sigstore/library.ts') : {};
  const known = new Set(
    sigstore.flatMap(
      (one) =>
        readInstance?.(one)
          .authorities.flat()
          .map((der) => parseCertificate(der).sha256) ?? [],
    ),
  );
  return anchors
    .map((der) => parseCertificate(der))
    .filter(({ sha256, subject }) => known.has(sha256) || /sigstore|fulcio/i.test(subject.text))
    .map(
      ({ subject }) =>
        `the anchor ${subject.text} is a CA of Sigstore: its certificates live for minutes, so that approvals would count for minutes; put its trusted root into trust.sigstore and write sigstore:, github: or gitlab: instead of x509:`,
    );
}

function openJobs({ name, credentials }: Principal): readonly string[] {
  const open = credentials.filter(
    (one) =>
      one.method === 'sigstore' &&
      one.claims.sourceRepositoryUri &&
      !one.claims.sourceRepositoryRef &&
      !one.claims.deploymentEnvironment,
  );
  return open.map(
    () => `${name} is bound to neither ref nor environment: whoever may push a branch can sign as ${name}`,
  );
}

/** A keyless credential in one line. */
export function describeKeyless({ issuer, san, claims }: SigstoreCredential): string {
  const said = Object.entries(claims).map(([claim, patterns]) => `${claim} ${patterns.join(' or ')}`);
  return `keyless ${[...(san.length > 0 ? [`san ${san.join(' or ')}`] : []), ...said, `issuer ${issuer}`].join(', ')}`;
}
