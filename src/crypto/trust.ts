// SPDX-License-Identifier: Apache-2.0
// Trust material from files: each is read once, and gives keyrings as they are, keys as SPKI, certificates and lists as DER.

import type { BigIntStats } from 'node:fs';
import { X509Certificate } from 'node:crypto';
import { resolve } from 'node:path';
import { equalBytes, parsePem, sha256Hex, utf8 } from '../base/bytes.ts';
import { CountersignError, DataError, type SourceLocation, SystemError } from '../base/errors.ts';
import { LIMITS } from '../base/limits.ts';
import { filesAt, findFile, findSmallFile, rootsAt } from '../files/files.ts';
import type { Sourced, TrustSource } from '../findings/signature.ts';
import { SignatureError } from './errors.ts';
import { spkisIn } from './keys.ts';
import { keyBlocks, repairArmor } from './pgp/framing.ts';
import type { TrustMaterial, TrustOrigin } from './verifier.ts';

/** Trust material with these parts and nothing else. */
export function trustIn(parts: Partial<TrustMaterial>): TrustMaterial {
  return {
    keyrings: [],
    keys: [],
    anchors: [],
    intermediates: [],
    certificates: [],
    timestamps: [],
    sigstore: [],
    ...parts,
  };
}

/** What an identity says of where it is trusted; nothing where that is not known. */
export function sourceOf({ origins }: Pick<TrustMaterial, 'origins'>, part: Uint8Array): Sourced {
  const source = origins?.get(part)?.source;
  return source ? { trustSource: source } : {};
}

/** Apptainer's rings of public keys, by the ends of their paths, so that the answer is the same on every machine. */
const RINGS = [
  ['global-ring', /(^|\/)apptainer\/global-pgp-public$/],
  ['user-ring', /(^|\/)\.apptainer\/keys\/pgp-public$/],
] as const;

function describeSource({ name, isText }: TrustFile, kind: TrustKind, input: string | undefined): TrustSource {
  const by = input === undefined ? 'policy' : 'input';
  if (isText) return { kind: `${by}-text`, name: input ?? by };
  const [ring] = kind === 'keyring' ? (RINGS.find(([, end]) => end.test(name)) ?? []) : [];
  return { kind: ring ?? `${by}-file`, name };
}

/** What the files are to hold. */
export type TrustKind = 'keyring' | 'key' | 'certificate' | 'crl' | 'trusted-root';

/** A path, folder or pattern, or the content of a file. */
export interface TrustEntry {
  readonly value: string;
  /** The place that names it. */
  readonly location?: SourceLocation;
  /** Where relative paths start, if not where those of all entries do. */
  readonly folder?: string;
  /** The input that gives it. */
  readonly input?: string;
}

interface Reading {
  readonly kind: TrustKind;
  readonly input: string | undefined;
  readonly folder: string;
  readonly location: SourceLocation | undefined;
}

interface TrustFile {
  /** As written, for people. */
  readonly name: string;
  readonly bytes: Uint8Array;
  /** Not a file, but its content in place of a path. */
  readonly isText?: true;
}

/** A file that was read. */
export interface ReadFile {
  /** Absolute. */
  readonly path: string;
  /** As it was named. */
  readonly name: string;
  readonly kind: TrustKind;
  /** The place that named it first. */
  readonly location?: SourceLocation | undefined;
  /** What was read, and parsed; and what the file was then. */
  readonly bytes: Uint8Array;
  readonly stats: BigIntStats;
}

/** True for the text of a key or certificate, which is no path. */
export function isArmored(text: string): boolean {
  return text.trimStart().startsWith('-----BEGIN ');
}

/** Reads each file once, and remembers where every part comes from. */
export class TrustFiles {
  /** Where each part comes from. */
  readonly origins = new Map<Uint8Array, TrustOrigin>();
  /** Every file that was read, once. */
  readonly files: ReadFile[] = [];
  /** Absolute paths below which it was looked for files: the files and folders named, and where patterns begin. */
  readonly roots = new Set<string>();
  readonly #folder: string;
  readonly #read = new Map<string, Promise<TrustFile>>();
  #totalBytes = 0;

  readonly #accept: (file: ReadFile) => void;

  /** Relative paths start at `folder`; `accept` throws for a file that is not to be parsed. */
  constructor(folder: string, accept: (file: ReadFile) => void = () => {}) {
    this.#folder = folder;
    this.#accept = accept;
  }

  /**
   * The parts of all entries, each once: keyrings as they are, keys as SPKI, certificates as DER.
   * @throws SignatureError SIGNATURE_TRUST_UNREADABLE; SystemError, DataError for what cannot be read
   */
  async parts(kind: TrustKind, entries: readonly TrustEntry[]): Promise<readonly Uint8Array[]> {
    const found = new Map<string, Uint8Array>();
    for (const { value, location, input, folder = this.#folder } of entries)
      for (const file of await this.#files(value, { kind, input, folder, location }))
        for (const part of partsOf(kind, file, { mayBeSecret: input !== undefined })) {
          const digest = sha256Hex(part);
          if (found.has(digest)) continue;
          found.set(digest, part);
          const source = describeSource(file, kind, input);
          this.origins.set(part, { path: file.name, ...(location ? { location } : {}), source });
        }
    return [...found.values()];
  }

  /** The same for the values of an input. @throws as parts */
  given(kind: TrustKind, input: string, values: readonly string[]): Promise<readonly Uint8Array[]> {
    return this.parts(
      kind,
      values.map((value) => ({ value, input })),
    );
  }

  async #files(
    value: string,
    { kind, input = 'the policy', folder, location }: Reading,
  ): Promise<readonly TrustFile[]> {
    if (isArmored(value)) return [{ name: `the text in ${input}`, bytes: repairArmor(utf8(value)), isText: true }];
    const small = this.#small({ name: value, path: resolve(folder, value), kind, location });
    if (small) return [small];
    const names = await filesAt(value, folder);
    for (const root of await rootsAt(value, folder)) this.roots.add(root);
    return Promise.all(names.map((name) => this.#file({ name, path: resolve(folder, name), kind, location })));
  }

  /** What is a small file is no folder or pattern, and need not be looked at before it is read. */
  #small(file: Omit<ReadFile, 'bytes' | 'stats'>): TrustFile | undefined {
    // One that was read before is counted once.
    const found = this.#read.has(file.path) ? undefined : findSmallFile(file.path);
    if (!found) return undefined;
    this.roots.add(file.path);
    const taken = this.#take({ ...file, ...found });
    this.#read.set(file.path, Promise.resolve(taken));
    return taken;
  }

  #file(file: Omit<ReadFile, 'bytes' | 'stats'>): Promise<TrustFile> {
    const known = this.#read.get(file.path);
    if (known) return known;
    const reading = this.#open(file);
    this.#read.set(file.path, reading);
    return reading;
  }

  async #open(file: Omit<ReadFile, 'bytes' | 'stats'>): Promise<TrustFile> {
    const limit = file.kind === 'crl' ? LIMITS.crlFileBytes : LIMITS.keyringBytes;
    return this.#take({ ...file, ...(await findFile(file.path, limit)) });
  }

  #take(file: ReadFile): TrustFile {
    const { name, bytes } = file;
    this.#totalBytes += bytes.length;
    if (this.#totalBytes > LIMITS.trustTotalBytes)
      throw new DataError(
        'DATA_TOO_LARGE',
        `keys, certificates and CRLs have more than ${LIMITS.trustTotalBytes} bytes`,
        {
          hint: 'name the files that are needed, not a folder of everything',
        },
      );
    this.#accept(file);
    this.files.push(file);
    return { name, bytes };
  }
}

/** Packet tags of public keys, and of signatures that stand alone, as revocations do. */
const KEY_TAGS: readonly number[] = [6, 2];

const SECRET_KEY_TAG = 5;

/** @throws SignatureError SIGNATURE_TRUST_UNREADABLE, which names the file */
function partsOf(
  kind: TrustKind,
  { name, bytes }: { readonly name: string; readonly bytes: Uint8Array },
  options: { readonly mayBeSecret: boolean },
): readonly Uint8Array[] {
  try {
    switch (kind) {
      case 'keyring':
        return [assertKeyring(bytes, options)];
      case 'key':
        return spkisIn(bytes);
      case 'certificate':
        return certificatesIn(bytes);
      case 'crl':
        return crlsIn(bytes);
      case 'trusted-root':
        return [bytes];
      default:
        return kind satisfies never;
    }
  } catch (cause) {
    if (!(cause instanceof CountersignError) || cause instanceof SystemError) throw cause;
    const { message, hint } = cause;
    throw new SignatureError('SIGNATURE_TRUST_UNREADABLE', `${name}: ${message}`, { hint, cause });
  }
}

/**
 * An empty keyring is one. What the keys are worth is said when they are read. A secret key beside a policy, where
 * everybody looks for public ones, is a leak; one's own keyring, given as an input, may hold it.
 */
function assertKeyring(bytes: Uint8Array, { mayBeSecret }: { readonly mayBeSecret: boolean }): Uint8Array {
  const blocks = keyBlocks(bytes);
  const secret =
    packetTag(bytes) === SECRET_KEY_TAG || Buffer.from(bytes).includes('-----BEGIN PGP PRIVATE KEY BLOCK-----');
  if (secret && mayBeSecret) return bytes;
  if (secret)
    throw new SignatureError('SIGNATURE_TRUST_UNREADABLE', 'the file holds a secret OpenPGP key', {
      hint: 'replace it by its public key, and treat the secret one as leaked if others can read the file',
    });
  if (bytes.length === 0 || (blocks ? blocks.length > 0 : KEY_TAGS.includes(packetTag(bytes)))) return bytes;
  throw new SignatureError('SIGNATURE_TRUST_UNREADABLE', 'the file holds no OpenPGP key', {
    hint: 'give public keys as `gpg --export --armor FINGERPRINT` or `apptainer key export FILE` write them',
  });
}

/**
 * The tag of the first packet, in the old or the new format; 0 where there is none.
 * @see https://www.rfc-editor.org/rfc/rfc9580.html#section-4.2
 */
function packetTag([first = 0]: Uint8Array): number {
  return first >= 0xc0 ? first & 0x3f : first >= 0x80 ? (first & 0x3f) >> 2 : 0;
}

function certificatesIn(bytes: Uint8Array): readonly Uint8Array[] {
  const text = Buffer.from(bytes).toString('latin1');
  const blocks = text.includes('-----BEGIN ') ? parsePem(text) : [{ label: 'CERTIFICATE', der: bytes }];
  const foreign = blocks.find(({ label }) => label !== 'CERTIFICATE');
  if (foreign) throw noCertificate(`it holds a ${foreign.label}, not only certificates`);
  if (blocks.length === 0) throw noCertificate('it holds no certificate');
  for (const { der } of blocks) {
    let raw: Uint8Array;
    try {
      ({ raw } = new X509Certificate(der));
    } catch (cause) {
      throw noCertificate('it holds no certificate that can be read', cause);
    }
    if (!equalBytes(raw, der)) throw noCertificate('bytes follow a certificate');
  }
  return blocks.map(({ der }) => der);
}

/** DER begins with a sequence, and PEM with a dash or an explanation. What is in a list is said when it is parsed. */
function crlsIn(bytes: Uint8Array): readonly Uint8Array[] {
  if (bytes[0] === 0x30) return [bytes];
  const blocks = parsePem(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1'));
  const foreign = blocks.find(({ label }) => label !== 'X509 CRL');
  if (foreign || blocks.length === 0)
    throw new SignatureError('SIGNATURE_CRL_UNREADABLE', foreign ? `it holds a ${foreign.label}` : 'it holds no CRL');
  return blocks.map(({ der }) => der);
}

function noCertificate(problem: string, cause?: unknown): SignatureError {
  return new SignatureError('SIGNATURE_TRUST_UNREADABLE', problem, {
    cause,
    hint: 'give certificates in PEM or DER form, and nothing else in the same file',
  });
}
