// SPDX-License-Identifier: Apache-2.0
// The key `signedIdentity` of a stage: the reference for which a plain cosign signature must have been made.

import { isNameOnly, parseDockerReference } from '../../oci/reference.ts';
import { IDENTITY_MATCHES, type SignedIdentity } from '../rules/signed-identity.ts';
import { object } from './collections.ts';
import { choice, either, type Field, line, mapped, problemAt } from './fields.ts';

const REFERENCE = line({
  check: (text) =>
    isNamed(text, false) ? undefined : { problem: 'is no reference', hint: 'write registry.example.org/team/app:1.0' },
});
const REPOSITORY = line({
  check: (text) =>
    isNamed(text, true) ? undefined : { problem: 'is no repository', hint: 'write registry.example.org/team/app' },
});
/** A prefix ends at a slash: what follows it must still be a name. */
const PREFIX = line({
  check: (text) =>
    parseDockerReference(`${text}/x`)?.name === `${text}/x`
      ? undefined
      : { problem: 'is no host or repository', hint: 'write registry.example.org or registry.example.org/team' },
});
const REMAP = object({
  prefix: { about: 'What the place of the image begins with.', field: PREFIX },
  signedPrefix: { about: 'What stands there in the signature.', field: PREFIX },
});
const RULE = object({
  exactReference: { about: 'This tag or digest.', field: REFERENCE, absent: undefined },
  exactRepository: { about: 'Any tag or digest of this repository.', field: REPOSITORY, absent: undefined },
  remapIdentity: { about: 'As matchRepoDigestOrExact, with one prefix replaced.', field: REMAP, absent: undefined },
});
const RULES = ['exactReference', 'exactRepository', 'remapIdentity'];
const WORD = choice(IDENTITY_MATCHES, RULES);

function isNamed(text: string, bare: boolean): boolean {
  const reference = parseDockerReference(text);
  return reference !== undefined && isNameOnly(reference) === bare;
}

/** The reference for which a plain cosign signature must have been made. */
export const SIGNED_IDENTITY: Field<SignedIdentity> = either(
  mapped(WORD, ({ value }) => ({ type: value })),
  mapped({ ...RULE, schema: { ...RULE.schema, minProperties: 1, maxProperties: 1 } }, (rules, what, place) => {
    const { exactReference, exactRepository, remapIdentity } = rules;
    if (Object.values(rules).filter(Boolean).length === 1) {
      if (exactReference) return { type: 'exactReference', reference: exactReference.value };
      if (exactRepository) return { type: 'exactRepository', repository: exactRepository.value };
      if (remapIdentity) {
        const { prefix, signedPrefix } = remapIdentity;
        return { type: 'remapIdentity', prefix: prefix.value, signedPrefix: signedPrefix.value };
      }
    }
    throw problemAt(
      place,
      'POLICY_INVALID_VALUE',
      `${what} has not exactly one rule`,
      `use one of: ${RULES.join(', ')}`,
    );
  }),
);
