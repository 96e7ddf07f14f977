// SPDX-License-Identifier: Apache-2.0
// policy.json of podman, skopeo and CRI-O: read as strictly as they do, written, and which requirements an image has.

import { fromBase64 } from '../../base/bytes.ts';
import { CountersignError } from '../../base/errors.ts';
import { isJsonObject, type JsonObject, type JsonValue, parseJson } from '../../base/json.ts';
import { IDENTITY_MATCHES, type SignedIdentity } from '../../policy/rules/signed-identity.ts';
import { GateError } from '../errors.ts';

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

/** What every image of a scope must fulfil. `signedBy` are GPG signatures beside the registry. */
export type ContainersRequirement =
  | { readonly type: 'insecureAcceptAnything' }
  | { readonly type: 'reject' }
  | { readonly type: 'signedBy' }
  | SigstoreSigned;

/**
 * The whole file. Scopes by transport.
 * @see https://github.com/containers/image/blob/v5.36.2/docs/containers-policy.json.5.md
 */
export interface ContainersPolicy {
  readonly default: readonly ContainersRequirement[];
  readonly transports: ReadonlyMap<string, ReadonlyMap<string, readonly ContainersRequirement[]>>;
}

/**
 * The policy in the bytes of a policy.json.
 * @throws GateError GATE_CONFIGURATION_INVALID for what podman refuses too
 */
export function readContainersPolicy(bytes: Uint8Array, file: string): ContainersPolicy {
  try {
    return readPolicy(parseJson(bytes, file));
  } catch (cause) {
    if (cause instanceof GateError)
      throw new GateError('GATE_CONFIGURATION_INVALID', `${file}: ${cause.message}`, { cause });
    if (!(cause instanceof CountersignError)) throw cause;
    throw new GateError('GATE_CONFIGURATION_INVALID', cause.message, { cause });
  }
}

function refuse(problem: string): GateError {
  return new GateError('GATE_CONFIGURATION_INVALID', problem);
}

function readPolicy(document: JsonValue): ContainersPolicy {
  const { default: fallback, transports = {} } = members(document, ['default', 'transports'], 'the policy');
  if (fallback === undefined) throw refuse('"default" is missing');
  if (!isJsonObject(transports)) throw refuse('"transports" is no object');
  return {
    default: requirementsIn(fallback, 'default'),
    transports: new Map(
      Object.entries(transports).map(([transport, scopes]) => {
        if (!isJsonObject(scopes)) throw refuse(`the scopes of ${transport} are no object`);
        const entries = Object.entries(scopes).map(
          ([scope, list]) => [scope, requirementsIn(list, `${transport} ${JSON.stringify(scope)}`)] as const,
        );
        return [transport, new Map(entries)] as const;
      }),
    ),
  };
}

function requirementsIn(value: JsonValue, where: string): readonly ContainersRequirement[] {
  if (!Array.isArray(value) || value.length === 0)
    throw refuse(`the requirements of ${where} are no list, or an empty one`);
  return value.map((entry: JsonValue) => requirementIn(entry, where));
}

const KEY_MEMBERS = ['keyPath', 'keyPaths', 'keyData', 'keyDatas'];
const REKOR = ['rekorPublicKeyPath', 'rekorPublicKeyPaths', 'rekorPublicKeyData', 'rekorPublicKeyDatas'];

function requirementIn(value: JsonValue, where: string): ContainersRequirement {
  const type = isJsonObject(value) ? value['type'] : undefined;
  switch (type) {
    case 'insecureAcceptAnything':
    case 'reject':
      members(value, ['type'], where);
      return { type };
    case 'signedBy':
      members(value, ['type', 'keyType', 'keyPath', 'keyPaths', 'keyData', 'signedIdentity'], where);
      return { type };
    case 'sigstoreSigned':
      return sigstoreIn(
        members(value, ['type', ...KEY_MEMBERS, 'fulcio', 'pki', ...REKOR, 'signedIdentity'], where),
        where,
      );
    default:
      throw refuse(`a requirement of ${where} has the type ${JSON.stringify(type ?? null)}`);
  }
}

function sigstoreIn(entry: JsonObject, where: string): SigstoreSigned {
  const sources = [...KEY_MEMBERS, 'fulcio', 'pki'].filter((name) => entry[name] !== undefined);
  if (sources.length !== 1)
    throw refuse(`a requirement of ${where} has not exactly one of ${KEY_MEMBERS.join(', ')}, fulcio, pki`);
  const rekor = REKOR.filter((name) => entry[name] !== undefined);
  if (rekor.length > 1 || (sources[0] === 'fulcio' && rekor.length === 0))
    throw refuse(`a requirement of ${where} does not name Rekor’s key once`);
  const identity = entry['signedIdentity'];
  return {
    type: 'sigstoreSigned',
    keys: keysIn(entry, where),
    ...(entry['pki'] === undefined ? {} : { pki: pkiIn(entry['pki'], where) }),
    beyond: ['fulcio', ...rekor].filter((name) => entry[name] !== undefined),
    signedIdentity: identity === undefined ? { type: 'matchRepoDigestOrExact' } : identityIn(identity, where),
  };
}

function keysIn(entry: JsonObject, where: string): readonly KeySource[] {
  const one = (name: string) => (entry[name] === undefined ? [] : [textIn(entry[name], `${name} of ${where}`)]);
  const many = (name: string): readonly string[] => {
    const value = entry[name];
    if (value === undefined) return [];
    if (!Array.isArray(value) || value.length === 0) throw refuse(`${name} of ${where} is no list, or an empty one`);
    return value.map((text: JsonValue) => textIn(text, `${name} of ${where}`));
  };
  return [
    ...[...one('keyPath'), ...many('keyPaths')].map((path) => ({ path })),
    ...[...one('keyData'), ...many('keyDatas')].map((text) => ({ data: fromBase64(text, `a key of ${where}`) })),
  ];
}

function pkiIn(value: JsonValue, where: string): PkiSource {
  const names = [
    'caRootsPath',
    'caRootsData',
    'caIntermediatesPath',
    'caIntermediatesData',
    'subjectEmail',
    'subjectHostname',
  ];
  const pki = members(value, names, `pki of ${where}`);
  const source = (name: string): KeySource | undefined => {
    const path = pki[`${name}Path`];
    const data = pki[`${name}Data`];
    if (path !== undefined && data !== undefined) throw refuse(`pki of ${where} names ${name} twice`);
    if (path !== undefined) return { path: textIn(path, name) };
    return data === undefined ? undefined : { data: fromBase64(textIn(data, name), name) };
  };
  const roots = source('caRoots');
  const intermediates = source('caIntermediates');
  const { subjectEmail: email, subjectHostname: hostname } = pki;
  if (!roots) throw refuse(`pki of ${where} names no roots`);
  if (email === undefined && hostname === undefined) throw refuse(`pki of ${where} names no subject`);
  return {
    roots,
    ...(intermediates ? { intermediates } : {}),
    ...(email === undefined ? {} : { email: textIn(email, 'subjectEmail') }),
    ...(hostname === undefined ? {} : { hostname: textIn(hostname, 'subjectHostname') }),
  };
}

function identityIn(value: JsonValue, where: string): SignedIdentity {
  const what = `signedIdentity of ${where}`;
  const type = isJsonObject(value) ? value['type'] : undefined;
  const plain = IDENTITY_MATCHES.find((known) => known === type);
  if (plain !== undefined) {
    members(value, ['type'], what);
    return { type: plain };
  }
  const text = (names: readonly string[], name: string) => textIn(members(value, ['type', ...names], what)[name], what);
  if (type === 'exactReference') return { type, reference: text(['dockerReference'], 'dockerReference') };
  if (type === 'exactRepository') return { type, repository: text(['dockerRepository'], 'dockerRepository') };
  const remap = ['prefix', 'signedPrefix'];
  if (type === 'remapIdentity')
    return { type, prefix: text(remap, 'prefix'), signedPrefix: text(remap, 'signedPrefix') };
  throw refuse(`${what} has the type ${JSON.stringify(type ?? null)}`);
}

function members(value: JsonValue, known: readonly string[], what: string): JsonObject {
  if (!isJsonObject(value)) throw refuse(`${what} is no object`);
  const strange = Object.keys(value).find((name) => !known.includes(name));
  if (strange !== undefined) throw refuse(`${what} has the unknown member ${JSON.stringify(strange)}`);
  return value;
}

function textIn(value: JsonValue | undefined, what: string): string {
  if (typeof value !== 'string') throw refuse(`${what} is no text`);
  return value;
}

/** The requirements of an image in a registry, and the scope that they stand under. */
export function requirementsFor(
  policy: ContainersPolicy,
  image: { readonly name: string; readonly tag?: string | undefined; readonly digest?: string | undefined },
): { readonly scope: string; readonly requirements: readonly ContainersRequirement[] } {
  const scopes = policy.transports.get('docker');
  for (const scope of scopes ? scopesOf(image) : []) {
    const requirements = scopes?.get(scope);
    if (requirements) return { scope: scope === '' ? 'docker' : scope, requirements };
  }
  return { scope: 'default', requirements: policy.default };
}

/** The names under which an image may be listed, the most specific first. */
export function scopesOf({
  name,
  tag,
  digest,
}: {
  readonly name: string;
  readonly tag?: string | undefined;
  readonly digest?: string | undefined;
}): readonly string[] {
  const parts = name.split('/');
  const namespaces = parts.map((_, index) => parts.slice(0, parts.length - index).join('/'));
  const labels = (parts[0] ?? '').split('.');
  const wildcards = labels.slice(1).map((_, index) => `*.${labels.slice(index + 1).join('.')}`);
  const own = digest === undefined ? `${name}:${tag ?? 'latest'}` : `${name}@${digest}`;
  return [own, ...namespaces, ...wildcards, ''];
}
