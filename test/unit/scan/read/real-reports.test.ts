// SPDX-License-Identifier: Apache-2.0
// Reports and SBOMs that the tools themselves wrote (test/vectors/scan/PROVENANCE.md): what is found in each.

import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Finding } from '../../../../src/findings/finding.ts';
import { parseReports } from '../../../../src/scan/read/reports.ts';
import { parseSbom } from '../../../../src/scan/read/sbom.ts';
import { SEVERITIES } from '../../../../src/findings/severity.ts';
import { PROJECT } from '../../../support/sources.ts';

const FOLDER = join(PROJECT, 'test/vectors/scan');

/** Findings by severity, critical first and unknown last, and how many are hidden by the scanner. */
type Counts = readonly [number, number, number, number, number, number, { readonly hidden: number }?];

const REPORTS: readonly (readonly [file: string, tool: string, counts: Counts])[] = [
  ['bandit-1.8.6-python.sarif', 'Bandit null', [0, 0, 0, 3, 0, 0]],
  ['grype-0.121.3-empty.json', 'Grype [not provided]', [0, 0, 0, 0, 0, 0]],
  ['grype-0.121.3-npm-ignored.json', 'Grype [not provided]', [0, 0, 1, 0, 0, 1, { hidden: 1 }]],
  ['grype-0.121.3-npm.json', 'Grype [not provided]', [1, 0, 1, 0, 0, 1]],
  ['grype-0.121.3-npm.sarif', 'grype 0.0.0-dev', [1, 0, 1, 0, 0, 1]],
  ['grype-0.121.3-oracle.json', 'Grype [not provided]', [0, 1, 0, 0, 0, 0]],
  ['grype-0.121.3-rootfs.json', 'Grype [not provided]', [0, 1, 0, 0, 1, 0]],
  ['grype-0.121.3-rootfs.sarif', 'grype 0.0.0-dev', [0, 2, 0, 0, 0, 0]],
  ['osv-scanner-2.4.0-alpine.json', 'OSV-Scanner null', [0, 0, 0, 1, 0, 0]],
  ['osv-scanner-2.4.0-clean.json', 'OSV-Scanner null', [0, 0, 0, 0, 0, 0]],
  ['osv-scanner-2.4.0-debian.json', 'OSV-Scanner null', [0, 0, 0, 1, 0, 0]],
  ['osv-scanner-2.4.0-golang.json', 'OSV-Scanner null', [0, 0, 0, 0, 0, 1]],
  ['osv-scanner-2.4.0-hostile.json', 'OSV-Scanner null', [3, 0, 0, 0, 0, 0]],
  ['osv-scanner-2.4.0-hostile.sarif', 'osv-scanner 2.4.0', [0, 0, 0, 0, 0, 3]],
  ['osv-scanner-2.4.0-npm-all.json', 'OSV-Scanner null', [1, 1, 1, 0, 0, 0]],
  ['osv-scanner-2.4.0-npm.json', 'OSV-Scanner null', [1, 1, 1, 0, 0, 0]],
  ['osv-scanner-2.4.0-npm.sarif', 'osv-scanner 2.4.0', [1, 1, 0, 0, 0, 1]],
  ['osv-scanner-2.4.0-python.json', 'OSV-Scanner null', [0, 1, 0, 0, 0, 1]],
  ['semgrep-1.185.0-python.sarif', 'Semgrep OSS 1.185.0', [0, 1, 0, 0, 0, 0]],
  ['trivy-0.74.0-config.json', 'Trivy dev', [0, 2, 2, 2, 0, 0]],
  ['trivy-0.74.0-config.sarif', 'Trivy dev', [0, 2, 2, 2, 0, 0]],
  ['trivy-0.74.0-empty.json', 'Trivy dev', [0, 0, 0, 0, 0, 0]],
  ['trivy-0.74.0-license.json', 'Trivy dev', [0, 1, 0, 1, 0, 0]],
  ['trivy-0.74.0-npm-ignored.json', 'Trivy dev', [0, 0, 0, 0, 0, 0, { hidden: 1 }]],
  ['trivy-0.74.0-npm.json', 'Trivy dev', [0, 1, 0, 0, 0, 0]],
  ['trivy-0.74.0-npm.sarif', 'Trivy dev', [0, 1, 0, 0, 0, 0]],
  ['trivy-0.74.0-rootfs.json', 'Trivy dev', [1, 0, 0, 1, 0, 1]],
  ['trivy-0.74.0-rootfs.sarif', 'Trivy dev', [1, 0, 0, 1, 0, 1]],
  ['trivy-0.74.0-secret-ignored.json', 'Trivy dev', [0, 1, 0, 0, 0, 0, { hidden: 1 }]],
  ['trivy-0.74.0-secret.json', 'Trivy dev', [0, 2, 0, 0, 0, 0]],
  ['trivy-0.74.0-secret.sarif', 'Trivy dev', [0, 2, 0, 0, 0, 0]],
];

const SBOMS: readonly (readonly [file: string, format: string, components: number])[] = [
  ['cdxgen-12.8.4-npm.cdx.json', 'CycloneDX 1.7', 2],
  ['cyclonedx-npm-6.0.1-npm.cdx.json', 'CycloneDX 1.6', 2],
  ['cyclonedx-py-7.5.0-python.cdx.json', 'CycloneDX 1.6', 1],
  ['grype-0.121.3-npm.cdx.json', 'CycloneDX 1.7', 4],
  ['pyspdxtools-0.8.5-npm.spdx.json', 'SPDX 2.3', 4],
  ['syft-1.57.1-alpine.cdx.json', 'CycloneDX 1.7', 3],
  ['syft-1.57.1-alpine.spdx.json', 'SPDX 2.3', 2],
  ['syft-1.57.1-empty.cdx.json', 'CycloneDX 1.7', 0],
  ['syft-1.57.1-hostile.cdx.json', 'CycloneDX 1.7', 5],
  ['syft-1.57.1-hostile.spdx.json', 'SPDX 2.3', 5],
  ['syft-1.57.1-npm-1.4.cdx.json', 'CycloneDX 1.4', 4],
  ['syft-1.57.1-npm-2.2.spdx.json', 'SPDX 2.2', 4],
  ['syft-1.57.1-npm.cdx.json', 'CycloneDX 1.7', 4],
  ['syft-1.57.1-npm.spdx.json', 'SPDX 2.3', 4],
  ['syft-1.57.1-rootfs.cdx.json', 'CycloneDX 1.7', 4],
  ['syft-1.57.1-rootfs.spdx.json', 'SPDX 2.3', 3],
  ['trivy-0.74.0-npm.cdx.json', 'CycloneDX 1.7', 3],
];

/** With the code as a report, and as an SBOM. */
const REFUSED: readonly (readonly [file: string, asReport: string, asSbom: string])[] = [
  ['bandit-1.8.6-nothing.json', 'SCAN_REPORT_UNKNOWN', 'SCAN_SBOM_UNKNOWN'],
  ['bandit-1.8.6-python.json', 'SCAN_REPORT_UNKNOWN', 'SCAN_SBOM_UNKNOWN'],
  ['pyspdxtools-0.8.5-npm.spdx.yaml', 'DATA_JSON_INVALID', 'SCAN_SBOM_FORMAT'],
  ['semgrep-1.185.0-broken.json', 'SCAN_REPORT_UNKNOWN', 'SCAN_SBOM_UNKNOWN'],
  ['semgrep-1.185.0-broken.sarif', 'SCAN_REPORT_INCOMPLETE', 'SCAN_SBOM_UNKNOWN'],
  ['semgrep-1.185.0-python.json', 'SCAN_REPORT_UNKNOWN', 'SCAN_SBOM_UNKNOWN'],
  ['syft-1.57.1-npm.cdx.xml', 'DATA_JSON_INVALID', 'SCAN_SBOM_FORMAT'],
  ['syft-1.57.1-npm.github.json', 'SCAN_REPORT_UNKNOWN', 'SCAN_SBOM_UNKNOWN'],
  ['syft-1.57.1-npm.spdx', 'DATA_JSON_INVALID', 'SCAN_SBOM_FORMAT'],
];

const bytesOf = (file: string) => readFile(join(FOLDER, file));

async function findingsIn(file: string): Promise<readonly Finding[]> {
  return parseReports(await bytesOf(file), file).flatMap(({ findings }) => findings);
}

describe('what the tools wrote', () => {
  test.each(REPORTS)('%s by %s: %j', async (file, tool, counts) => {
    const [report, ...more] = parseReports(await bytesOf(file), file);
    if (!report) throw new Error('no report');
    expect(more).toEqual([]);
    const hidden = report.findings.filter(({ suppressed }) => suppressed !== null).length;
    const shown = report.findings.filter(({ suppressed }) => suppressed === null);
    const found = SEVERITIES.map((severity) => shown.filter((finding) => finding.severity === severity).length);
    expect([...found, ...(hidden > 0 ? [{ hidden }] : [])]).toEqual(counts);
    expect(`${report.scanner.name} ${report.scanner.version}`).toBe(tool);
  });

  test.each(SBOMS)('%s is %s with %i components, and no report', async (file, format, components) => {
    const sbom = parseSbom(await bytesOf(file), file);
    expect([`${sbom.format} ${sbom.version}`, sbom.componentCount]).toEqual([format, components]);
    expect(() => parseReports(new TextEncoder().encode(JSON.stringify(sbom.document)), file)).toThrow(
      expect.objectContaining({ code: 'SCAN_REPORT_UNKNOWN' }),
    );
  });

  test.each(REFUSED)('%s is refused: %s as a report, %s as an SBOM', async (file, asReport, asSbom) => {
    const bytes = await bytesOf(file);
    expect(() => parseReports(bytes, file)).toThrow(expect.objectContaining({ code: asReport }));
    expect(() => parseSbom(bytes, file)).toThrow(expect.objectContaining({ code: asSbom }));
  });

  test('every file is in one of the tables', async () => {
    const listed = [...REPORTS, ...SBOMS, ...REFUSED].map(([file]) => file);
    expect([...listed, 'PROVENANCE.md'].sort()).toEqual((await readdir(FOLDER)).sort());
  });

  test('an advisory about two CVEs is allowed under its own name only', async () => {
    expect(await findingsIn('grype-0.121.3-oracle.json')).toMatchObject([
      { id: 'ELSA-2026-9001', aliases: [], related: ['CVE-2026-10006', 'CVE-2026-10007'], severity: 'high' },
    ]);
  });

  test('a report as JSON and as SARIF names the same packages and vulnerabilities', async () => {
    const names = async (file: string) =>
      (await findingsIn(file)).map(({ id, package: name, version }) => `${id} ${name} ${version}`).toSorted();
    expect(await names('grype-0.121.3-npm.sarif')).toEqual(await names('grype-0.121.3-npm.json'));
    expect(await names('grype-0.121.3-rootfs.sarif')).toEqual(await names('grype-0.121.3-rootfs.json'));
    expect(await names('osv-scanner-2.4.0-npm.sarif')).toEqual(await names('osv-scanner-2.4.0-npm.json'));
    expect(await names('osv-scanner-2.4.0-hostile.sarif')).toEqual(await names('osv-scanner-2.4.0-hostile.json'));
    expect(await names('trivy-0.74.0-rootfs.sarif')).toEqual(await names('trivy-0.74.0-rootfs.json'));
  });

  test('Trivy rates a vulnerability alike in both formats, whatever score its SARIF has', async () => {
    const rated = async (file: string) =>
      (await findingsIn(file)).map(({ id, severity }) => `${id} ${severity}`).toSorted();
    for (const input of ['rootfs', 'npm', 'config'])
      expect(await rated(`trivy-0.74.0-${input}.sarif`)).toEqual(await rated(`trivy-0.74.0-${input}.json`));
    expect(await readFile(join(FOLDER, 'trivy-0.74.0-npm.sarif'), 'utf8')).toContain('"security-severity": "5.4"');
  });

  test('a vendor advisory for two vulnerabilities is a name of neither', async () => {
    const named = (await findingsIn('trivy-0.74.0-rootfs.json')).filter(({ related }) => related.length > 0);
    expect(named.map(({ id, aliases, related }) => [id, aliases, related])).toEqual([
      ['CVE-2026-10005', [], ['DSA-9001-1']],
      ['CVE-2026-10006', [], ['DSA-9001-1']],
    ]);
  });

  test('hostile names are one printable line of bounded length', async () => {
    for (const file of ['osv-scanner-2.4.0-hostile.json', 'osv-scanner-2.4.0-hostile.sarif'])
      for (const { package: name, version, locations } of await findingsIn(file))
        for (const text of [name ?? '', version ?? '', ...locations]) expect(text).toMatch(/^[\x20-\x7e]{0,400}$/);
  });
});
