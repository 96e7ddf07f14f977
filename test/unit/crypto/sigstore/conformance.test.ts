// SPDX-License-Identifier: Apache-2.0
// Sigstore's own conformance cases for verification, offline; they skip, and say so, where the corpus is not at hand.

import { createPublicKey } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { encodePae } from '../../../../src/attest/bundle.ts';
import { sha256 } from '../../../../src/base/bytes.ts';
import { CountersignError } from '../../../../src/base/errors.ts';
import { isJsonObject, type JsonObject, parseJson } from '../../../../src/base/json.ts';
import { toPublicKey } from '../../../../src/crypto/keys.ts';
import { verifyMessage } from '../../../../src/crypto/signatures.ts';
import { proofsOf, readInstance } from '../../../../src/crypto/sigstore/library.ts';
import { readSigstoreBundle } from '../../../../src/crypto/sigstore/bundle.ts';
import { SigstoreVerifier } from '../../../../src/crypto/sigstore/verifier.ts';
import { sharedPath } from '../../../support/shared.ts';

const CORPUS = sharedPath('corpora/sigstore-conformance');
const CASES = join(CORPUS, 'bundle-verify');
const ISSUER = 'https://token.actions.githubusercontent.com';
const BEACON =
  'https://github.com/sigstore-conformance/extremely-dangerous-public-oidc-beacon/.github/workflows/extremely-dangerous-oidc-beacon.yml@refs/heads/main';
const now = new Date('2031-11-28T00:00:00Z');

function optional(path: string): Buffer | undefined {
  return existsSync(path) ? readFileSync(path) : undefined;
}

/** What is signed, by which certificate, as a bundle says it. */
function readCase(json: JsonObject, artifact: Uint8Array) {
  const { content, verificationMaterial } = readSigstoreBundle(json);
  const from = verificationMaterial.content;
  const chain =
    from.$case === 'certificate'
      ? [from.certificate.rawBytes]
      : from.$case === 'x509CertificateChain'
        ? from.x509CertificateChain.certificates.map(({ rawBytes }) => rawBytes)
        : [];
  if (content.$case === 'messageSignature')
    return { chain, message: artifact, signature: content.messageSignature.signature };
  const { payload, payloadType, signatures } = content.dsseEnvelope;
  const subjects: { digest: { sha256: string } }[] = JSON.parse(payload.toString()).subject;
  const about = subjects.some(({ digest }) => `sha256:${digest.sha256}` === sha256(artifact));
  if (!about) throw new Error('the statement is about something else');
  return { chain, message: encodePae(payloadType, payload), signature: signatures[0]?.sig ?? Buffer.alloc(0) };
}

function accepts(name: string): boolean {
  const folder = join(CASES, name);
  const artifact = readFileSync(existsSync(join(folder, 'artifact')) ? join(folder, 'artifact') : join(CASES, 'a.txt'));
  const root = optional(join(folder, 'trusted_root.json')) ?? readFileSync(join(CORPUS, 'trusted_root.public.json'));
  const trust = { root, log: 1, timestamps: 1, sct: 1 };
  try {
    const json = parseJson(readFileSync(join(folder, 'bundle.sigstore.json')), 'the bundle');
    if (!isJsonObject(json)) return false;
    const { chain, message, signature } = readCase(json, artifact);
    const pem = optional(join(folder, 'key.pub'));
    if (pem) {
      const key = createPublicKey(pem);
      if (!verifyMessage(toPublicKey(key), message, { signature, hashing: 'bundle' })) return false;
      return !('code' in proofsOf({ json, message, signature, key }, readInstance(trust)));
    }
    const material = { kind: 'certificates', chain } as const;
    const input = { pae: message, signature, material, keyid: undefined, hashing: 'bundle', bundle: json } as const;
    const check = new SigstoreVerifier({ sigstore: [trust] }, { crls: [], mode: undefined }).verify(input, now);
    const san = `uri:${optional(join(folder, 'identity'))?.toString().trim() ?? BEACON}`;
    const issuer = optional(join(folder, 'issuer'))?.toString().trim() ?? ISSUER;
    const { status, identity } = check;
    return (
      status === 'valid' && identity?.method === 'sigstore' && identity.issuer === issuer && identity.san[0] === san
    );
  } catch (cause) {
    // What is malformed is refused by whichever reader meets it first.
    if (cause instanceof CountersignError || cause instanceof Error) return false;
    throw cause;
  }
}

describe.skipIf(!existsSync(CASES))('sigstore-conformance', () => {
  const names = existsSync(CASES) ? readdirSync(CASES, { withFileTypes: true }).filter((one) => one.isDirectory()) : [];

  beforeAll(() => {
    expect(names).toHaveLength(70);
  });

  test.each(names.map(({ name }) => name))('%s', (name) => {
    expect(accepts(name)).toBe(!name.endsWith('_fail'));
  });
});
