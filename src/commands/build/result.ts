// SPDX-License-Identifier: Apache-2.0
// What build did → outputs, text, JSON document and Markdown. Pure.

import { basename } from 'node:path';
import { EXIT } from '../../base/errors.ts';
import { escapeMarkdown } from '../../report/wording.ts';
import type { BaseVerdict } from './base.ts';
import type { BuildTool } from './tool.ts';
import { describeEvidence, type Stored } from '../evidence/files.ts';
import type { CommandResult } from '../spec.ts';

/** Names the JSON document of build. */
const BUILD_SCHEMA = 'countersign/build/v1';

/** What a build that succeeded made. */
interface BuildOutcome {
  readonly imagePath: string;
  readonly sourceName: string;
  readonly tool: BuildTool;
  readonly seconds: number;
  readonly cacheHit: boolean;
  readonly bases: readonly BaseVerdict[];
  readonly stored: Stored;
}

/** The result of a build that succeeded. */
export function buildResult(outcome: BuildOutcome): CommandResult {
  const { imagePath, sourceName, tool, stored, bases, cacheHit } = outcome;
  const name = basename(imagePath);
  const [digest = ''] = stored.contentDigests;
  const version = `${tool.brand} ${tool.version}`;
  const [provenance] = stored.evidence;
  const lines = [
    `✓ ${name}: built from ${sourceName} with ${version} in ${outcome.seconds.toFixed(1)} s`,
    `    content ${digest}`,
    ...bases.map((base) => `    base ${base.name} verified`),
    ...stored.evidence.map((item) => `    ${describeEvidence(item)}`),
  ];
  return {
    exitCode: EXIT.passed,
    outputs: {
      verdict: 'passed',
      'image-path': imagePath,
      digest,
      subjects: JSON.stringify([{ name, digest, path: imagePath }]),
      'bundle-path': provenance?.path ?? '',
      'tool-version': version,
      'cache-hit': String(cacheHit),
    },
    text: `${lines.join('\n')}\n`,
    json: {
      schema: BUILD_SCHEMA,
      verdict: 'passed',
      image: { name, path: imagePath, contentDigests: stored.contentDigests },
      source: sourceName,
      tool: { name: tool.brand, version: tool.version, path: tool.program },
      seconds: outcome.seconds,
      cacheHit,
      bases,
      evidence: stored.evidence,
    },
    summary: () => summaryOf([name, digest, sourceName, version], stored),
  };
}

/** What was built as the one row of a table, in the order of its columns, and the evidence about it. */
function summaryOf(row: readonly [name: string, ...string[]], { evidence }: Stored): string {
  return [
    `### build: ${escapeMarkdown(row[0])}`,
    '',
    '| image | content digest | built from | with |',
    '| --- | --- | --- | --- |',
    `| ${row.map((text) => escapeMarkdown(text)).join(' | ')} |`,
    '',
    ...evidence.map((item) => `- ${escapeMarkdown(describeEvidence({ ...item, path: null }))}`),
    '',
  ].join('\n');
}

/** The result when a base image was refused: a verdict, not an error; nothing was built. */
export function refusedResult(imagePath: string, bases: readonly BaseVerdict[]): CommandResult {
  const lines = bases.flatMap(({ name, refusals }) => [
    `${refusals.length === 0 ? '✓' : '✗'} base ${name}: ${refusals.length === 0 ? 'accepted' : 'refused'}`,
    ...refusals.map((refusal) => `    ✗ ${refusal}`),
  ]);
  const text = [...lines, `✗ ${basename(imagePath)}: not built`];
  return {
    exitCode: EXIT.failed,
    outputs: { verdict: 'failed', 'cache-hit': 'false' },
    text: `${text.join('\n')}\n`,
    json: { schema: BUILD_SCHEMA, verdict: 'failed', image: null, bases },
    summary: () =>
      `### build: ${escapeMarkdown(basename(imagePath))} not built\n\n${lines.map((line) => `- ${escapeMarkdown(line)}`).join('\n')}\n`,
  };
}
