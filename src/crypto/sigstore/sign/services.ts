// SPDX-License-Identifier: Apache-2.0
// Sigstore's signing library: entries of logs and timestamps for a signature, of which nothing is secret. One thing it does
// not do: a log of version 2 takes no envelopes, so what is logged is the hash of what the signature is over.

import { createHash } from 'node:crypto';
import { RekorWitness, type SignatureBundle, TSAWitness } from '@sigstore/sign';
import { encodePem } from '../../../base/bytes.ts';
import { isJsonObject, type JsonObject, parseJson } from '../../../base/json.ts';
import type { DsseSignature, Proofs } from '../../signer.ts';
import { HashAlgorithm, TransparencyLogEntry } from '../proto.ts';
import { KeylessError, type KeylessCode } from './errors.ts';
import type { LogService, Services } from './instance.ts';

/** How long one answer may take: a log of version 2 answers with its next checkpoint. */
const TIMEOUT_MS = 20_000;

function patience(retries: number) {
  return { timeout: TIMEOUT_MS, retry: { retries, minTimeout: 500, maxTimeout: 5000 } };
}

/**
 * Entries of all logs and timestamps of all authorities, all or none.
 * @throws KeylessError SIGSTORE_LOG_FAILED, SIGSTORE_TIMESTAMP_FAILED
 */
export async function requestProofs(
  signed: DsseSignature,
  {
    services,
    certificate,
    retries,
  }: { readonly services: Services; readonly certificate: Uint8Array; readonly retries: number },
): Promise<Proofs> {
  const pem = encodePem('CERTIFICATE', certificate);
  const envelope = envelopeOf(signed);
  const timestamps: Uint8Array[] = [];
  for (const url of services.timestamps) {
    const witness = new TSAWitness({ tsaBaseURL: url, ...patience(retries) });
    const { rfc3161Timestamps } = await asked('SIGSTORE_TIMESTAMP_FAILED', url, () => witness.testify(envelope));
    timestamps.push(...rfc3161Timestamps.map(({ signedTimestamp }) => new Uint8Array(signedTimestamp)));
  }
  const tlogEntries: JsonObject[] = [];
  // What is logged stays for ever, so that it comes last.
  for (const log of services.logs) tlogEntries.push(...(await logEntries(signed, { log, pem, retries })));
  return { tlogEntries, timestamps };
}

async function logEntries(
  signed: DsseSignature,
  { log, pem, retries }: { readonly log: LogService; readonly pem: string; readonly retries: number },
): Promise<readonly JsonObject[]> {
  const witness = new RekorWitness({ rekorBaseURL: log.url, majorApiVersion: log.version, ...patience(retries) });
  const content = log.version === 2 ? hashOf(signed) : envelopeOf(signed);
  const { tlogEntries } = await asked('SIGSTORE_LOG_FAILED', log.url, () => witness.testify(content, pem));
  return tlogEntries.map((entry) => {
    const json = parseJson(JSON.stringify(TransparencyLogEntry.toJSON(entry)), 'the entry of the log');
    if (isJsonObject(json)) return json;
    throw new KeylessError('SIGSTORE_LOG_FAILED', `${log.url} answered without an entry`);
  });
}

function envelopeOf({ payloadType, payload, signature }: DsseSignature): SignatureBundle {
  const signatures = [{ sig: Buffer.from(signature), keyid: '' }];
  return { $case: 'dsseEnvelope', dsseEnvelope: { payload: Buffer.from(payload), payloadType, signatures } };
}

/** @see https://github.com/sigstore/rekor-tiles/blob/v2.3.0/CLIENTS.md */
function hashOf({ pae, signature }: DsseSignature): SignatureBundle {
  const digest = createHash('sha256').update(pae).digest();
  const messageDigest = { algorithm: HashAlgorithm.SHA2_256, digest };
  return { $case: 'messageSignature', messageSignature: { messageDigest, signature: Buffer.from(signature) } };
}

async function asked<T>(code: KeylessCode, url: string, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (cause) {
    throw new KeylessError(code, `${url}: ${problemOf(cause)}`, { cause });
  }
}

/** The words of the service, which stand at the end of the chain of causes. */
function problemOf(cause: unknown): string {
  if (!(cause instanceof Error)) return 'no answer';
  const inner = cause.cause instanceof Error ? problemOf(cause.cause) : undefined;
  return (inner ?? cause.message).split('\n', 1)[0]?.slice(0, 300) ?? '';
}
