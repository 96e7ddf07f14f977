// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import { scannerArguments, scanWasDone } from '../../../src/scan/scanner.ts';

describe('scannerArguments', () => {
  test('a path that looks like a flag stays a path', () => {
    expect(scannerArguments('trivy', { kind: 'rootfs', path: '--config' })?.slice(-2)).toEqual(['--', '--config']);
    expect(scannerArguments('grype', { kind: 'sif', path: '-x.sif' })?.at(-1)).toBe('singularity:-x.sif');
  });

  test('targets that a scanner cannot read have no arguments', () => {
    expect(scannerArguments('trivy', { kind: 'sif', path: 'a.sif' })).toBeUndefined();
    expect(scannerArguments('osv-scanner', { kind: 'rootfs', path: 'a' })).toBeUndefined();
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
