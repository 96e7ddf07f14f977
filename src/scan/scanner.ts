// SPDX-License-Identifier: Apache-2.0
// How each scanner is asked to scan an image, and what its exit code means. Arguments as lists; the report is its
// standard output. Running it is the caller's work.

export const SCANNERS = ['trivy', 'grype', 'osv-scanner'] as const;
export type ScannerName = (typeof SCANNERS)[number];

/** What a scanner is pointed at. */
export type ScanTarget =
  | { readonly kind: 'sif'; readonly path: string }
  | { readonly kind: 'rootfs'; readonly path: string }
  | { readonly kind: 'oci-layout'; readonly path: string }
  | { readonly kind: 'sbom'; readonly path: string };

/** The kinds of target that each scanner reads by itself, the most telling first. */
export const READABLE: Readonly<Record<ScannerName, readonly ScanTarget['kind'][]>> = {
  trivy: ['rootfs', 'oci-layout', 'sbom'],
  grype: ['sif', 'oci-layout', 'sbom'],
  'osv-scanner': ['sbom'],
};

/** The arguments for a target; undefined when the scanner cannot read it. */
export function scannerArguments(scanner: ScannerName, target: ScanTarget): readonly string[] | undefined {
  if (!READABLE[scanner].includes(target.kind)) return undefined;
  switch (scanner) {
    case 'trivy':
      return ['--quiet', ...trivyCommand(target), '--format', 'json', '--exit-code', '0', ...trivyTarget(target)];
    case 'grype':
      return ['--quiet', '--output', 'json', `${grypeScheme(target)}:${target.path}`];
    case 'osv-scanner':
      return ['scan', 'source', '--format', 'json', '--lockfile', target.path];
    default:
      return scanner satisfies never;
  }
}

function trivyCommand(target: ScanTarget): readonly string[] {
  if (target.kind === 'sbom') return ['sbom'];
  return [target.kind === 'rootfs' ? 'rootfs' : 'image', '--scanners', 'vuln'];
}

function trivyTarget(target: ScanTarget): readonly string[] {
  return target.kind === 'oci-layout' ? ['--input', target.path] : ['--', target.path];
}

function grypeScheme(target: ScanTarget): string {
  if (target.kind === 'sif') return 'singularity';
  return target.kind === 'oci-layout' ? 'oci-dir' : 'sbom';
}

/**
 * True when an exit code says that the scan was done and the report is whole. Trivy and Grype are asked not to fail on
 * findings, so only 0 counts; OSV-Scanner ends with 1 when it found something, and with 127 and more on errors.
 */
export function scanWasDone(scanner: ScannerName, exitCode: number): boolean {
  return exitCode === 0 || (scanner === 'osv-scanner' && exitCode === 1);
}
