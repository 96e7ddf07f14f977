// SPDX-License-Identifier: Apache-2.0
// Trust material from parts, and what is said about a part that cannot be used.

import { resolve } from 'node:path';
import { sha256Hex, utf8 } from '../base/bytes.ts';
import { DataError, type SourceLocation } from '../base/errors.ts';
import { LIMITS } from '../base/limits.ts';
import { filesAt, readFileBounded, readSmallFile, rootsAt } from '../files/files.ts';
import type { Sourced, TrustSource } from '../findings/signature.ts';
import { SignatureError } from './errors.ts';
import { repairArmor } from './pgp/framing.ts';
import { partsOf, type TrustKind } from './trust/parts.ts';
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

const KINDS = {
  keyrings: 'OpenPGP keyring',
  keys: 'public key',
  anchors: 'trust anchor',
  intermediates: 'intermediate certificate',
  certificates: 'signer certificate',
  crls: 'CRL',
  timestamps: 'trust anchor of a timestamp authority',
} as const;

type TrustPart = keyof typeof KINDS;
type TrustParts = Partial<TrustMaterial>;

/** The error about one part of the trust material: names its file, or else its number among those of its kind. */
export function trustError(
  cause: unknown,
  { trust, kind, index }: { readonly trust: TrustParts; readonly kind: TrustPart; readonly index: number },
): SignatureError {
  const part = trust[kind]?.[index];
  const origin = part && trust.origins?.get(part);
  return partError(cause, { what: origin ? KINDS[kind] : `${KINDS[kind]} ${index + 1}`, origin });
}

/** The same for a part of any kind. */
export function partError(
  cause: unknown,
  { what, origin }: { readonly what: string; readonly origin: TrustOrigin | undefined },
): SignatureError {
  const known = cause instanceof SignatureError ? cause : undefined;
  // Texts of libraries may go on with what is of use to their authors alone.
  const [problem] = (cause instanceof Error ? cause.message : String(cause)).split('\n', 1);
  return new SignatureError(
    known?.code === 'SIGNATURE_KEY_UNSUPPORTED' ? known.code : 'SIGNATURE_TRUST_UNREADABLE',
    `${origin ? `${origin.path} (${what})` : what} cannot be used: ${problem}`,
    { cause, ...(known ? { hint: known.hint } : {}), ...(origin?.location ? { location: origin.location } : {}) },
  );
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
  /** What was read, and parsed. */
  readonly bytes: Uint8Array;
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
  #small(file: Omit<ReadFile, 'bytes'>): TrustFile | undefined {
    // One that was read before is counted once.
    const bytes = this.#read.has(file.path) ? undefined : readSmallFile(file.path);
    if (!bytes) return undefined;
    this.roots.add(file.path);
    const taken = this.#take({ ...file, bytes });
    this.#read.set(file.path, Promise.resolve(taken));
    return taken;
  }

  #file(file: Omit<ReadFile, 'bytes'>): Promise<TrustFile> {
    const known = this.#read.get(file.path);
    if (known) return known;
    const reading = this.#open(file);
    this.#read.set(file.path, reading);
    return reading;
  }

  async #open(file: Omit<ReadFile, 'bytes'>): Promise<TrustFile> {
    const limit = file.kind === 'crl' ? LIMITS.crlFileBytes : LIMITS.keyringBytes;
    return this.#take({ ...file, bytes: await readFileBounded(file.path, limit) });
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
