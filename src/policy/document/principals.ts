// SPDX-License-Identifier: Apache-2.0
// The `principals` part of a policy: names, and the credentials by which their signatures are recognised.

import { asLine, asMap, asText, assertUnique, fieldsOf, oneOrMany, problemAt, quote } from './fields.ts';
import { type PatternKind, patternProblem } from '../rules/pattern.ts';
import {
  POLICY_LIMITS,
  type FileReference,
  type KeySource,
  type PrincipalDocument,
  type X509Document,
} from './model.ts';
import type { YamlNode } from './yaml.ts';

const PRINCIPAL_NAME = /^[A-Za-z0-9][A-Za-z0-9._@+-]{0,63}$/;
const FINGERPRINT = /^[0-9A-F]{40}$/;

/** @throws PolicyError */
export function parsePrincipals(node: YamlNode): readonly PrincipalDocument[] {
  const { entries } = asMap(node, 'principals');
  if (entries.size === 0 || entries.size > POLICY_LIMITS.principals)
    throw problemAt(
      node,
      'POLICY_INVALID_VALUE',
      `principals has ${entries.size} entries`,
      `write 1 to ${POLICY_LIMITS.principals} principals`,
    );
  return [...entries].map(([name, { value, location }]) => {
    if (!PRINCIPAL_NAME.test(name))
      throw problemAt(
        { ...value, location },
        'POLICY_INVALID_VALUE',
        `${quote(name)} is no name for a principal`,
        'use up to 64 letters, digits and . _ @ + -, beginning with a letter or digit',
      );
    return parsePrincipal(name, value);
  });
}

function parsePrincipal(name: string, node: YamlNode): PrincipalDocument {
  const what = `principal ${name}`;
  const fields = fieldsOf(node, what, { required: [], optional: ['pgp', 'key', 'x509'] });
  const items = (key: string) => {
    const value = fields.get(key)?.value;
    return value ? oneOrMany(value, `${key} of ${what}`, POLICY_LIMITS.credentials) : [];
  };
  if (fields.size === 0)
    throw problemAt(node, 'POLICY_MISSING_KEY', `${what} has no credential`, 'add one of pgp, key, x509');
  const fingerprints = items('pgp').map((item) => ({ text: parseFingerprint(item, what), node: item }));
  assertUnique(fingerprints, `${what} lists`);
  return {
    name,
    pgp: fingerprints.map(({ text }) => text),
    keys: items('key').map((item) => parseKey(item, what)),
    x509: items('x509').map((item) => parseX509(item, what)),
  };
}

function parseFingerprint(node: YamlNode, what: string): string {
  const written = asLine(node, `the pgp fingerprint of ${what}`);
  const digits = written.replace(/ /g, '').toUpperCase();
  if (FINGERPRINT.test(digits)) return digits;
  throw problemAt(
    node,
    'POLICY_INVALID_VALUE',
    `the pgp fingerprint of ${what} is not 40 hex digits: ${quote(written)}`,
    fingerprintHint(digits),
  );
}

function fingerprintHint(digits: string): string {
  const hex = digits.replace(/^0X/, '');
  if (/^(?:[0-9A-F]{8}|[0-9A-F]{16})$/.test(hex))
    return 'a key ID can be forged; write the whole fingerprint, as gpg --fingerprint shows it';
  if (/^[0-9A-F]{64}$/.test(hex)) return 'version 6 keys are not supported; use a version 4 key';
  if (/^[0-9A-F]{40}$/.test(hex)) return 'leave out 0x';
  return 'write the 40 hex digits of the primary key, as gpg --fingerprint shows them';
}

function parseKey(node: YamlNode, what: string): KeySource {
  const text = asText(node, `the key of ${what}`);
  if (text.trimStart().startsWith('-----BEGIN ')) return { from: 'text', pem: text, location: node.location };
  return { from: 'file', path: asLine(node, `the key of ${what}`, 4096), location: node.location };
}

function parseX509(node: YamlNode, principal: string): X509Document {
  const what = `x509 of ${principal}`;
  const fields = fieldsOf(node, what, { required: ['anchors'], optional: ['san', 'subject', 'issuer'] });
  if (!fields.has('san') && !fields.has('subject'))
    throw problemAt(
      node,
      'POLICY_MISSING_KEY',
      `${what} names neither san nor subject, so that every certificate of the CA would match`,
      'add san: or subject:',
    );
  const patterns = (kind: PatternKind) => parsePatterns(fields.get(kind)?.value, kind, what);
  return {
    anchors: parseAnchors(fields.get('anchors')?.value ?? node, what),
    san: patterns('san'),
    subject: patterns('subject'),
    issuer: patterns('issuer'),
  };
}

function parseAnchors(node: YamlNode, what: string): readonly FileReference[] {
  return oneOrMany(node, `anchors in ${what}`, POLICY_LIMITS.files).map((item) => ({
    path: asLine(item, `anchors in ${what}`, 4096),
    location: item.location,
  }));
}

function parsePatterns(node: YamlNode | undefined, kind: PatternKind, what: string): readonly string[] {
  if (!node) return [];
  return oneOrMany(node, `${kind} in ${what}`, POLICY_LIMITS.credentials).map((item) => {
    const pattern = asLine(item, `${kind} in ${what}`);
    const problem = patternProblem(pattern, kind);
    if (problem === undefined) return pattern;
    throw problemAt(
      item,
      'POLICY_PATTERN',
      `the ${kind} pattern ${quote(pattern)} ${problem}`,
      'write the exact value, or one star inside a single part of it',
    );
  });
}
