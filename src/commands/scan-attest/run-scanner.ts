// SPDX-License-Identifier: Apache-2.0
// Runs a scanner from PATH over one image. A scanner that fails is an error; only a whole report is an answer.

import { copyFile, mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import type { Host, ToolResult } from '../host.ts';
import { utf8 } from '../../base/bytes.ts';
import { UsageError } from '../../base/errors.ts';
import { LIMITS } from '../../base/limits.ts';
import { ScanError } from '../../scan/errors.ts';
import { parseReports } from '../../scan/read/reports.ts';
import {
  READABLE,
  refusedArgument,
  scannerArguments,
  type ScannerName,
  SCANNERS,
  type ScanTarget,
  scanWasDone,
} from '../../scan/scanner.ts';
import type { ReportFile, SbomFile } from './documents.ts';
import type { ScanInputs } from './spec.ts';
import type { Subject } from '../inputs/subjects.ts';
import { openRegistryImage, type RegistryImage } from '../../image/registry/image.ts';
import { systemClock } from '../../base/clock.ts';
import { LayoutIndex } from '../../oci/layout/index.ts';
import { LayoutRepository } from '../../oci/layout/layout.ts';
import { MEDIA_TYPE, type OciDescriptor } from '../../oci/oci.ts';
import { manifestName } from '../../oci/reference.ts';
import { printable } from '../../scan/read/fields.ts';
import { DATA_TYPE, FILE_SYSTEM, PARTITION_TYPE } from '../../sif/format.ts';
import { openSif, type SifObject } from '../../sif/sif.ts';
import { openFileSource } from '../../sif/source.ts';
import { copyImage } from '../../transfer/copy.ts';
import { pullSif } from '../../transfer/fetch-sif.ts';
import { openFrom } from '../inputs/registry.ts';

/** What is to be scanned. */
interface ScanRequest {
  readonly subject: Subject;
  readonly sboms: readonly SbomFile[];
}

/** What a scanner said about an image. */
interface OwnScan {
  readonly reports: readonly ReportFile[];
  /** The image that was scanned: a tag is resolved now. */
  readonly subject: Subject;
}

interface FoundScanner {
  readonly name: ScannerName;
  readonly program: string;
}

/** @throws UsageError USAGE_INVALID_INPUT for an argument that is ours to give; USAGE_MISSING_INPUT without a scanner */
export function assertScannerArguments({ scanner, scannerArgs }: ScanInputs): void {
  if (scanner === 'none' && scannerArgs.length > 0)
    throw new UsageError('USAGE_MISSING_INPUT', 'scanner-args was given without scanner', {
      hint: 'name the scanner that they are for, for instance ⟨scanner=trivy⟩, or leave ⟨scanner-args⟩ out',
    });
  for (const argument of scannerArgs) {
    const why = refusedArgument(argument);
    if (why !== undefined)
      throw new UsageError('USAGE_INVALID_INPUT', `scanner-args: ${JSON.stringify(argument.slice(0, 200))} ${why}`, {
        hint: 'leave it out of ⟨scanner-args⟩; for a run that needs it, run the scanner yourself and give its report as ⟨scan-report⟩',
      });
  }
}

/**
 * The reports of one run, several for an index of several platforms.
 * @throws ScanError SCAN_NO_SCANNER, SCAN_TARGET_UNSUPPORTED, SCAN_TOOL_FAILED; ToolError TOOL_TIMEOUT; RegistryError and
 * NetworkError when the image cannot be fetched
 */
export async function runScanner(request: ScanRequest, inputs: ScanInputs, host: Host): Promise<OwnScan> {
  const scanner = await findScanner(inputs.scanner, request, host);
  const folder = join(await host.temporaryFolder(), 'scan');
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { mode: 0o700 });
  try {
    const { targets, subject } = await scanTargets(scanner.name, request, { inputs, host, folder });
    const reports: ReportFile[] = [];
    for (const target of targets) reports.push(...(await scan(scanner, target, { inputs, host })));
    return { reports, subject };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function scan(
  { name: scanner, program }: FoundScanner,
  target: ScanTarget,
  { inputs, host }: { readonly inputs: ScanInputs; readonly host: Host },
): Promise<readonly ReportFile[]> {
  const args = scannerArguments(scanner, target, inputs.scannerArgs);
  if (host.kind === 'terminal') host.info(`running ${program} ${args.join(' ')}`);
  const startedAt = host.now().toISOString();
  const result = await host.run({ program, args, maxOutputBytes: LIMITS.reportBytes });
  if (!scanWasDone(scanner, result.exitCode)) throw toolFailed(scanner, result);
  const name = `report of ${scanner}`;
  return parseReports(utf8(result.stdout), name).map((report) => ({ name, report, writtenAt: startedAt }));
}

async function findScanner(asked: ScanInputs['scanner'], { sboms }: ScanRequest, host: Host): Promise<FoundScanner> {
  const wanted = SCANNERS.filter((name) => name === asked || asked === 'auto');
  for (const name of wanted) {
    if (asked === 'auto' && !READABLE[name].some((kind) => kind !== 'sbom' || sboms.length > 0)) continue;
    const program = await host.which(name);
    if (program !== undefined) return { name, program };
  }
  throw new ScanError('SCAN_NO_SCANNER', `none of ${wanted.join(', ')} is on PATH`);
}

/** Where targets are made, and with what. */
interface Workplace {
  readonly inputs: ScanInputs;
  readonly host: Host;
  /** Temporary; its owner removes it. */
  readonly folder: string;
}

/** What a scanner is to be pointed at, one after the other, and the image that they are of. */
interface Targets {
  readonly targets: readonly ScanTarget[];
  readonly subject: Subject;
}

/** @throws ScanError SCAN_TARGET_UNSUPPORTED, SCAN_TOOL_FAILED; RegistryError, NetworkError, SystemError, SifError */
async function scanTargets(
  scanner: ScannerName,
  { subject, sboms }: { readonly subject: Subject; readonly sboms: readonly SbomFile[] },
  workplace: Workplace,
): Promise<Targets> {
  if (READABLE[scanner][0] === 'sbom')
    return { targets: [await sbomTarget(scanner, sboms, workplace.folder)], subject };
  if (subject.in === 'file') return { targets: [await fileTarget(scanner, subject.path, workplace)], subject };
  return registryTargets(scanner, subject, workplace);
}

/** OSV-Scanner recognises an SBOM by its file name alone. */
async function sbomTarget(scanner: ScannerName, [first]: readonly SbomFile[], folder: string): Promise<ScanTarget> {
  if (!first)
    throw new ScanError('SCAN_TARGET_UNSUPPORTED', `${scanner} cannot read an image, and no SBOM was given`, {
      hint: 'give ⟨sbom-path⟩, or use ⟨scanner=trivy⟩ or ⟨scanner=grype⟩',
    });
  const path = join(folder, first.sbom.format === 'SPDX' ? 'sbom.spdx.json' : 'sbom.cdx.json');
  await copyFile(first.path, path);
  return { kind: 'sbom', path };
}

async function fileTarget(scanner: ScannerName, path: string, workplace: Workplace): Promise<ScanTarget> {
  if (READABLE[scanner].includes('sif')) return { kind: 'sif', path };
  return { kind: 'rootfs', path: await unpack(path, workplace) };
}

async function registryTargets(
  scanner: ScannerName,
  subject: Extract<Subject, { in: 'registry' }>,
  workplace: Workplace,
): Promise<Targets> {
  const { inputs, host, folder } = workplace;
  const { reference } = subject;
  await using opened = await openFrom(inputs, host, { reference, access: 'pull', existing: true });
  const image = await openRegistryImage(opened.repository, manifestName(reference));
  const resolved = { ...subject, reference: { ...reference, digest: image.manifest.digest } };
  const { shape } = image;
  if (shape.is === 'sif') {
    const path = join(folder, 'image.sif');
    await pullSif(image.repository, shape.layer, { path, overwrite: false, admit: () => Promise.resolve(true) });
    return { targets: [await fileTarget(scanner, path, workplace)], subject: resolved };
  }
  const blobs = join(reference.in === 'layout' ? reference.folder : await fetchImage(image, folder), 'blobs');
  const indexes: readonly string[] = [MEDIA_TYPE.index, MEDIA_TYPE.dockerIndex];
  const runnable = image.subjects.filter(({ mediaType }) => !indexes.includes(mediaType));
  const targets: ScanTarget[] = [];
  for (const [index, descriptor] of runnable.entries())
    targets.push({ kind: 'oci-layout', path: await layoutOf(descriptor, blobs, join(folder, `platform-${index}`)) });
  return { targets, subject: resolved };
}

/** A layout folder with the image and all below it, every blob checked against its digest. */
async function fetchImage(image: RegistryImage, folder: string): Promise<string> {
  const path = join(folder, 'fetched');
  const to = new LayoutRepository(path, await LayoutIndex.create(path, systemClock()));
  await copyImage(image.manifest, { from: image.repository, to, mountFrom: undefined });
  return path;
}

/** Scanners read a layout folder as a whole, so they get one that lists this manifest alone; the blobs are shared. */
async function layoutOf(descriptor: OciDescriptor, blobs: string, path: string): Promise<string> {
  await mkdir(path, { mode: 0o700 });
  await symlink(blobs, join(path, 'blobs'), 'dir');
  await writeFile(join(path, 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}');
  const index = { schemaVersion: 2, mediaType: MEDIA_TYPE.index, manifests: [descriptor] };
  await writeFile(join(path, 'index.json'), JSON.stringify(index));
  return path;
}

/** Writes the root file system of a SIF to a folder. */
async function unpack(imagePath: string, { host, folder }: Workplace): Promise<string> {
  const partition = await primaryPartition(imagePath);
  const program = await host.which('unsquashfs');
  if (program === undefined)
    throw new ScanError(
      'SCAN_TARGET_UNSUPPORTED',
      'unsquashfs is not on PATH, and this scanner cannot read a SIF file',
      {
        hint: 'install squashfs-tools, or use ⟨scanner=grype⟩, which reads SIF files itself',
      },
    );
  const path = join(folder, 'rootfs');
  const offset = String(partition.offset);
  const args = ['-no-progress', '-no-xattrs', '-offset', offset, '-dest', path, imagePath];
  const result = await host.run({ program, args });
  if (result.exitCode !== 0 && !onlyDevicesMissing(result)) throw toolFailed('unsquashfs', result);
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

/** A program that ended with an error, with the last lines that it wrote. */
function toolFailed(program: string, { exitCode, stderr }: ToolResult): ScanError {
  const lines = stripVTControlCharacters(stderr)
    .split('\n')
    .map(printable)
    .filter((line) => line !== '');
  const tail = lines.slice(-3).join('; ') || 'it printed no reason';
  return new ScanError('SCAN_TOOL_FAILED', `${program} ended with exit code ${exitCode}: ${tail}`);
}
