// SPDX-License-Identifier: Apache-2.0
// report find: which images contain a component, or rest on a key, a person or a CA.

import { CountersignError, EXIT, UsageError } from '../../base/errors.ts';
import { counted, toSecond } from '../../base/text.ts';
import type { Criteria } from '../../image/verify.ts';
import { manifestName } from '../../oci/reference.ts';
import { parsePurl } from '../../report/find/components.ts';
import { findIn, type Match, type Question, type Unknown } from '../../report/find/find.ts';
import { printable } from '../../report/wording.ts';
import type { Host } from '../host.ts';
import { openFrom } from '../inputs/registry.ts';
import { type Subject, subjectsFrom } from '../inputs/subjects.ts';
import { criteriaFrom } from '../inputs/trust.ts';
import type { CommandResult } from '../spec.ts';
import type { ReportInputs } from './spec.ts';

/** The answer about all images; it fails when something could not be looked into. */
export async function find(patterns: readonly string[], inputs: ReportInputs, host: Host): Promise<CommandResult> {
  const question = questionOf(inputs);
  const criteria = await criteriaFrom(inputs, host.now(), { needed: true });
  const subjects = await subjectsFrom({ ...inputs, subjectPath: [...patterns, ...inputs.subjectPath] });
  const matches: Match[] = [];
  const unknown: Unknown[] = [];
  for (const subject of subjects) {
    const answer = await answerAbout(subject, { question, criteria, inputs, host });
    matches.push(...answer.matches);
    unknown.push(...answer.unknown);
  }
  const images = new Set(matches.map(({ image }) => image)).size;
  const verdict = unknown.length === 0 ? 'passed' : 'failed';
  const lines = [
    ...matches.map(lineOf),
    ...unknown.map(({ image, why }) => `? ${image}: ${why}`),
    `found in ${images} of ${counted(subjects.length, 'image')}${unknown.length > 0 ? `; not known of ${unknown.length}` : ''}`,
  ];
  return {
    exitCode: EXIT[verdict],
    outputs: { verdict },
    text: `${lines.map((line) => printable(line, 2000)).join('\n')}\n`,
    json: { schema: 'countersign/find/v1', images: subjects.length, found: images, matches, unknown },
  };
}

function questionOf({ purl, key: asked, principal, ca }: ReportInputs): Question {
  if ([purl, asked, principal, ca].every((one) => one === undefined))
    throw new UsageError('USAGE_MISSING_INPUT', 'report find was asked for nothing', {
      hint: 'give ⟨purl⟩, ⟨key⟩, ⟨principal⟩ or ⟨ca⟩',
    });
  const parsed = purl === undefined ? undefined : parsePurl(purl);
  if (purl !== undefined && !parsed)
    throw new UsageError('USAGE_INVALID_INPUT', `purl is ${JSON.stringify(purl.slice(0, 120))}`, {
      hint: 'give a package URL, for instance pkg:npm/left-pad@1.3.0; without a version it stands for all',
    });
  const hex = asked?.replaceAll(/[\s:]/g, '') ?? '';
  const isHex = /^[0-9a-fA-F]{40}$|^[0-9a-fA-F]{64}$/.test(hex);
  return {
    purl: parsed,
    key: isHex ? (hex.length === 40 ? hex.toUpperCase() : hex.toLowerCase()) : asked?.replace(/^key:/, ''),
    principal,
    ca,
  };
}

interface Task {
  readonly question: Question;
  readonly criteria: Criteria;
  readonly inputs: ReportInputs;
  readonly host: Host;
}

/** The signatures are checked, the data is not read: what an image contains is asked of its signed SBOM. */
async function answerAbout(subject: Subject, { question, criteria, inputs, host }: Task) {
  const { judgeImage, verifySifFile } = await import('../../image/verify.ts');
  const { name } = subject;
  try {
    if (subject.in === 'file') {
      const { verdict, examination } = await verifySifFile(subject.path, criteria, { name, data: 'claimed' });
      return findIn({ facts: examination.facts, verdict }, question);
    }
    const { openRegistryImage } = await import('../../image/registry/image.ts');
    const { examineRegistryImage } = await import('../../image/registry/examine.ts');
    await using opened = await openFrom(inputs, host, { reference: subject.reference, access: 'pull' });
    const image = await openRegistryImage(opened.repository, manifestName(subject.reference));
    const how = { name, verifier: criteria.verifier, now: criteria.now, verifyData: false };
    const { facts } = await examineRegistryImage(image, how);
    return findIn({ facts, verdict: judgeImage({ facts }, criteria) }, question);
  } catch (error) {
    if (!(error instanceof CountersignError)) throw error;
    return { matches: [], unknown: [{ image: name, why: `it could not be read: ${error.message}` }] };
  }
}

function lineOf({ image, what, where, signer, since, proven, component, status }: Match): string {
  const at = since === null ? 'at no known time' : `${proven ? 'proven' : 'stated'} ${toSecond(since)}`;
  const has = component ? `${component.purl}: ` : '';
  return `${image}: ${has}${what} at ${where}, by ${signer} (${status}), ${at}`;
}
