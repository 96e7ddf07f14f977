// SPDX-License-Identifier: Apache-2.0
// The key `signedIdentity` of a stage: the reference for which a plain cosign signature must have been made.

import { isNameOnly, parseDockerReference } from '../../oci/reference.ts';
import { IDENTITY_MATCHES, type SignedIdentity } from '../rules/signed-identity.ts';
import { choice, type Field, line, object, problemAt, type Refusal } from './fields.ts';

const REFERENCE = nameField(false, { problem: 'is no reference', hint: 'write registry.example.org/team/app:1.0' });
const REPOSITORY = nameField(true, { problem: 'is no repository', hint: 'write registry.example.org/team/app' });
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

function nameField(bare: boolean, refusal: Refusal): ReturnType<typeof line> {
  return line({
    check(text) {
      const reference = parseDockerReference(text);
      return reference && isNameOnly(reference) === bare ? undefined : refusal;
    },
  });
}

/** The reference for which a plain cosign signature must have been made. */
export const SIGNED_IDENTITY: Field<SignedIdentity> = {
  schema: { anyOf: [WORD.schema, { ...RULE.schema, minProperties: 1, maxProperties: 1 }] },
  read(node, what) {
    if (node.kind !== 'map') return { type: WORD.read(node, what).value };
    const { exactReference, exactRepository, remapIdentity } = RULE.read(node, what);
    if (node.entries.size === 1) {
      if (exactReference) return { type: 'exactReference', reference: exactReference.value };
      if (exactRepository) return { type: 'exactRepository', repository: exactRepository.value };
      if (remapIdentity) {
        const { prefix, signedPrefix } = remapIdentity;
        return { type: 'remapIdentity', prefix: prefix.value, signedPrefix: signedPrefix.value };
      }
    }
    throw problemAt(
      node,
      'POLICY_INVALID_VALUE',
      `${what} has not exactly one rule`,
      `use one of: ${RULES.join(', ')}`,
    );
  },
};
