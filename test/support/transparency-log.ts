// SPDX-License-Identifier: Apache-2.0
// A transparency log with a key and a Merkle tree of its own, as Rekor is: hashes as version 2 takes them, and envelopes as
// version 1 does, with its promise. cosign checks what it answers in test/interop/sigstore.test.ts.

import { createHash, createPublicKey, generateKeyPairSync, type KeyObject, sign, verify } from 'node:crypto';
import { concatBytes, utf8 } from '../../src/base/bytes.ts';

/** What the log answers by. */
export interface Answering {
  /** Name of the log in its checkpoints. */
  readonly host: string;
  readonly now: Date;
  readonly wrongRoot: boolean;
  /** It logs the hash of something else. */
  readonly otherEntry: boolean;
}

interface Envelope {
  readonly payloadType: string;
  readonly payload: string;
  readonly signatures: readonly { readonly sig: string }[];
}

/** The log. */
export class TransparencyLog {
  readonly key = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  /** SHA-256 of its key. */
  readonly id = hash(spkiOf(this.key.publicKey));
  readonly #leaves: Uint8Array[] = [];
  readonly #entries = new Map<string, unknown>();

  /** The entry of version 1 with this name, as the log answers. */
  known(uuid: string): unknown {
    const entry = this.#entries.get(uuid);
    return entry && { [uuid]: entry };
  }

  /** @see https://github.com/sigstore/rekor-tiles/blob/v2.3.0/api/proto/rekor/v2/hashedrekord.proto */
  appendHash(body: string, answering: Answering): unknown {
    const {
      hashedRekordRequestV002: request,
    }: {
      hashedRekordRequestV002?: { digest: string; signature: { content: string; verifier: unknown } };
    } = JSON.parse(body);
    if (!request) throw new Error('invalid type: only hashedrekord is taken');
    const { signature } = request;
    const digest = answering.otherEntry ? base64(hash(utf8('another'))) : request.digest;
    const entry = {
      apiVersion: '0.0.2',
      kind: 'hashedrekord',
      spec: { hashedRekordV002: { data: { algorithm: 'SHA2_256', digest }, signature } },
    };
    const canonical = Buffer.from(JSON.stringify(entry));
    const { index, root, size, hashes, checkpoint } = this.#append(canonical, answering, answering.host);
    return {
      logIndex: String(index),
      logId: { keyId: base64(this.id) },
      kindVersion: { kind: 'hashedrekord', version: '0.0.2' },
      integratedTime: '0',
      inclusionProof: {
        logIndex: String(index),
        rootHash: base64(root),
        treeSize: String(size),
        hashes: hashes.map(base64),
        checkpoint: { envelope: checkpoint },
      },
      canonicalizedBody: base64(canonical),
    };
  }

  /** @see https://github.com/sigstore/rekor/blob/v1.4.3/pkg/types/dsse/v0.0.1/dsse_v0_0_1_schema.json */
  appendEnvelope(body: string, answering: Answering) {
    const {
      kind,
      spec: { proposedContent },
    }: {
      kind: string;
      spec: { proposedContent: { envelope: string; verifiers: readonly string[] } };
    } = JSON.parse(body);
    const envelope: Envelope = JSON.parse(proposedContent.envelope);
    const sig = envelope.signatures[0]?.sig ?? '';
    const [verifier = ''] = proposedContent.verifiers;
    const payload = Buffer.from(envelope.payload, 'base64');
    const pae = Buffer.concat([
      utf8(`DSSEv1 ${envelope.payloadType.length} ${envelope.payloadType} ${payload.length} `),
      payload,
    ]);
    const key = createPublicKey(Buffer.from(verifier, 'base64').toString());
    if (kind !== 'dsse' || !verify('sha256', pae, key, Buffer.from(sig, 'base64')))
      throw new Error('could not verify envelope');
    const sha256 = (bytes: Uint8Array) => ({ algorithm: 'sha256', value: hex(hash(bytes)) });
    const entry = {
      apiVersion: '0.0.1',
      kind: 'dsse',
      spec: {
        envelopeHash: sha256(utf8(proposedContent.envelope)),
        payloadHash: sha256(payload),
        signatures: [{ signature: sig, verifier }],
      },
    };
    const canonical = Buffer.from(JSON.stringify(entry));
    const uuid = hex(hash(Uint8Array.of(0), canonical));
    if (this.#entries.has(uuid)) return { uuid, isNew: false };
    const { index, root, size, hashes, checkpoint } = this.#append(canonical, answering, `${answering.host} - 1`);
    const promised = {
      body: base64(canonical),
      integratedTime: Math.floor(answering.now.getTime() / 1000),
      logID: hex(this.id),
      logIndex: index,
    };
    const inclusionProof = {
      checkpoint,
      hashes: hashes.map(hex),
      logIndex: index,
      rootHash: hex(root),
      treeSize: size,
    };
    // Its members are in the order of RFC 8785.
    const promise = sign('sha256', Buffer.from(JSON.stringify(promised)), this.key.privateKey);
    const answer = { ...promised, verification: { inclusionProof, signedEntryTimestamp: base64(promise) } };
    this.#entries.set(uuid, answer);
    return { uuid, entry: answer, isNew: true };
  }

  /** Its place in the tree of all entries. The origin of a log of version 1 holds the number of its tree. */
  #append(canonical: Uint8Array, { host, wrongRoot }: Answering, origin: string) {
    this.#leaves.push(hash(Uint8Array.of(0), canonical));
    const size = this.#leaves.length;
    const index = size - 1;
    const root = wrongRoot ? hash(utf8('another')) : treeHash(this.#leaves);
    const note = `${origin}\n${size}\n${base64(root)}\n`;
    const signed = sign('sha256', Buffer.from(note), this.key.privateKey);
    const line = `— ${host} ${base64(concatBytes(this.id.subarray(0, 4), signed))}\n`;
    return { index, root, size, hashes: pathTo(index, this.#leaves), checkpoint: `${note}\n${line}` };
  }
}

const spkiOf = (key: KeyObject) => new Uint8Array(key.export({ type: 'spki', format: 'der' }));
const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64');
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

function hash(...parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(
    createHash('sha256')
      .update(concatBytes(...parts))
      .digest(),
  );
}

/** @see https://www.rfc-editor.org/rfc/rfc6962.html#section-2.1 */
function treeHash(leaves: readonly Uint8Array[]): Uint8Array {
  const [only] = leaves;
  if (leaves.length === 1 && only) return only;
  const half = splitOf(leaves.length);
  return hash(Uint8Array.of(1), treeHash(leaves.slice(0, half)), treeHash(leaves.slice(half)));
}

function pathTo(index: number, leaves: readonly Uint8Array[]): readonly Uint8Array[] {
  if (leaves.length === 1) return [];
  const half = splitOf(leaves.length);
  const [left, right] = [leaves.slice(0, half), leaves.slice(half)];
  return index < half ? [...pathTo(index, left), treeHash(right)] : [...pathTo(index - half, right), treeHash(left)];
}

/** The largest power of two below. */
function splitOf(count: number): number {
  return 2 ** Math.floor(Math.log2(count - 1));
}
