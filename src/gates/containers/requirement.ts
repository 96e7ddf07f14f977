// SPDX-License-Identifier: Apache-2.0
// One requirement of policy.json, read as strictly as podman does and no more: what it refuses ends the whole file. A text
// that is null is empty, and a path that is empty is not there.

import { CountersignError } from '../../base/errors.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../base/json.ts';
import { isNameOnly } from '../../oci/reference.ts';
import { IDENTITY_MATCHES, type SignedIdentity } from '../../policy/rules/signed-identity.ts';
import { GateError } from '../errors.ts';
import { podmanReference } from './scopes.ts';

/** A key by path, or its PEM text. */
export type KeySource = { readonly path: string } | { readonly data: Uint8Array };

/** Certificates of a CA, and the one name that the leaf must have. */
export interface PkiSource {
  readonly roots: KeySource;
  readonly intermediates?: KeySource;
  readonly email?: string;
  readonly hostname?: string;
}

/** A signature in cosign's older format. */
export interface SigstoreSigned {
  readonly type: 'sigstoreSigned';
  /** One of these keys; empty when `pki` says who, or something that is not read here. */
  readonly keys: readonly KeySource[];
  readonly pki?: PkiSource;
  /** Members that ask for what is not worked out here: `fulcio`, Rekor’s keys. */
  readonly beyond: readonly string[];
  readonly signedIdentity: SignedIdentity;
}

/** A GPG signature beside the registry. */
export interface SignedBy {
  readonly type: 'signedBy';
  /** podman knows four and verifies `GPGKeys` alone. */
  readonly keyType: string;
  readonly keys: readonly KeySource[];
  readonly signedIdentity: SignedIdentity;
}

/** What every image of a scope must fulfil. podman fulfils `signedBaseLayer` for no image. */
export type ContainersRequirement =
  | { readonly type: 'insecureAcceptAnything' }
  | { readonly type: 'reject' }
  | { readonly type: 'signedBaseLayer' }
  | SignedBy
  | SigstoreSigned;

/** podman would refuse the whole file for it. */
export function refuse(problem: string): GateError {
  return new GateError('GATE_CONFIGURATION_INVALID', problem);
}

/**
 * The requirement in an entry of a list; `where` names the list in errors.
 * @throws GateError GATE_CONFIGURATION_INVALID, GATE_CONFIGURATION_UNREAD
 * @see https://github.com/containers/image/blob/v5.36.2/signature/policy_config.go
 */
export function requirementIn(value: JsonValue, where: string): ContainersRequirement {
  const type = isJsonObject(value) ? value['type'] : undefined;
  switch (type) {
    case 'insecureAcceptAnything':
    case 'reject':
      members(value, ['type'], where);
      return { type };
    case 'signedBaseLayer':
      identityIn(members(value, ['type', 'baseLayerIdentity'], where)['baseLayerIdentity'], where);
      return { type };
    case 'signedBy':
      return signedByIn(members(value, ['type', 'keyType', ...GPG_KEYS, 'signedIdentity'], where), where);
    case 'sigstoreSigned':
      return sigstoreIn(
        members(value, ['type', ...KEY_MEMBERS, 'fulcio', 'pki', ...REKOR, 'signedIdentity'], where),
        where,
      );
    default:
      throw refuse(`a requirement of ${where} has the type ${JSON.stringify(type ?? null)}`);
  }
}

const GPG_KEYS = ['keyPath', 'keyPaths', 'keyData'];
const GPG_TYPES: readonly unknown[] = ['GPGKeys', 'signedByGPGKeys', 'X509Certificates', 'signedByX509CAs'];
const KEY_MEMBERS = [...GPG_KEYS, 'keyDatas'];
const REKOR = ['rekorPublicKeyPath', 'rekorPublicKeyPaths', 'rekorPublicKeyData', 'rekorPublicKeyDatas'];

function signedByIn(entry: JsonObject, where: string): SignedBy {
  const keyType = entry['keyType'];
  if (typeof keyType !== 'string' || !GPG_TYPES.includes(keyType))
    throw refuse(`a requirement of ${where} has the keyType ${JSON.stringify(keyType ?? null)}`);
  const named = GPG_KEYS.filter((name) => entry[name] !== undefined);
  const [source, ...others] = sourcesIn(entry, GPG_KEYS, where);
  if (named.length !== 1 || !source || others.length > 0)
    throw refuse(`a requirement of ${where} has not exactly one of ${GPG_KEYS.join(', ')}`);
  return { type: 'signedBy', keyType, keys: source, signedIdentity: identityOf(entry, where) };
}

function sigstoreIn(entry: JsonObject, where: string): SigstoreSigned {
  const keys = sourcesIn(entry, KEY_MEMBERS, where, { fromOne: true });
  const { fulcio, pki } = entry;
  if (fulcio !== undefined) checkFulcio(fulcio, where);
  const source = pki === undefined ? undefined : pkiIn(pki, where);
  if (keys.length + Number(fulcio !== undefined) + Number(pki !== undefined) !== 1)
    throw refuse(`a requirement of ${where} has not exactly one of ${KEY_MEMBERS.join(', ')}, fulcio, pki`);
  const rekor = REKOR.filter((name) => sourcesIn(entry, [name], where, { fromOne: true }).length > 0);
  if (rekor.length > 1 || (fulcio !== undefined && rekor.length === 0))
    throw refuse(`a requirement of ${where} does not name Rekor’s key once`);
  if (pki !== undefined && rekor.length > 0) throw refuse(`a requirement of ${where} has Rekor’s key beside pki`);
  return {
    type: 'sigstoreSigned',
    keys: keys[0] ?? [],
    ...(source ? { pki: source } : {}),
    beyond: [...(fulcio === undefined ? [] : ['fulcio']), ...rekor],
    signedIdentity: identityOf(entry, where),
  };
}

/** The keys of each of these members that says any: `…Path` and `…Data` are one, `…Paths` and `…Datas` lists. */
function sourcesIn(
  entry: JsonObject,
  names: readonly string[],
  where: string,
  { fromOne = false }: { readonly fromOne?: boolean } = {},
): readonly (readonly KeySource[])[] {
  return names.flatMap((name) => {
    const value = entry[name];
    const what = `${name} of ${where}`;
    if (value === undefined) return [];
    if (name.endsWith('Path')) {
      const path = textIn(value, what);
      return path === '' ? [] : [[{ path }]];
    }
    if (name.endsWith('Data')) return value === null ? [] : [[{ data: bytesIn(value, what) }]];
    if (value === null && !fromOne) return [];
    if (!Array.isArray(value) || (fromOne && value.length === 0)) throw refuse(`${what} is no list, or an empty one`);
    return [
      value.map((one: JsonValue) =>
        name.endsWith('Paths') ? { path: textIn(one, what) } : { data: bytesIn(one, what) },
      ),
    ];
  });
}

function checkFulcio(value: JsonValue, where: string): void {
  const what = `fulcio of ${where}`;
  const fulcio = members(value, ['caPath', 'caData', 'oidcIssuer', 'subjectEmail'], what);
  if (sourcesIn(fulcio, ['caPath', 'caData'], what).length !== 1) throw refuse(`${what} does not name its CA once`);
  for (const name of ['oidcIssuer', 'subjectEmail'])
    if (textIn(fulcio[name], what) === '') throw refuse(`${what} has no ${name}`);
}

function pkiIn(value: JsonValue, where: string): PkiSource {
  const what = `pki of ${where}`;
  const files = ['caRootsPath', 'caRootsData', 'caIntermediatesPath', 'caIntermediatesData'];
  const pki = members(value, [...files, 'subjectEmail', 'subjectHostname'], what);
  const one = (name: string): KeySource | undefined => {
    const [source, more] = sourcesIn(pki, [`${name}Path`, `${name}Data`], what);
    if (more) throw refuse(`${what} names ${name} twice`);
    return source?.[0];
  };
  const roots = one('caRoots');
  const intermediates = one('caIntermediates');
  const email = textIn(pki['subjectEmail'] ?? null, what);
  const hostname = textIn(pki['subjectHostname'] ?? null, what);
  if (!roots) throw refuse(`${what} names no roots`);
  if (email === '' && hostname === '') throw refuse(`${what} names no subject`);
  return {
    roots,
    ...(intermediates ? { intermediates } : {}),
    ...(email === '' ? {} : { email }),
    ...(hostname === '' ? {} : { hostname }),
  };
}

function identityOf(entry: JsonObject, where: string): SignedIdentity {
  const identity = entry['signedIdentity'];
  return identity === undefined ? { type: 'matchRepoDigestOrExact' } : identityIn(identity, where);
}

function identityIn(value: JsonValue | undefined, where: string): SignedIdentity {
  const what = `signedIdentity of ${where}`;
  const type = value !== undefined && isJsonObject(value) ? value['type'] : undefined;
  const plain = IDENTITY_MATCHES.find((known) => known === type);
  if (plain !== undefined) {
    members(value, ['type'], what);
    return { type: plain };
  }
  if (type === 'exactReference') {
    const reference = textIn(members(value, ['type', 'dockerReference'], what)['dockerReference'], what);
    const parsed = podmanReference(reference);
    if (!parsed || isNameOnly(parsed)) throw refuse(`${what} has a dockerReference that names no image`);
    return { type, reference };
  }
  if (type === 'exactRepository') {
    const repository = textIn(members(value, ['type', 'dockerRepository'], what)['dockerRepository'], what);
    if (!podmanReference(repository)) throw refuse(`${what} has a dockerRepository that is none`);
    return { type, repository };
  }
  if (type !== 'remapIdentity') throw refuse(`${what} has the type ${JSON.stringify(type ?? null)}`);
  const remap = members(value, ['type', 'prefix', 'signedPrefix'], what);
  const [prefix, signedPrefix] = [textIn(remap['prefix'], what), textIn(remap['signedPrefix'], what)];
  if (!isPrefix(prefix) || !isPrefix(signedPrefix)) throw refuse(`${what} has a prefix that begins no name`);
  return { type, prefix, signedPrefix };
}

const LABEL = '(?:[A-Za-z0-9]|[A-Za-z0-9][A-Za-z0-9-]*[A-Za-z0-9])';
const DOMAIN = `${LABEL}(?:\\.${LABEL})*(?::[0-9]+)?`;
const COMPONENT = '[a-z0-9]+(?:(?:\\.|__?|-+)[a-z0-9]+)*';
/** A host, or a host and a path. */
const PREFIX = new RegExp(`^${DOMAIN}(?:/${COMPONENT}(?:/${COMPONENT})*)?$`);

function isPrefix(text: string): boolean {
  return PREFIX.test(text);
}

/** An object with these members alone. @throws GateError GATE_CONFIGURATION_INVALID */
export function members(value: JsonValue | undefined, known: readonly string[], what: string): JsonObject {
  if (!isJsonObject(value)) throw refuse(`${what} is no object`);
  const strange = Object.keys(value).find((name) => !known.includes(name));
  if (strange !== undefined) throw refuse(`${what} has the unknown member ${JSON.stringify(strange)}`);
  return value;
}

function textIn(value: JsonValue | undefined, what: string): string {
  if (value === null) return '';
  if (typeof value !== 'string') throw refuse(`${what} is no text`);
  return value;
}

const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;

/** Base64, in which line breaks and stray bits at the end do no harm. */
function bytesIn(value: JsonValue, what: string): Uint8Array {
  if (value === null) return new Uint8Array();
  if (Array.isArray(value))
    throw new GateError('GATE_CONFIGURATION_UNREAD', `${what} is a list of numbers instead of base64`);
  const text = textIn(value, what).replace(/[\r\n]/g, '');
  if (text.length % 4 !== 0 || !BASE64.test(text)) throw refuse(`${what} is no base64`);
  return new Uint8Array(Buffer.from(text, 'base64'));
}

/** As a problem of the gate’s configuration, whatever could not be read. */
export function asGateError(cause: unknown, file: string): unknown {
  if (!(cause instanceof CountersignError)) return cause;
  const unread = cause.code === 'GATE_CONFIGURATION_UNREAD' || cause.code === 'DATA_NOT_UTF8';
  const message = cause instanceof GateError ? `${file}: ${cause.message}` : cause.message;
  return new GateError(unread ? 'GATE_CONFIGURATION_UNREAD' : 'GATE_CONFIGURATION_INVALID', message, { cause });
}
