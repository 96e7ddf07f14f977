// SPDX-License-Identifier: Apache-2.0
// How each scanner is asked to scan an image, and what its exit code means. Arguments as lists; the report is its
// standard output. Running it is the caller's work.

/** The scanners that can be run, in the order in which `auto` tries them. */
export const SCANNERS = ['trivy', 'grype', 'osv-scanner'] as const;
/** Name of a scanner, and of its program. */
export type ScannerName = (typeof SCANNERS)[number];

/** What a scanner is pointed at. */
export interface ScanTarget {
  readonly kind: 'sif' | 'rootfs' | 'oci-layout' | 'sbom';
  readonly path: string;
}

/** The kinds of target that each scanner reads by itself, the most telling first. */
export const READABLE: Readonly<Record<ScannerName, readonly ScanTarget['kind'][]>> = {
  trivy: ['rootfs', 'oci-layout', 'sbom'],
  grype: ['sif', 'oci-layout', 'sbom'],
  'osv-scanner': ['sbom'],
};

/** The arguments for a target that the scanner can read; the user's own come after ours and before the target. */
export function scannerArguments(
  scanner: ScannerName,
  { kind, path }: ScanTarget,
  own: readonly string[] = [],
): readonly string[] {
  switch (scanner) {
    case 'trivy': {
      const command = kind === 'sbom' ? ['sbom'] : [kind === 'rootfs' ? 'rootfs' : 'image', '--scanners', 'vuln'];
      const target = kind === 'oci-layout' ? ['--input', path] : ['--', path];
      return [...command, '--no-progress', '--format', 'json', '--exit-code', '0', ...own, ...target];
    }
    case 'grype': {
      const scheme = { sif: 'singularity', 'oci-layout': 'oci-dir', sbom: 'sbom', rootfs: 'dir' }[kind];
      return ['--output', 'json', ...own, '--', `${scheme}:${path}`];
    }
    case 'osv-scanner':
      return ['scan', 'source', '--format', 'json', ...own, '--lockfile', path];
    default:
      return scanner satisfies never;
  }
}

/** One flag; its value, if it has one, in the same argument: a text of its own could be taken for another target. */
const OWN_ARGUMENT = /^--([a-z][a-z0-9-]*)(?:=.*)?$/s;
/** Flags of any scanner that say what the report is, where it goes, what is scanned, or what the exit code means. */
const OURS: ReadonlySet<string> = new Set(
  `format output output-file output-plugin-arg file template json report compliance quiet help version
  exit-code exit-on-eol fail-on input image-src lockfile sbom serve generate-default-config`.split(/\s+/),
);

/** Why an argument cannot be passed on to a scanner; undefined when it can. */
export function refusedArgument(argument: string): string | undefined {
  const flag = OWN_ARGUMENT.exec(argument)?.[1];
  if (flag === undefined) return 'is not one flag, with its value after an equals sign: `--name` or `--name=value`';
  return OURS.has(flag)
    ? 'says what is scanned, what the exit code means, or what the report is and where it goes'
    : undefined;
}

/**
 * True when an exit code says that the scan was done and the report is whole. Trivy and Grype are asked not to fail on
 * findings, so only 0 counts; OSV-Scanner ends with 1 when it found something, and with 127 and more on errors.
 */
export function scanWasDone(scanner: ScannerName, exitCode: number): boolean {
  return exitCode === 0 || (scanner === 'osv-scanner' && exitCode === 1);
}
