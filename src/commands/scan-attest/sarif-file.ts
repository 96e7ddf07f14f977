// SPDX-License-Identifier: Apache-2.0
// The file with the findings as SARIF: where it goes, and what each image is called in it. It is written before anything
// is signed, and only if something was scanned: an empty document would close the alerts of the last scan.

import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { basename, isAbsolute, join, relative, resolve } from 'node:path';
import type { Host } from '../host.ts';
import { UsageError } from '../../base/errors.ts';
import { writeDocument } from '../../files/files.ts';
import { redactedJson } from '../../report/redacted-json.ts';
import { VERSION } from '../../base/version.ts';
import { formatPlace } from '../../oci/reference.ts';
import { sarifDocument } from '../../scan/write/sarif.ts';
import type { ScannedImage } from './result.ts';
import type { Subject } from '../inputs/subjects.ts';
import type { ScanInputs } from './spec.ts';

type JudgedImage = Pick<ScannedImage, 'subject' | 'reports' | 'judgement'>;

/** @throws UsageError USAGE_MISSING_INPUT when there cannot be any findings to write */
export function assertFindings(inputs: ScanInputs): void {
  if (inputs.sarifPath === undefined) return;
  if (inputs.scanReport.length > 0 || inputs.scanner !== 'none') return;
  throw new UsageError('USAGE_MISSING_INPUT', 'sarif-path was given, but neither scan-report nor scanner', {
    hint: 'give ⟨scan-report=trivy.json⟩, or leave ⟨sarif-path⟩ out',
  });
}

/**
 * Writes the findings; the absolute path of the file, empty when there is none.
 * @throws SystemError FILE_NO_PERMISSION, DISK_FULL, FILE_WRITE_FAILED
 */
export async function writeSarif(images: readonly JudgedImage[], inputs: ScanInputs, host: Host): Promise<string> {
  const path = sarifPath(inputs, host);
  if (path === undefined || images.every(({ reports }) => reports.length === 0)) return '';
  const named = images.map(({ subject, reports, judgement }) => ({
    name: subject.name,
    uri: imageUri(subject, host.cwd),
    scanned: reports.length > 0,
    judgement,
  }));
  const document = sarifDocument(named, { toolVersion: VERSION, now: host.now() });
  await writeDocument(
    path,
    redactedJson(document, (text) => host.redact?.(text) ?? text, 1),
  );
  return path;
}

/** As for `report-path`: in a job always, on the command line when asked for. */
function sarifPath(inputs: ScanInputs, host: Host): string | undefined {
  const { sarifPath: wanted } = inputs;
  if (wanted !== undefined) return resolve(inputs.workingDirectory, wanted);
  if (host.kind !== 'actions') return undefined;
  const folder = host.env['RUNNER_TEMP'] ?? tmpdir();
  return join(folder, `countersign-scan-attest-${randomBytes(4).toString('hex')}.sarif`);
}

/** Relative to the workspace, as code scanning wants it, and without what changes from scan to scan: tag and digest. */
function imageUri(subject: Subject, workspace: string): string {
  if (subject.in === 'file') return encodePath(inWorkspace(subject.path, workspace));
  const { reference } = subject;
  return encodePath(reference.in === 'layout' ? inWorkspace(reference.folder, workspace) : formatPlace(reference));
}

/** Paths elsewhere on this machine are nobody's business. */
function inWorkspace(path: string, workspace: string): string {
  const inside = relative(workspace, path).replaceAll('\\', '/');
  return inside === '' || inside === '..' || inside.startsWith('../') || isAbsolute(inside) ? basename(path) : inside;
}

function encodePath(path: string): string {
  return path.split('/').map(encodeURIComponent).join('/');
}
