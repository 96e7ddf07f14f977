// SPDX-License-Identifier: Apache-2.0
// Runs a scanner from PATH over one image. A scanner that fails is an error; only a whole report is an answer. A SIF
// file is unpacked for scanners that cannot read it, into the temporary folder, by unsquashfs, without mounting.

import { copyFile, mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Host, ToolResult } from '../host.ts';
import { openRegistryImage } from '../../image/registry/attached.ts';
import { utf8 } from '../../base/bytes.ts';
import { systemClock } from '../../base/clock.ts';
import { LIMITS } from '../../base/limits.ts';
import { LayoutIndex } from '../../oci/layout/index.ts';
import { LayoutRepository } from '../../oci/layout/layout.ts';
import { manifestName } from '../../oci/reference.ts';
import { MEDIA_TYPE } from '../../oci/oci.ts';
import { ScanError } from '../../scan/errors.ts';
import { printable } from '../../scan/read/fields.ts';
import { parseReports } from '../../scan/read/reports.ts';
import {
  READABLE,
  SCANNERS,
  type ScannerName,
  type ScanTarget,
  scannerArguments,
  scanWasDone,
} from '../../scan/scanner.ts';
import { DATA_TYPE, FILE_SYSTEM, PARTITION_TYPE } from '../../sif/descriptor.ts';
import { openSif, type SifObject } from '../../sif/sif.ts';
import { openFileSource } from '../../sif/source.ts';
import type { ReportFile, SbomFile } from './documents.ts';
import type { Subject } from '../inputs/subjects.ts';

export interface ScanRequest {
  readonly scanner: 'auto' | ScannerName;
  readonly subject: Subject;
  readonly sboms: readonly SbomFile[];
}

interface FoundScanner {
  readonly name: ScannerName;
  readonly program: string;
}

/**
 * The report of one run.
 * @throws ScanError SCAN_NO_SCANNER, SCAN_TARGET_UNSUPPORTED, SCAN_TOOL_FAILED; ToolError TOOL_TIMEOUT
 */
export async function runScanner(request: ScanRequest, host: Host): Promise<readonly ReportFile[]> {
  const scanner = await findScanner(request, host);
  const folder = join(await host.temporaryFolder(), 'scan');
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { mode: 0o700 });
  try {
    const target = await targetFor(scanner, request, { host, folder });
    const args = scannerArguments(scanner.name, target);
    if (!args) throw unsupported(scanner.name);
    if (host.kind === 'terminal') host.info(`running ${scanner.program} ${args.join(' ')}`);
    const startedAt = host.now().toISOString();
    const result = await host.run({ program: scanner.program, args, maxOutputBytes: LIMITS.reportBytes });
    if (!scanWasDone(scanner.name, result.exitCode)) throw failed(scanner.name, result);
    const name = `report of ${scanner.name}`;
    return parseReports(utf8(result.stdout), name).map((report) => ({ name, report, writtenAt: startedAt }));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function findScanner({ scanner, sboms }: ScanRequest, host: Host): Promise<FoundScanner> {
  const wanted = scanner === 'auto' ? SCANNERS : [scanner];
  for (const name of wanted) {
    if (scanner === 'auto' && !READABLE[name].some((kind) => kind !== 'sbom' || sboms.length > 0)) continue;
    const program = await host.which(name);
    if (program !== undefined) return { name, program };
  }
  throw new ScanError('SCAN_NO_SCANNER', `none of ${wanted.join(', ')} is on PATH`);
}

async function targetFor(
  scanner: FoundScanner,
  { subject, sboms }: ScanRequest,
  { host, folder }: { host: Host; folder: string },
): Promise<ScanTarget> {
  const readable = READABLE[scanner.name];
  if (subject.in === 'file' && readable.includes('sif')) return { kind: 'sif', path: subject.path };
  if (subject.in === 'file' && readable.includes('rootfs'))
    return { kind: 'rootfs', path: await unpack(subject.path, host, folder) };
  if (subject.in === 'registry' && readable.includes('oci-layout')) return layoutTarget(subject, folder);
  const [first] = sboms;
  if (!first) throw unsupported(scanner.name);
  // OSV-Scanner recognises an SBOM by its file name alone.
  const path = join(folder, first.sbom.format === 'SPDX' ? 'sbom.spdx.json' : 'sbom.cdx.json');
  await copyFile(first.path, path);
  return { kind: 'sbom', path };
}

/** Scanners read a layout folder as a whole, so they get one that lists this manifest alone; the blobs are shared. */
async function layoutTarget(
  { reference, name }: Extract<Subject, { in: 'registry' }>,
  folder: string,
): Promise<ScanTarget> {
  if (reference.in !== 'layout')
    throw new ScanError('SCAN_TARGET_UNSUPPORTED', `scanner does not fetch ${name} from its registry`, {
      hint: 'run the scanner on the image yourself and give its report as scan-report, or copy the image to a layout folder first',
    });
  const index = await LayoutIndex.open(reference.folder, systemClock());
  const image = await openRegistryImage(new LayoutRepository(reference.folder, index), manifestName(reference));
  const path = join(folder, 'layout');
  await mkdir(path, { mode: 0o700 });
  await symlink(join(reference.folder, 'blobs'), join(path, 'blobs'), 'dir');
  await writeFile(join(path, 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}');
  const document = { schemaVersion: 2, mediaType: MEDIA_TYPE.index, manifests: [image.descriptor] };
  await writeFile(join(path, 'index.json'), JSON.stringify(document));
  return { kind: 'oci-layout', path };
}

/** Writes the root file system of a SIF to a folder. */
async function unpack(imagePath: string, host: Host, folder: string): Promise<string> {
  const partition = await primaryPartition(imagePath);
  const program = await host.which('unsquashfs');
  if (program === undefined)
    throw new ScanError(
      'SCAN_TARGET_UNSUPPORTED',
      'unsquashfs is not on PATH, and this scanner cannot read a SIF file',
      {
        hint: 'install squashfs-tools, or use scanner: grype, which reads SIF files itself',
      },
    );
  const path = join(folder, 'rootfs');
  const offset = String(partition.offset);
  const args = ['-no-progress', '-no-xattrs', '-offset', offset, '-dest', path, imagePath];
  const result = await host.run({ program, args });
  if (result.exitCode !== 0 && !onlyDevicesMissing(result)) throw failed('unsquashfs', result);
  return path;
}

/** Without root, unsquashfs cannot make device files and ends with 2; no scanner reads those. */
function onlyDevicesMissing({ exitCode, stderr }: ToolResult): boolean {
  const lines = stderr.split('\n').filter((line) => line.trim() !== '');
  return exitCode === 2 && lines.length > 0 && lines.every((line) => /because you're not superuser/.test(line));
}

async function primaryPartition(imagePath: string): Promise<SifObject> {
  await using source = await openFileSource(imagePath);
  const { objects } = await openSif(source);
  const found = objects.find(
    ({ dataType, partition }) => dataType === DATA_TYPE.partition && partition?.type === PARTITION_TYPE.primarySystem,
  );
  if (found?.partition?.fs === FILE_SYSTEM.squashfs) return found;
  const what = found ? 'is not plain squashfs (encrypted or another file system)' : 'does not exist';
  throw new ScanError('SCAN_TARGET_UNSUPPORTED', `the primary partition of ${imagePath} ${what}`);
}

function unsupported(scanner: ScannerName): ScanError {
  return new ScanError('SCAN_TARGET_UNSUPPORTED', `${scanner} cannot read a SIF file, and no SBOM was given`, {
    hint: 'give sbom-path, or use scanner: trivy or grype',
  });
}

function failed(program: string, { exitCode, stderr }: ToolResult): ScanError {
  const lines = stderr
    .split('\n')
    .map(printable)
    .filter((line) => line !== '');
  const tail = lines.slice(-3).join('; ') || 'it printed no reason';
  return new ScanError('SCAN_TOOL_FAILED', `${program} ended with exit code ${exitCode}: ${tail}`);
}
