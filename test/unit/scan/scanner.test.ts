// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import { refusedArgument, scannerArguments, scanWasDone } from '../../../src/scan/scanner.ts';

describe('scannerArguments', () => {
  test('a path that looks like a flag stays a path', () => {
    expect(scannerArguments('trivy', { kind: 'rootfs', path: '--config' }).slice(-2)).toEqual(['--', '--config']);
    expect(scannerArguments('grype', { kind: 'sif', path: '-x.sif' }).at(-1)).toBe('singularity:-x.sif');
  });

  test.each(['trivy', 'grype', 'osv-scanner'] as const)('%s is not kept from saying why it failed', (scanner) => {
    expect(scannerArguments(scanner, { kind: 'sbom', path: 'x' })).not.toContain('--quiet');
  });
});

describe('refusedArgument', () => {
  test.each(['--offline-scan', '--db-repository=example.org/db', '--by-cve', '--x=', '--x=a\nb'])(
    '%j is passed on',
    (text) => {
      expect(refusedArgument(text)).toBeUndefined();
    },
  );

  test.each([
    '',
    '-',
    '--',
    '-q',
    '-o=x',
    'image',
    '--format',
    '--format=json',
    '--output=x',
    '--OUTPUT=x',
    '--a b',
    ' --a',
  ])('%j is not', (text) => {
    expect(refusedArgument(text)).toBeTypeOf('string');
  });
});

describe('scanWasDone', () => {
  test('findings are no failure, failures are no findings', () => {
    expect(scanWasDone('trivy', 0)).toBe(true);
    expect(scanWasDone('trivy', 1)).toBe(false);
    expect(scanWasDone('grype', 1)).toBe(false);
    expect(scanWasDone('osv-scanner', 1)).toBe(true);
    for (const exitCode of [2, 127, 128, 130]) expect(scanWasDone('osv-scanner', exitCode)).toBe(false);
  });
});
