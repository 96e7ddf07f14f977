// SPDX-License-Identifier: Apache-2.0
// What if a key, a CA or a person did not count: the list `deny` for one run. Which images pass today and would not then.

import { resolve } from 'node:path';
import { UsageError } from '../../base/errors.ts';
import { LIMITS } from '../../base/limits.ts';
import { readFileBounded } from '../../files/files.ts';
import type { Denial } from '../../findings/denial.ts';
import type { Criteria } from '../../image/verify.ts';
import { keyOf } from '../../policy/document/deny-field.ts';
import { remark } from '../../policy/reasons.ts';
import type { ImageVerdict } from '../../policy/verdict.ts';
import type { InputsOf } from '../spec.ts';
import type { InputSpec } from '../inputs/spec.ts';
import { criteriaFrom, type TrustInputs } from '../inputs/trust.ts';

/** The inputs that ask what would be if something did not count. */
export const WITHOUT_INPUTS = [
  {
    name: 'without',
    type: 'list',
    description:
      'What if these did not count: a principal, a key (fingerprint or hint, as `key show` prints it), or a file with keys or CA certificates. Images that pass as things are and would not then are named, and `verify-all` fails them. Needs a policy.',
    example: 'old-ca.pem',
  },
  {
    name: 'since',
    type: 'time',
    description: 'With `without`: what is proven to be older than this time counts all the same (RFC 3339).',
    example: '2026-05-01T00:00:00Z',
  },
] as const satisfies readonly InputSpec[];

type Asked = TrustInputs & InputsOf<typeof WITHOUT_INPUTS> & { readonly requiredStages?: readonly string[] };

/** Criteria that count less than the policy does. */
export interface Hypothesis {
  readonly criteria: Criteria;
  /** In words, as the verdict shows it. */
  readonly without: string;
}

/**
 * What the inputs `without` and `since` ask; undefined when they ask nothing.
 * @throws UsageError USAGE_MISSING_INPUT, USAGE_CONFLICTING_INPUTS; SystemError, SignatureError for a file that cannot be read
 */
export async function hypothesisFrom(inputs: Asked, { policy, now }: Criteria): Promise<Hypothesis | undefined> {
  const { without, since, requiredStages = [] } = inputs;
  if (without.length === 0 && !since) return undefined;
  if (without.length === 0)
    throw new UsageError('USAGE_MISSING_INPUT', 'since is given without saying what is not to count', {
      hint: 'give ⟨without⟩ as well',
    });
  if (!policy)
    throw new UsageError('USAGE_MISSING_INPUT', 'without asks what a policy would say, and none was given', {
      hint: 'give ⟨policy-path⟩',
    });
  if (inputs.given.has('signing-method'))
    throw new UsageError('USAGE_CONFLICTING_INPUTS', 'a verdict about what is not so is not signed', {
      hint: 'leave ⟨without⟩ out, or verify without ⟨key⟩ and ⟨signing-method⟩',
    });
  const time = since ? { since } : {};
  const deny: Denial[] = [];
  for (const word of without)
    for (const what of await subjectsOf(word, policy.policy.principals, inputs))
      deny.push({ what, ...time, reason: `asked about without ${word}` });
  return {
    criteria: await criteriaFrom(inputs, now, { requiredStages, needed: true, deny }),
    without: without.join(', '),
  };
}

/** A principal, a key as text, or the keys in a file. A CA is denied by its key, in whichever certificate that is. */
async function subjectsOf(
  word: string,
  principals: readonly { readonly name: string }[],
  { workingDirectory }: Pick<Asked, 'workingDirectory'>,
): Promise<readonly Denial['what'][]> {
  if (principals.some(({ name }) => name === word)) return [{ of: 'principal', name: word }];
  const key = keyOf(word);
  if (key) return [{ of: 'key', ...key }];
  const { describeKeyFile } = await import('../../crypto/key-description.ts');
  const found = await describeKeyFile(
    await readFileBounded(resolve(workingDirectory, word), LIMITS.keyFileBytes),
    undefined,
  );
  return found.map(({ identity }) =>
    identity.method === 'pgp' ? { of: 'key', fingerprint: identity.fingerprint } : { of: 'key', hint: identity.hint },
  );
}

/** The verdict of an image that passes as things are, with a remark when it would not. */
export function compared(today: ImageVerdict, then: ImageVerdict, { without }: Hypothesis): ImageVerdict {
  if (then.verdict === 'passed') return then;
  const lost = remark('VERDICT_LOST', `${today.name} passes as things are, and would not without ${without}`);
  return { ...then, reasons: [lost, ...then.reasons] };
}
