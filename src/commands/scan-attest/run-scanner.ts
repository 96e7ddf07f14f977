// SPDX-License-Identifier: Apache-2.0
// Runs a scanner from PATH over one image. A scanner that fails is an error; only a whole report is an answer.

import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Host } from '../host.ts';
import { utf8 } from '../../base/bytes.ts';
import { UsageError } from '../../base/errors.ts';
import { LIMITS } from '../../base/limits.ts';
import { ScanError } from '../../scan/errors.ts';
import { parseReports } from '../../scan/read/reports.ts';
import {
  READABLE,
  refusedArgument,
  SCANNERS,
  type ScannerName,
  type ScanTarget,
  scannerArguments,
  scanWasDone,
} from '../../scan/scanner.ts';
import type { ReportFile, SbomFile } from './documents.ts';
import { scanTargets, toolFailed } from './scan-target.ts';
import type { ScanInputs } from './spec.ts';
import type { Subject } from '../inputs/subjects.ts';

/** What is to be scanned. */
export interface ScanRequest {
  readonly subject: Subject;
  readonly sboms: readonly SbomFile[];
}

/** What a scanner said about an image. */
export interface OwnScan {
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
