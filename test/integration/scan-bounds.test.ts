// SPDX-License-Identifier: Apache-2.0
// What reports and SBOMs of ten megabytes cost in their worst shapes, as users run it: 3 s of CPU and 256 MB.

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ALLOWED, DENSE, listText, paddedList } from '../support/large-json.ts';
import {
  bundleOnce,
  expectCheap,
  GROWTH,
  measure,
  type Measured,
  MOST_PEAK_BYTES,
  NOISE_MS,
} from '../support/measured.ts';
import { SifBuilder } from '../support/sif-builder.ts';
import { temporaryFolder } from '../support/temporary.ts';

const LENGTH = 9_900_000;
const MINUTES = { timeout: 120_000 };

bundleOnce();

const trivy = (member: string, value: string) =>
  `{"SchemaVersion":2,"ArtifactName":"a","Metadata":${member === 'Metadata' ? value : '{}'},"Results":[{"Target":"t","Class":"os-pkgs","Vulnerabilities":${member === 'Metadata' ? '[]' : value}}]}`;
const grype = (matches: string) => `{"descriptor":{"name":"grype"},"source":{"target":"x"},"matches":${matches}}`;
const sarif = (results: string) => `{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"x"}},"results":${results}}]}`;
const osv = (entry: string) =>
  `{"experimental_config":{},"results":[{"source":{"path":"x"},"packages":[{"package":{"name":"p"},${entry}}]}]}`;
const cyclonedx = (value: string) =>
  `{"bomFormat":"CycloneDX","specVersion":"1.6","components":[{"name":"a"}],"x":${value}}`;

/** Findings of real length are some hundred bytes; so many are read. */
const findings = (length: number, make: (index: number, room: number) => string) =>
  paddedList(length, Math.floor(19_000 + (length * 0.95) / 256), make);
const texts = (index: number) => `"${index.toString(36)}"`;

/** Reports that are read to their end. */
const REPORTS: Readonly<Record<string, (length: number) => string>> = {
  Trivy: (length) =>
    trivy(
      'Vulnerabilities',
      findings(length, (index, room) => {
        const name = index.toString(36);
        const start = `{"VulnerabilityID":"C${name}","PkgName":"${name}","Severity":"HIGH","InstalledVersion":"`;
        return `${start}${'1'.repeat(room - start.length - 2)}"}`;
      }),
    ),
  Grype: (length) =>
    grype(
      findings(length, (index, room) => {
        const name = index.toString(36);
        const start = `{"vulnerability":{"id":"C${name}","severity":"High"},"artifact":{"name":"${name}","version":"`;
        return `${start}${'1'.repeat(room - start.length - 3)}"}}`;
      }),
    ),
  SARIF: (length) =>
    sarif(
      findings(length, (index, room) => {
        const start = `{"ruleId":"C${index.toString(36)}","message":{"text":"`;
        return `${start}${'x'.repeat(room - start.length - 3)}"}}`;
      }),
    ),
};

/** Reports that claim more than a scan of their size can find. */
const CLAIMS: Readonly<Record<string, (length: number) => string>> = {
  'Trivy, very many findings': (length) =>
    trivy(
      'Vulnerabilities',
      listText(length, (index) => `{"VulnerabilityID":"C${index}"}`),
    ),
  'Grype, very many places': (length) =>
    grype(
      `[{"vulnerability":{"id":"A"},"artifact":{"locations":${listText(length, (index) => `{"path":"/a/long/path/${index}"}`)}}}]`,
    ),
  'OSV-Scanner, very many licences': (length) => osv(`"license_violations":${listText(length, texts)}`),
  'OSV-Scanner, very many names': (length) =>
    osv(`"vulnerabilities":[{"id":"A","aliases":${listText(length, texts)}}]`),
  'SARIF, very many runs': (length) =>
    `{"version":"2.1.0","runs":${listText(length, () => '{"tool":{"driver":{"name":"x"}},"results":[]}')}}`,
};

async function scan(text: string, ...flags: readonly string[]): Promise<Measured> {
  const home = await temporaryFolder();
  const partition = new Uint8Array(4096).fill(1);
  await writeFile(join(home, 'image.sif'), new SifBuilder().withDefinition().withPartition(partition).bytes());
  await writeFile(join(home, 'input.json'), text);
  return measure(['scan-attest', ...flags, 'image.sif'], home);
}

describe('an SBOM of 10 MB', () => {
  test.each(Object.keys(ALLOWED))('with %s is read', MINUTES, async (shape) => {
    const text = (length: number) => cyclonedx(ALLOWED[shape]?.(length) ?? '');
    const half = await scan(text(LENGTH / 2), '--sbom-path', 'input.json');
    const whole = await scan(text(LENGTH), '--sbom-path', 'input.json');
    expect(whole.stderr).not.toContain('error:');
    expect([half.exitCode, whole.exitCode]).toEqual([0, 0]);
    expectCheap(whole);
    expect(whole.cpuMs).toBeLessThan(GROWTH * half.cpuMs + NOISE_MS);
  });

  test.each(Object.keys(DENSE))('of %s is refused', MINUTES, async (shape) => {
    const result = await scan(cyclonedx(DENSE[shape]?.(LENGTH) ?? ''), '--sbom-path', 'input.json');
    expect(result.stderr).toContain('[DATA_TOO_MANY_PARTS]');
    expectCheap(result);
  });
});

describe('a scanner report of 10 MB', () => {
  test.each(Object.keys(ALLOWED))('with %s is read', MINUTES, async (shape) => {
    const result = await scan(trivy('Metadata', ALLOWED[shape]?.(LENGTH) ?? ''), '--scan-report', 'input.json');
    expect(result).toMatchObject({ exitCode: 0 });
    expectCheap(result);
  });

  test.each(Object.keys(REPORTS))('of %s with as many findings as are read', MINUTES, async (kind) => {
    const text = (length: number) => REPORTS[kind]?.(length) ?? '';
    const half = await scan(text(LENGTH / 2), '--scan-report', 'input.json');
    const whole = await scan(text(LENGTH), '--scan-report', 'input.json');
    expect(whole.exitCode).toBe(kind === 'SARIF' ? 0 : 1);
    expectCheap(whole);
    expect(whole.cpuMs).toBeLessThan(GROWTH * half.cpuMs + NOISE_MS);
  });

  test('and its result as JSON, which is three times as long', MINUTES, async () => {
    const result = await scan(REPORTS['Trivy']?.(LENGTH) ?? '', '--scan-report', 'input.json', '--json');
    expect(JSON.parse(result.stdout)).toMatchObject({ verdict: 'failed' });
    expectCheap(result);
  });

  test('and its result as files, which are seven times as long', MINUTES, async () => {
    const files = ['--report-path', 'report.json', '--sarif-path', 'findings.sarif'];
    const text = (length: number) => REPORTS['Trivy']?.(length) ?? '';
    const half = await scan(text(LENGTH / 2), '--scan-report', 'input.json', ...files);
    const whole = await scan(text(LENGTH), '--scan-report', 'input.json', ...files);
    expect(whole.peakBytes).toBeLessThan(MOST_PEAK_BYTES);
    expect(whole.cpuMs).toBeLessThan(GROWTH * half.cpuMs + NOISE_MS);
  });

  test.each(Object.keys(CLAIMS))('of %s is refused', MINUTES, async (kind) => {
    const result = await scan(CLAIMS[kind]?.(LENGTH) ?? '', '--scan-report', 'input.json');
    expect(result.stderr).toMatch(/\[(?:SCAN_REPORT_TOO_LARGE|DATA_TOO_MANY_PARTS)\]/);
    expect(result.exitCode).toBe(3);
    expectCheap(result);
  });
});
