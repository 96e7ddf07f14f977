// SPDX-License-Identifier: Apache-2.0
// What does a keyless layer cost that is verified offline? Signs against an instance on loopback, then verifies the
// signature again and again, each time with a copy of the bundle that was not seen before.
//   --layers N   200 unless given

import { parseArgs } from 'node:util';
import { encodePae, parseBundle } from '../src/attest/bundle.ts';
import { signStatement } from '../src/attest/sign.ts';
import { utf8 } from '../src/base/bytes.ts';
import { Secret } from '../src/base/secret.ts';
import { readSigningConfig } from '../src/crypto/sigstore/sign/instance.ts';
import { createKeylessSigner } from '../src/crypto/sigstore/sign/signer.ts';
import { trustIn } from '../src/crypto/trust.ts';
import { createVerifier } from '../src/crypto/lazy-verifier.ts';
import { proxyFromEnv } from '../src/net/connect.ts';
import { createHttpClient } from '../src/net/http.ts';
import { SigstoreInstance } from '../test/support/sigstore.ts';

const { values } = parseArgs({ options: { layers: { type: 'string', default: '200' } } });
const layers = Number(values.layers);
await using instance = await SigstoreInstance.start();
const http = createHttpClient({ proxy: proxyFromEnv({}) });
const now = () => new Date();
const services = readSigningConfig(utf8(instance.signingConfig()), now());
const token = async () => new Secret(instance.token());
const bundles: Uint8Array[] = [];
for (let index = 0; index < layers; index += 1) {
  // A signer, and so a certificate, for each.
  const signer = await createKeylessSigner({ services, token, trust: [], now, http, witnesses: http, retries: 0 });
  const statement = { _type: 'https://in-toto.io/Statement/v1', subject: [{ digest: { sha256: 'a'.repeat(64) } }] };
  const text = JSON.stringify({ ...statement, predicateType: 'https://example.org/x', predicate: { index } });
  bundles.push(await signStatement(utf8(text), signer, { now: now() }));
}
http.close();

const started = performance.now();
const trust = trustIn({ sigstore: [{ root: utf8(instance.trustedRoot()), log: 1, timestamps: 1, sct: 0 }] });
const verifier = await createVerifier(trust);
process.stdout.write(`loaded: ${(performance.now() - started).toFixed(0)} ms\n`);
const times: number[] = [];
const before = process.cpuUsage();
for (const bytes of bundles) {
  const begun = performance.now();
  const { envelope, material, json } = parseBundle(bytes);
  const { payload, payloadType, signature, keyid } = envelope;
  const pae = encodePae(payloadType, payload);
  const signed = { pae, signature, material, keyid, hashing: 'bundle', bundle: json } as const;
  const { status } = await verifier.verifyDsse(signed, now());
  if (status !== 'valid') throw new Error(`the signature is ${status}`);
  times.push(performance.now() - begun);
}
const { user, system } = process.cpuUsage(before);
const ordered = times.toSorted((a, b) => a - b);
const at = (share: number) => (ordered[Math.floor((ordered.length - 1) * share)] ?? 0).toFixed(1);
process.stdout.write(`${layers} layers: median ${at(0.5)} ms, 95 % within ${at(0.95)} ms, longest ${at(1)} ms\n`);
process.stdout.write(`processor time: ${((user + system) / 1000 / layers).toFixed(1)} ms a layer\n`);
