// SPDX-License-Identifier: Apache-2.0
// report find: which images contain a component, or rest on a key, a person or a CA.

import { CountersignError, EXIT, UsageError } from '../../base/errors.ts';
import { counted, printable, toSecond } from '../../base/text.ts';
import type { Criteria } from '../../image/verify.ts';
import { parsePurl } from '../../findings/packages.ts';
import { isProblem } from '../../policy/reasons.ts';
import type { ImageVerdict } from '../../policy/verdict.ts';
import { findIn, type Match, type Question, type Unknown } from '../../report/find/find.ts';
import type { Host } from '../host.ts';
import { type Subject, subjectsFrom } from '../inputs/subjects.ts';
import { criteriaFrom } from '../inputs/trust.ts';
import type { CommandResult } from '../spec.ts';
import { judgeSubject } from '../verify-all/verify-all.ts';
import { type Hypothesis, hypothesisFrom } from '../verify-all/without.ts';
import type { ReportInputs } from './spec.ts';

/** The answer about all images; it fails when something could not be looked into. */
export async function find(patterns: readonly string[], inputs: ReportInputs, host: Host): Promise<CommandResult> {
  const question = questionOf(inputs);
  const criteria = await criteriaFrom(inputs, host.now(), { needed: true });
  checkPrincipal(question, criteria);
  const hypothesis = await hypothesisFrom(inputs, criteria);
  const subjects = await subjectsFrom({ ...inputs, subjectPath: [...patterns, ...inputs.subjectPath] });
  const matches: Match[] = [];
  const unknown: Unknown[] = [];
  const lost: Lost[] = [];
  for (const subject of subjects) {
    const answer = await answerAbout(subject, { question, criteria, hypothesis, inputs, host });
    matches.push(...answer.matches);
    unknown.push(...answer.unknown);
    lost.push(...answer.lost);
  }
  const images = new Set(matches.map(({ image }) => image)).size;
  const verdict = unknown.length === 0 ? 'passed' : 'failed';
  const lines = [
    ...matches.map(lineOf),
    ...lost.map(
      ({ image, why }) => `${image}: passes, and would not without ${hypothesis?.without}: ${why.join('; ')}`,
    ),
    ...unknown.map(({ image, why }) => `? ${image}: ${why}`),
    ...(isQuestion(question) ? [`found in ${images} of ${counted(subjects.length, 'image')}`] : []),
    ...(hypothesis ? [`${lost.length} of ${counted(subjects.length, 'image')} would lose the verdict`] : []),
    ...(unknown.length > 0 ? [`not known of ${unknown.length}`] : []),
  ];
  return {
    exitCode: EXIT[verdict],
    outputs: { verdict },
    text: `${lines.map((line) => printable(line, 2000)).join('\n')}\n`,
    json: {
      schema: 'countersign/find/v1',
      images: subjects.length,
      found: images,
      matches,
      unknown,
      ...(hypothesis ? { without: hypothesis.without, lost } : {}),
    },
  };
}

/** An image that passes as things are, and would not if something did not count. */
interface Lost {
  readonly image: string;
  readonly reference: string | null;
  readonly content: readonly string[];
  /** Problems of the verdict that it would have, with their codes. */
  readonly why: readonly string[];
}

function isQuestion(question: Question): boolean {
  return Object.values(question).some((one) => one !== undefined);
}

function questionOf({ purl, key: asked, principal, ca, without, since }: ReportInputs): Question {
  if ([purl, asked, principal, ca, since].every((one) => one === undefined) && without.length === 0)
    throw new UsageError('USAGE_MISSING_INPUT', 'report find was asked for nothing', {
      hint: 'give ⟨purl⟩, ⟨key⟩, ⟨principal⟩, ⟨ca⟩ or ⟨without⟩',
    });
  const parsed = purl === undefined ? undefined : parsePurl(purl);
  if (purl !== undefined && !parsed)
    throw new UsageError('USAGE_INVALID_INPUT', `purl is ${JSON.stringify(purl.slice(0, 120))}`, {
      hint: 'give a package URL, for instance pkg:npm/left-pad@1.3.0; without a version it stands for all',
    });
  if (asked !== undefined && !isKeyName(asked))
    throw new UsageError('USAGE_INVALID_INPUT', `key is ${JSON.stringify(asked.slice(0, 120))}`, {
      hint: 'give the whole fingerprint or hint that `countersign inspect` and `countersign key show` print',
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

/** A name that no key can have is found nowhere, which would be taken for an answer. */
function isKeyName(asked: string): boolean {
  return (
    /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/i.test(asked.replaceAll(/[\s:]/g, '')) ||
    /^(?:key:)?[A-Za-z0-9+/]{43}=$/.test(asked)
  );
}

/** The same holds for a name that reports give to nobody. @throws UsageError USAGE_INVALID_INPUT */
function checkPrincipal({ principal }: Question, { policy }: Criteria): void {
  if (principal === undefined) return;
  const { principals = [] } = policy?.policy ?? {};
  const known = principals.find(({ name }) => name === principal);
  // Whoever such a principal stands for is reported by their own name.
  if (known ? !known.many : principals.some(({ many }) => many)) return;
  const problem = known ? 'stands for many people' : 'is no principal of a policy that was given';
  throw new UsageError('USAGE_INVALID_INPUT', `${JSON.stringify(principal.slice(0, 120))} ${problem}`, {
    hint: known
      ? 'give the name by which reports call one of them, or ⟨ca⟩ for all'
      : 'give ⟨policy-path⟩ and the name of a principal in it; of a team each of its members',
  });
}

interface Task {
  readonly question: Question;
  readonly criteria: Criteria;
  readonly hypothesis: Hypothesis | undefined;
  readonly inputs: ReportInputs;
  readonly host: Host;
}

/** The signatures are checked, the data is not read: what an image contains is asked of its signed SBOM. */
async function answerAbout(subject: Subject, { question, criteria, hypothesis, inputs, host }: Task) {
  const task = { inputs: { ...inputs, verifyData: false }, host, beside: [], data: 'claimed' } as const;
  try {
    const today = await judgeSubject(subject, criteria, task);
    const then =
      hypothesis && today.verdict.verdict === 'passed' ? await judgeSubject(subject, hypothesis.criteria, task) : today;
    return {
      ...findIn(today, question),
      lost: then.verdict.verdict === today.verdict.verdict ? [] : [lostBy(then.verdict)],
    };
  } catch (error) {
    if (!(error instanceof CountersignError)) throw error;
    return { matches: [], lost: [], unknown: [{ image: subject.name, why: `it could not be read: ${error.message}` }] };
  }
}

function lostBy({ name, reference, contentDigests, reasons, stages }: ImageVerdict): Lost {
  const problems = [...reasons, ...stages.flatMap((stage) => stage.reasons)].filter(isProblem);
  const why = [...new Set(problems.map(({ code, message }) => `${message} [${code}]`))].slice(0, 5);
  return { image: name, reference, content: contentDigests, why };
}

function lineOf({ image, what, where, signer, since, proven, component, status }: Match): string {
  const at = since === null ? 'at no known time' : `${proven ? 'proven' : 'stated'} ${toSecond(since)}`;
  const has = component ? `${component.purl}: ` : '';
  return `${image}: ${has}${what} at ${where}, by ${signer} (${status}), ${at}`;
}
