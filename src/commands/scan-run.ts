// SPDX-License-Identifier: Apache-2.0
// Runs a scanner from PATH over one image. A scanner that fails is an error; only a whole report is an answer. A SIF
// file is unpacked for scanners that cannot read it, into the temporary folder, by unsquashfs, without mounting.

import { copyFile, mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Host, ToolResult } from '../host/host.ts';
import { utf8 } from '../primitives/bytes.ts';
import { LIMITS } from '../primitives/limits.ts';
import { ScanError } from '../scan/errors.ts';
import { printable } from '../scan/fields.ts';
import { parseReports } from '../scan/reports.ts';
import {
  READABLE,
  SCANNERS,
  type ScannerName,
  type ScanTarget,
  scannerArguments,
  scanWasDone,
} from '../scan/scanner.ts';
import { DATA_TYPE, FILE_SYSTEM, PARTITION_TYPE } from '../sif/descriptor.ts';
import { openSif, type SifObject } from '../sif/image.ts';
import { openFileSource } from '../sif/source.ts';
import type { ReportFile, SbomFile } from './scan-documents.ts';

export interface ScanRequest {
  readonly scanner: 'auto' | ScannerName;
  readonly imagePath: string;
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
    host.info(`running ${scanner.program} ${args.join(' ')}`);
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
  { imagePath, sboms }: ScanRequest,
  { host, folder }: { host: Host; folder: string },
): Promise<ScanTarget> {
  const readable = READABLE[scanner.name];
  if (readable.includes('sif')) return { kind: 'sif', path: imagePath };
  if (readable.includes('rootfs')) return { kind: 'rootfs', path: await unpack(imagePath, host, folder) };
  const [first] = sboms;
  if (!first) throw unsupported(scanner.name);
  // OSV-Scanner recognises an SBOM by its file name alone.
  const path = join(folder, first.sbom.format === 'SPDX' ? 'sbom.spdx.json' : 'sbom.cdx.json');
  await copyFile(first.path, path);
  return { kind: 'sbom', path };
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
