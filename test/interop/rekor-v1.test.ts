// SPDX-License-Identifier: Apache-2.0
// Logs of version 1, whose promise alone proves the time: a real Rekor takes our envelopes and we its answers, and the real
// cosign verifies both these and what the log of our own tests answers.

import { readFile, writeFile } from 'node:fs/promises';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { bundleToJSON } from '@sigstore/bundle';
import { DSSEBundleBuilder, FulcioSigner, RekorWitness, TSAWitness } from '@sigstore/sign';
import { expect, test } from 'vitest';
import { encodePae, parseBundle } from '../../src/attest/bundle.ts';
import { utf8 } from '../../src/base/bytes.ts';
import { command as signStage } from '../../src/commands/sign-stage/sign-stage.ts';
import { command as verifyAll } from '../../src/commands/verify-all/verify-all.ts';
import { createVerifier } from '../../src/crypto/lazy-verifier.ts';
import { trustIn } from '../../src/crypto/trust.ts';
import { FakeHost } from '../support/fake-host.ts';
import { hasPeers, runPeer } from '../support/peers.ts';
import { hasRekor, startRealRekor } from '../support/real-rekor.ts';
import { startRealSigstore } from '../support/real-sigstore.ts';
import { runCommand } from '../support/run-command.ts';
import { typicalSif } from '../support/sif-builder.ts';
import { JOB, SigstoreInstance } from '../support/sigstore.ts';
import { temporaryFolder } from '../support/temporary.ts';

const VSA = 'https://slsa.dev/verification_summary/v1';
const START = { start: '2020-01-01T00:00:00Z' };

interface Instance {
  readonly issuer: string;
  readonly root: string;
  readonly config: string;
  token(): string;
}

/** A SIF is signed by the instance and passes; the bundle, and what cosign says of it for a name. */
async function signedBy(folder: string, { issuer, root, config, ...job }: Instance) {
  await writeFile(join(folder, 'root.json'), root);
  await writeFile(join(folder, 'config.json'), config);
  await writeFile(join(folder, 'app.sif'), typicalSif().bytes());
  await writeFile(
    join(folder, 'policy.yaml'),
    `version: 1
name: test
trust: { sigstore: { root: root.json, sct: 0 } }
principals:
  prod: { github: { repository: acme/app, environment: production, issuer: "${issuer}" } }
stages: [{ name: production, approvers: prod }]
`,
  );
  const given = { 'subject-path': 'app.sif', 'policy-path': 'policy.yaml' };
  const signing = { stage: 'production', 'signing-method': 'sigstore', 'sigstore-instance': 'config.json' };
  await using host = new FakeHost({ cwd: folder, now: new Date(), env: { SIGSTORE_ID_TOKEN: job.token() } });
  await runCommand(signStage, { ...given, ...signing, 'bundle-folder': 'bundles' }, host);
  const { outputs } = await runCommand(verifyAll, given, host);
  const path = join(folder, 'bundles', 'app.sif.production.sigstore.json');
  const bundle: {
    verificationMaterial: { tlogEntries: { inclusionPromise?: unknown; kindVersion: unknown }[] };
    dsseEnvelope: { payload: string };
  } = JSON.parse(await readFile(path, 'utf8'));
  const { subject }: { subject: { digest: { sha256: string } }[] } = JSON.parse(
    Buffer.from(bundle.dsseEnvelope.payload, 'base64').toString(),
  );
  const cosign = (name: string) =>
    runPeer(
      'cosign',
      [
        'verify-blob-attestation',
        '--bundle',
        path,
        '--trusted-root',
        'root.json',
        '--certificate-oidc-issuer',
        issuer,
        '--certificate-identity',
        name,
        '--type',
        VSA,
        '--insecure-ignore-sct',
        '--digest',
        subject[0]?.digest.sha256 ?? '',
        '--digestAlg',
        'sha256',
      ],
      { cwd: folder, env: { HOME: folder, TUF_ROOT: join(folder, 'tuf') } },
    );
  const [entry] = bundle.verificationMaterial.tlogEntries;
  return { verdict: outputs['verdict'], entry, cosign };
}

const identity = `https://github.com/${JOB['job_workflow_ref']}`;

async function holds({ verdict, entry, cosign }: Awaited<ReturnType<typeof signedBy>>) {
  expect(verdict).toBe('passed');
  expect(entry).toMatchObject({ kindVersion: { kind: 'dsse', version: '0.0.1' }, inclusionPromise: expect.anything() });
  const [good, other] = [await cosign(identity), await cosign(`${identity}x`)];
  return { good: good.exitCode === 0 || good.stderr, other: other.exitCode };
}

const service = (url: string) => [{ url, majorApiVersion: 1, validFor: START, operator: 'test' }];

test.skipIf(!hasPeers('cosign'))('the log of our tests answers as cosign wants it', { timeout: 60_000 }, async () => {
  const folder = await temporaryFolder();
  await using instance = await SigstoreInstance.start();
  const config = instance.signingConfig({ rekorTlogUrls: service(instance.issuer), tsaUrls: [] });
  const token = () => instance.token();
  expect(
    await holds(await signedBy(folder, { issuer: instance.issuer, root: instance.trustedRoot(), config, token })),
  ).toEqual({ good: true, other: 1 });
});

const missing = !hasRekor() || !hasPeers('cosign', 'fulcio', 'rekor-server-posix-2.3.0', 'timestamp-server');

/** The real services with a log of version 1: its trusted root, signing config and address. */
async function services(folder: string) {
  const { issuer, trustedRoot, signingConfig, ...job } = await startRealSigstore(folder);
  const { url, spki } = await startRealRekor(folder);
  const keyId = createHash('sha256').update(spki).digest('base64');
  const rawBytes = Buffer.from(spki).toString('base64');
  const publicKey = { rawBytes, keyDetails: 'PKIX_ECDSA_P256_SHA_256', validFor: START };
  const log = { baseUrl: url, hashAlgorithm: 'SHA2_256', logId: { keyId }, publicKey };
  const root: object = JSON.parse(await readFile(trustedRoot, 'utf8'));
  const config: { caUrls: { url: string }[]; tsaUrls: { url: string }[] } = JSON.parse(
    await readFile(signingConfig, 'utf8'),
  );
  return { issuer, root: JSON.stringify({ ...root, tlogs: [log] }), config, url, token: () => job.token() };
}

test.skipIf(missing)('a real Rekor of version 1, without timestamp authority', { timeout: 240_000 }, async () => {
  const folder = await temporaryFolder();
  const { issuer, root, config, url, token } = await services(folder);
  const withLog = JSON.stringify({ ...config, rekorTlogUrls: service(url), tsaUrls: [] });
  expect(await holds(await signedBy(folder, { issuer, root, config: withLog, token }))).toEqual({
    good: true,
    other: 1,
  });

  // Sigstore's own signing library, with its own requests.
  const signer = new FulcioSigner({
    fulcioBaseURL: config.caUrls[0]?.url ?? '',
    identityProvider: { getToken: async () => token() },
  });
  const witnesses = [
    new RekorWitness({ rekorBaseURL: url }),
    new TSAWitness({ tsaBaseURL: config.tsaUrls[0]?.url ?? '' }),
  ];
  const statement = { _type: 'https://in-toto.io/Statement/v1', subject: [], predicateType: VSA, predicate: {} };
  const type = 'application/vnd.in-toto+json';
  const data = Buffer.from(JSON.stringify(statement));
  const bundle = bundleToJSON(await new DSSEBundleBuilder({ signer, witnesses }).create({ data, type }));
  const { envelope, material, json } = parseBundle(utf8(JSON.stringify(bundle)));
  const { payload, payloadType, signature, keyid } = envelope;
  const pae = encodePae(payloadType, payload);
  const asked = { pae, signature, material, keyid, hashing: 'bundle', bundle: json } as const;
  const verifier = await createVerifier(trustIn({ sigstore: [{ root: utf8(root), log: 1, timestamps: 1, sct: 0 }] }));
  const { status, identity: found, reasons } = await verifier.verifyDsse(asked, new Date());
  expect(reasons).toEqual([]);
  expect([status, found?.method === 'sigstore' && found.san]).toEqual(['valid', [`uri:${identity}`]]);
  const other = encodePae(payloadType, utf8('{}'));
  expect((await verifier.verifyDsse({ ...asked, pae: other }, new Date())).status).toBe('invalid');
});
