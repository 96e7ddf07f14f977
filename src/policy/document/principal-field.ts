// SPDX-License-Identifier: Apache-2.0
// An entry of the map `principals`: who somebody is, by their keys and certificates.

import { isArmored } from '../../crypto/trust.ts';
import { asRfc4514, isRfc4514, type PatternKind, patternProblem } from '../rules/pattern.ts';
import * as f from './fields.ts';
import { KEYLESS, REVIEWING } from '../keyless/field.ts';
import { POLICY_LIMITS } from './model.ts';
import { mapped } from './record.ts';
import { PATH, PATHS } from './trust-field.ts';
import { WINDOW, windowed } from './window-field.ts';

const { credentials } = POLICY_LIMITS;

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

const BOUNDED_FINGERPRINT = mapped(
  f.object({
    fingerprint: { about: 'Fingerprint of the OpenPGP primary key.', field: FINGERPRINT },
    ...WINDOW,
  }),
  ({ fingerprint, ...window }) => ({ ...fingerprint, ...window }),
);
const BOUNDED_KEY = mapped(
  f.object({ file: { about: 'Public key: path of an SPKI file, or PEM text.', field: KEY }, ...WINDOW }),
  ({ file, ...window }) => ({ ...file, ...window }),
);

const X509 = f.object(
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
    any: {
      about: 'Any certificate with a name that leads to an anchor; instead of san and subject.',
      field: f.yes(),
      absent: undefined,
    },
    ...WINDOW,
  },
  // Otherwise every certificate of the CA would match, and nobody said so.
  ['san', 'subject', 'any'],
);

/** Certificates, their names either described or all accepted. */
const CERTIFICATES: f.Field<f.ValueOf<typeof X509>> = {
  schema: X509.schema,
  read(node, what) {
    const written = X509.read(node, what);
    if (written.any && (written.san.length > 0 || written.subject.length > 0))
      throw f.problemAt(
        written.any,
        'POLICY_CONTRADICTION',
        `${what} accepts any name and describes names`,
        'remove any to accept the described names alone, or san and subject to accept all',
      );
    return written;
  },
};

/** A person or service. */
export const PRINCIPAL = f.object(
  {
    pgp: {
      about: 'Fingerprint of the OpenPGP primary key: 40 hex digits, spaces allowed. One or a list.',
      field: f.many(windowed(FINGERPRINT, BOUNDED_FINGERPRINT), {
        max: credentials,
        unique: ({ value }) => fingerprintOf(value),
      }),
      absent: [],
    },
    key: {
      about: 'Public key: path of an SPKI file, or PEM text. One or a list.',
      field: f.many(windowed(KEY, BOUNDED_KEY), { max: credentials }),
      absent: [],
    },
    x509: {
      about: 'Certificates of a CA that have a certain name. One or a list.',
      field: f.many(CERTIFICATES, { max: credentials }),
      absent: [],
    },
    many: {
      about: 'Everybody whom the credentials fit is a person of their own. Default: they are all one and the same.',
      field: f.yes(),
      absent: undefined,
    },
    ...KEYLESS,
    ...REVIEWING,
    ...WINDOW,
  },
  ['pgp', 'key', 'x509', 'sigstore', 'github', 'gitlab'],
);

/** What a principal may be called. */
export const PRINCIPAL_NAME = {
  pattern: /^[A-Za-z0-9][A-Za-z0-9._@+-]{0,63}$/,
  refusal: {
    problem: 'is no name for a principal',
    hint: 'use up to 64 letters, digits and . _ @ + -, beginning with a letter or digit',
  },
};

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
  return f.many(f.line(pattern ? { pattern, check } : { check }), { max: credentials });
}
