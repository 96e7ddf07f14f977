// SPDX-License-Identifier: Apache-2.0
// The policy document: every key it may have, declared once. The reader, the types and schema/policy.schema.json come
// from this declaration. What one key says about another is parse.ts; the files a policy names are load.ts.

import * as c from './fields.ts';
import * as f from './fields.ts';
import { isArmored } from '../../crypto/trust.ts';
import { isNameOnly, parseDockerReference } from '../../oci/reference.ts';
import { asRfc4514, isRfc4514, type PatternKind, patternProblem } from '../rules/pattern.ts';
import { IDENTITY_MATCHES, type SignedIdentity } from '../rules/signed-identity.ts';
import { choice, type Field, line, object, problemAt, type Refusal } from './fields.ts';
import { type NativeFormat, POLICY_LIMITS } from './model.ts';
import { REQUIREMENT_FIELD } from './requirement-field.ts';

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

const { credentials, distinct, files, principals, stages } = POLICY_LIMITS;
const NATIVE_FORMATS: readonly NativeFormat[] = ['pgp', 'dsse', 'cosign'];

const PATH = f.line({ limit: 4096 });
const PATHS = c.many(PATH, { max: files });
/** Stages or principals that are defined elsewhere in the document. */
const NAME = f.line();

const FINGERPRINT = f.line({
  pattern: /^(?:[0-9A-Fa-f] *){39}[0-9A-Fa-f]$/,
  check(text) {
    const digits = fingerprintOf(text);
    if (/^[0-9A-F]{40}$/.test(digits)) return undefined;
    return { problem: 'is not 40 hex digits', hint: fingerprintHint(digits.replace(/^0X/, '')) };
  },
});

/** The path of a key file, or the key itself as PEM. */
const KEY: f.Field<f.Located> = {
  schema: { anyOf: [PATH.schema, { type: 'string', pattern: '^\\s*-----BEGIN ' }] },
  read(node, what) {
    const value = f.textOf(node, what);
    return isArmored(value) ? { value, location: node.location } : PATH.read(node, what);
  },
};

const X509 = c.object(
  {
    anchors: { about: 'CA certificates; a valid chain must lead to one of them.', field: PATHS },
    san: {
      about: 'Subject alternative name with its type, exact or with * inside one part. One of a list must match.',
      field: patterns('san', /^(?:email|uri|dns|ip):./),
      absent: [],
    },
    subject: {
      about: 'Subject in RFC 4514 form, exact or with * inside one attribute value.',
      field: patterns('subject'),
      absent: [],
    },
    issuer: {
      about: 'Issuer in RFC 4514 form, exact or with * inside one attribute value.',
      field: patterns('issuer'),
      absent: [],
    },
  },
  // Otherwise every certificate of the CA would match.
  ['san', 'subject'],
);

const PRINCIPAL = c.object(
  {
    pgp: {
      about: 'Fingerprint of the OpenPGP primary key: 40 hex digits, spaces allowed. One or a list.',
      field: c.many(FINGERPRINT, { max: credentials, unique: ({ value }) => fingerprintOf(value) }),
      absent: [],
    },
    key: {
      about: 'Public key: path of an SPKI file, or PEM text. One or a list.',
      field: c.many(KEY, { max: credentials }),
      absent: [],
    },
    x509: {
      about: 'Certificates of a CA that have a certain name. One or a list.',
      field: c.many(X509, { max: credentials }),
      absent: [],
    },
  },
  ['pgp', 'key', 'x509'],
);

/** A stage of the list `stages`. */
export const STAGE = c.object({
  name: {
    about: '1 to 42 lower-case letters, digits and inner hyphens.',
    field: f.formed(/^[a-z0-9](?:[a-z0-9-]{0,40}[a-z0-9])?$/, {
      problem: 'is no stage name',
      hint: 'use 1 to 42 lower-case letters, digits and hyphens, with no hyphen at the ends',
    }),
  },
  id: {
    about: 'URI that approvals have as verifier.id. Default: urn:countersign:stage:NAME.',
    field: f.formed(/^[A-Za-z][A-Za-z0-9+.-]*:[^\s]+$/, { problem: 'is no URI', hint: 'write a URI' }),
    absent: undefined,
  },
  approvers: {
    about: 'Principals who may approve this stage. One or a list.',
    field: c.many(NAME, { max: principals, unique: f.valueOf }),
  },
  threshold: {
    about: 'How many different principals must approve. Default: 1.',
    field: f.whole(1, principals),
    absent: undefined,
  },
  after: {
    about: 'Earlier stages that must be approved first. Default: the stage before this one in the list.',
    field: c.many(NAME, { min: 0, max: stages, unique: f.valueOf }),
    absent: undefined,
  },
  native: {
    about:
      'Signatures that name no stage and count as approval of this one: native ones of SIFs (pgp, dsse) and those of cosign sign. Default: none.',
    field: c.many(f.choice(NATIVE_FORMATS), { min: 0, max: NATIVE_FORMATS.length, unique: f.valueOf }),
    absent: [],
  },
  signedIdentity: {
    about:
      'With native cosign: which docker-reference the signature must name, as in podman’s policy.json. Bundles name none and do not count then. Default: any.',
    field: f.located(SIGNED_IDENTITY),
    absent: undefined,
  },
  requires: {
    about: 'Evidence without which the stage does not pass. Default: none.',
    field: c.list(REQUIREMENT_FIELD, { max: POLICY_LIMITS.requires }),
    absent: [],
  },
});

const TRUST = c.object({
  keyrings: {
    about: 'OpenPGP public keys, armored or binary; must hold the keys of all pgp principals.',
    field: PATHS,
    absent: [],
  },
  intermediates: {
    about: 'X.509 certificates that may complete a chain up to an anchor.',
    field: PATHS,
    absent: [],
  },
  certificates: {
    about: 'X.509 leaf certificates whose keys may have made native DSSE signatures, which name no certificate.',
    field: PATHS,
    absent: [],
  },
});

const PRINCIPAL_NAME = {
  pattern: /^[A-Za-z0-9][A-Za-z0-9._@+-]{0,63}$/,
  refusal: {
    problem: 'is no name for a principal',
    hint: 'use up to 64 letters, digits and . _ @ + -, beginning with a letter or digit',
  },
};

/** The whole document. */
export const POLICY = c.object({
  version: { about: 'Version of this format.', field: f.whole(1, 1) },
  name: { about: 'Name of the policy; recorded in every approval given under it.', field: f.line({ limit: 100 }) },
  trust: {
    about: 'Public keys and certificates that no principal names. Paths are relative to the policy file.',
    field: TRUST,
    absent: { keyrings: [], intermediates: [], certificates: [] },
  },
  principals: {
    about: 'People and services by name, each with one or more credentials. Thresholds count principals.',
    field: c.record(PRINCIPAL_NAME, PRINCIPAL, principals),
  },
  stages: {
    about: 'The stages an image passes, in order.',
    field: c.list(f.located(STAGE), { max: stages, unique: ({ value }) => value.name.value }),
  },
  distinct: {
    about: 'Groups of stages of which nobody may fill two.',
    field: f.located(c.list(c.list(NAME, { min: 2, max: principals, unique: f.valueOf }), { min: 0, max: distinct })),
    absent: undefined,
  },
});

/** schema/policy.schema.json. */
export function policySchema(): f.JsonSchema {
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: 'urn:countersign:schema:policy:v1',
    title: 'countersign policy, version 1',
    description:
      'Who may approve an image at which stage. The program checks more than a schema can say: names that are not defined, the order of stages, thresholds nobody can meet, patterns that leave too much open. See docs/policy.md.',
    ...POLICY.schema,
  };
}

/** The hex digits of a fingerprint, upper case, without spaces. */
export function fingerprintOf(text: string): string {
  return text.replace(/ /g, '').toUpperCase();
}

function fingerprintHint(hex: string): string {
  if (/^(?:[0-9A-F]{8}|[0-9A-F]{16})$/.test(hex))
    return 'a key ID can be forged; write the whole fingerprint, as gpg --fingerprint shows it';
  if (/^[0-9A-F]{64}$/.test(hex)) return 'version 6 keys are not supported; use a version 4 key';
  if (/^[0-9A-F]{40}$/.test(hex)) return 'leave out 0x';
  return 'write the 40 hex digits of the primary key, as gpg --fingerprint shows them';
}

function patterns(kind: PatternKind, pattern?: RegExp): f.Field<readonly f.Located[]> {
  const check = (text: string): f.Refusal | undefined => {
    if (kind !== 'san' && !isRfc4514(text)) {
      const better = asRfc4514(text);
      const example = 'write the most specific attribute first, as in CN=Release,O=Example; key show prints the name';
      const hint = better === undefined ? example : `write ${JSON.stringify(better)}`;
      return { code: 'POLICY_PATTERN', problem: 'is not written as names of certificates are compared', hint };
    }
    const problem = patternProblem(text, kind);
    const hint = 'write the exact value, or one star inside a single part of it';
    return problem === undefined ? undefined : { code: 'POLICY_PATTERN', problem, hint };
  };
  return c.many(f.line(pattern ? { pattern, check } : { check }), { max: credentials });
}
