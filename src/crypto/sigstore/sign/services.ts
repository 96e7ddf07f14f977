// SPDX-License-Identifier: Apache-2.0
// What logs and timestamp authorities say of a signature, of which nothing is secret. Sigstore's signing library knows what
// an entry looks like; the services are asked by our own HTTP, because the library's takes answers of any size.

import { createHash } from 'node:crypto';
import { toCreateEntryRequest, toProposedEntry } from '@sigstore/sign/dist/witness/tlog/entry.js';
import { encodePem, utf8 } from '../../../base/bytes.ts';
import { CountersignError } from '../../../base/errors.ts';
import { isJsonObject, type JsonObject, jsonObjectIn, type JsonValue } from '../../../base/json.ts';
import { visibleLine } from '../../../base/text.ts';
import { ask, type Asking } from '../../../net/ask.ts';
import type { DsseSignature, Proofs } from '../../signer.ts';
import { requestTimestamp } from '../../timestamp/request.ts';
import { entryRequestToJson, HashAlgorithm, TransparencyLogEntry } from '../formats.ts';
import { KeylessError, type KeylessCode } from './errors.ts';
import type { LogService, Services } from './instance.ts';

/** Whom to ask for what. */
export interface ProofRequest extends Asking {
  readonly services: Services;
  /** DER of the certificate whose key signed. */
  readonly certificate: Uint8Array;
  /** The present. */
  readonly now: () => Date;
}

const MAX_ENTRY_BYTES = 1024 * 1024;
const MAX_QUOTED = 300;

/**
 * Entries of all logs and timestamps of all authorities, all or none.
 * @throws KeylessError SIGSTORE_LOG_FAILED, SIGSTORE_TIMESTAMP_FAILED
 */
export async function requestProofs(signed: DsseSignature, request: ProofRequest): Promise<Proofs> {
  const { services, now, ...asking } = request;
  const timestamps: Uint8Array[] = [];
  for (const address of services.timestamps) {
    const url = new URL(address);
    // An address without a path is that of Sigstore's own server.
    if (url.pathname === '/') url.pathname = '/api/v1/timestamp';
    const stamped = () => requestTimestamp(signed.signature, { ...asking, url, anchors: [], now: now() });
    timestamps.push(await failing('SIGSTORE_TIMESTAMP_FAILED', address, stamped));
  }
  const tlogEntries: JsonObject[] = [];
  // What is logged stays for ever, so that it comes last.
  for (const log of services.logs)
    tlogEntries.push(await failing('SIGSTORE_LOG_FAILED', log.url, () => entryOf(signed, log, request)));
  return { tlogEntries, timestamps };
}

async function entryOf(signed: DsseSignature, log: LogService, request: ProofRequest): Promise<JsonObject> {
  const pem = encodePem('CERTIFICATE', request.certificate);
  const json =
    log.version === 2 ? await entryOfV2(signed, pem, { log, request }) : await entryOfV1(signed, pem, { log, request });
  const entry =
    json && jsonObjectIn(utf8(JSON.stringify(TransparencyLogEntry.toJSON(TransparencyLogEntry.fromJSON(json)))));
  if (entry?.['logId'] && entry['kindVersion'] && entry['canonicalizedBody']) return entry;
  throw failed('SIGSTORE_LOG_FAILED', log.url, 'answered without an entry');
}

interface Asked {
  readonly log: LogService;
  readonly request: ProofRequest;
}

/**
 * A log of version 2 takes no envelopes, so what is logged is the hash of what the signature is over.
 * @see https://github.com/sigstore/rekor-tiles/blob/v2.3.0/CLIENTS.md
 */
async function entryOfV2(
  { pae, signature }: DsseSignature,
  pem: string,
  asked: Asked,
): Promise<JsonObject | undefined> {
  const digest = createHash('sha256').update(pae).digest();
  const messageDigest = { algorithm: HashAlgorithm.SHA2_256, digest };
  const messageSignature = { messageDigest, signature: Buffer.from(signature) };
  const entry = toCreateEntryRequest({ $case: 'messageSignature', messageSignature }, pem);
  return (await exchange('/api/v2/log/entries', await entryRequestToJson(entry), asked)).json;
}

/** @see https://github.com/sigstore/rekor/blob/v1.4.3/openapi.yaml */
async function entryOfV1(
  { payloadType, payload, signature }: DsseSignature,
  pem: string,
  asked: Asked,
): Promise<JsonObject | undefined> {
  const signatures = [{ sig: Buffer.from(signature), keyid: '' }];
  const dsseEnvelope = { payload: Buffer.from(payload), payloadType, signatures };
  const entry: unknown = toProposedEntry({ $case: 'dsseEnvelope', dsseEnvelope }, pem);
  const { json, known } = await exchange('/api/v1/log/entries', entry, asked);
  // Its answer to an earlier try was lost: the entry is there.
  const answer = known === undefined ? json : (await exchange(`/api/v1/log/entries/${known}`, undefined, asked)).json;
  const [found, ...more] = Object.values(answer ?? {});
  return isJsonObject(found) && more.length === 0 ? inBundle(found) : undefined;
}

/** An answer of a log of version 1 as bundles have it. */
function inBundle({ body, integratedTime, logID, logIndex, verification }: JsonObject): JsonObject | undefined {
  const { kind, apiVersion } = jsonObjectIn(Buffer.from(textOf(body), 'base64')) ?? {};
  const { signedEntryTimestamp, inclusionProof } = isJsonObject(verification) ? verification : {};
  if (!kind || !apiVersion || !isJsonObject(inclusionProof)) return undefined;
  const { hashes } = inclusionProof;
  return {
    logIndex: textOf(logIndex),
    logId: { keyId: base64(logID) },
    kindVersion: { kind, version: apiVersion },
    integratedTime: textOf(integratedTime),
    ...(signedEntryTimestamp ? { inclusionPromise: { signedEntryTimestamp } } : {}),
    inclusionProof: {
      logIndex: textOf(inclusionProof['logIndex']),
      treeSize: textOf(inclusionProof['treeSize']),
      rootHash: base64(inclusionProof['rootHash']),
      hashes: Array.isArray(hashes) ? hashes.map(base64) : [],
      checkpoint: { envelope: textOf(inclusionProof['checkpoint']) },
    },
    canonicalizedBody: textOf(body),
  };
}

const textOf = (value: JsonValue | undefined) =>
  typeof value === 'string' || typeof value === 'number' ? String(value) : '';
const base64 = (hex: JsonValue | undefined) => Buffer.from(textOf(hex), 'hex').toString('base64');

/** What the log answers, or by which name it knows the entry already. */
async function exchange(
  path: string,
  content: unknown,
  { log, request }: Asked,
): Promise<{ readonly json: JsonObject | undefined; readonly known?: string }> {
  const url = new URL(`${log.url}${path}`);
  const headers = { 'content-type': 'application/json', accept: 'application/json' };
  const question =
    content === undefined
      ? { method: 'GET', url, headers }
      : { method: 'POST', url, headers, body: utf8(JSON.stringify(content)) };
  const { status, bytes, location } = await ask(question, MAX_ENTRY_BYTES, request);
  const json = jsonObjectIn(bytes);
  if (status === 200 || status === 201) return { json };
  const known = status === 409 ? /\/([0-9a-f]{64,80})$/.exec(location ?? '')?.[1] : undefined;
  if (known !== undefined) return { json: undefined, known };
  const words = textOf(json?.['message']);
  throw failed('SIGSTORE_LOG_FAILED', log.url, `answers ${status}${words ? `: ${words}` : ''}`);
}

async function failing<T>(code: KeylessCode, url: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (cause instanceof KeylessError) throw cause;
    // Sigstore's reader of entries throws errors of any kind.
    throw failed(code, url, cause instanceof Error ? cause.message : 'no answer', cause);
  }
}

/** What the network says helps with the network. */
function failed(code: KeylessCode, url: string, problem: string, cause?: unknown): KeylessError {
  const hint = cause instanceof CountersignError ? cause.hint : undefined;
  return new KeylessError(code, `${url}: ${visibleLine(problem).slice(0, MAX_QUOTED)}`, {
    cause,
    ...(hint === undefined ? {} : { hint }),
  });
}
