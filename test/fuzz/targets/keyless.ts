// SPDX-License-Identifier: Apache-2.0
// Bundles of short-lived certificates with what a log and a timestamp authority prove, under a trusted root that may be
// damaged too; and OCI-SIFs with a cosign signature inside. Valid is what was signed, and nothing else.

import { readFile } from 'node:fs/promises';
import { parseBundle } from '../../../src/attest/bundle.ts';
import { signStatement } from '../../../src/attest/sign.ts';
import { equalBytes, utf8 } from '../../../src/base/bytes.ts';
import { systemClock } from '../../../src/base/clock.ts';
import { Secret } from '../../../src/base/secret.ts';
import { createVerifier } from '../../../src/crypto/lazy-verifier.ts';
import { readSigningConfig } from '../../../src/crypto/sigstore/sign/instance.ts';
import { createKeylessSigner } from '../../../src/crypto/sigstore/sign/signer.ts';
import { trustIn } from '../../../src/crypto/trust.ts';
import { openBundle } from '../../../src/image/open-bundles.ts';
import { createHttpClient } from '../../../src/net/http.ts';
import { DATA_TYPE } from '../../../src/sif/format.ts';
import { openSif } from '../../../src/sif/sif.ts';
import { memorySource } from '../../../src/sif/source.ts';
import { judgeBy, keyPerson, policyFor } from '../../support/layers.ts';
import { SigstoreInstance } from '../../support/sigstore.ts';
import { vectorPath } from '../../support/vectors.ts';
import { Breach, type Target } from '../engine.ts';
import { filesBelow, MANIFEST_WORDS, STATEMENT_WORDS } from '../seeds.ts';
import { verdictOf } from './images.ts';

const STATEMENT = utf8(
  JSON.stringify({
    _type: 'https://in-toto.io/Statement/v1',
    subject: [{ name: 'app', digest: { sha256: 'a'.repeat(64) } }],
    predicateType: 'https://example.org/said',
    predicate: {},
  }),
);

/** A trusted root and a bundle that is valid under it, of an instance on loopback that is gone afterwards. */
async function signedKeyless() {
  await using instance = await SigstoreInstance.start();
  const http = createHttpClient({});
  const now = () => new Date();
  const signer = await createKeylessSigner({
    services: readSigningConfig(utf8(instance.signingConfig()), now()),
    token: async () => new Secret(instance.token()),
    trust: [],
    http,
    witnesses: http,
    now,
    retries: 0,
    clock: systemClock(),
  });
  const bundle = await signStatement(STATEMENT, signer, { now: now() });
  http.close();
  return { bundle, root: utf8(instance.trustedRoot()), asked: { log: 1, timestamps: 1, sct: 0 }, now: now() };
}

/** What GitHub's own library signed. */
async function signedByActions() {
  const [bundle, root] = await filesBelow('sigstore/actions-attest', '.json');
  if (!bundle || !root) throw new Error('no vector');
  return { bundle, root, asked: { log: 0, timestamps: 1, sct: 0 }, now: new Date('2026-12-01T00:00:00Z') };
}

const WORDS = [
  ...STATEMENT_WORDS,
  ...'tlogEntries logIndex logId keyId kindVersion integratedTime inclusionPromise inclusionProof rootHash'.split(' '),
  ...'treeSize hashes checkpoint envelope canonicalizedBody rfc3161Timestamps signedTimestamp validFor'.split(' '),
  ...'tlogs certificateAuthorities timestampAuthorities'.split(' '),
];

/** Bundles without a key, and the roots that they are checked by. */
export const keylessTarget: Target = {
  name: 'keyless',
  async prepare() {
    const scenes = await Promise.all(
      [await signedKeyless(), await signedByActions()].map(async (signed) => {
        const verifier = await createVerifier(trustIn({ sigstore: [{ root: signed.root, ...signed.asked }] }));
        const { san } = await opened(signed.bundle, verifier, signed.now);
        return { ...signed, verifier, san, payload: parseBundle(signed.bundle).envelope.payload };
      }),
    );
    return {
      seeds: scenes.flatMap(({ bundle, root }) => [bundle, root]),
      words: WORDS,
      async check(bytes, seed) {
        const scene = scenes[Math.floor(seed / 2)];
        if (!scene) throw new Error('no scene');
        const isRoot = seed % 2 === 1;
        const verifier = isRoot
          ? await createVerifier(trustIn({ sigstore: [{ root: bytes, ...scene.asked }] }))
          : scene.verifier;
        const { status, san, said } = await opened(isRoot ? scene.bundle : bytes, verifier, scene.now);
        if (status !== 'valid') return status;
        if (san !== scene.san) throw new Breach(`valid by ${san}`);
        if (!said || !equalBytes(said, scene.payload)) throw new Breach('valid over what nobody signed');
        return status;
      },
    };
  },
};

async function opened(bytes: Uint8Array, verifier: Awaited<ReturnType<typeof createVerifier>>, now: Date) {
  const read = await openBundle({ place: { in: 'sif', object: 1 }, bytes }, verifier, now);
  if ('problem' in read) return { status: read.problem.code };
  const { status, identity } = read.check;
  const san = identity?.method === 'sigstore' ? identity.san.join() : undefined;
  return { status, san, said: read.bundle.envelope.payload };
}

/** OCI-SIFs that cosign signed: one passes only with every object as it was. */
export const ociSifTarget: Target = {
  name: 'oci-sif',
  async prepare() {
    const whole = new Uint8Array(await readFile(vectorPath('sif/oci-sif-cosign.sif')));
    const publicKey = await readFile(vectorPath('sif/oci-sif-cosign.pub'), 'utf8');
    const person = { ...(await keyPerson('ann', 'p256')), publicKey };
    const judge = await judgeBy(await policyFor([person], '  - { name: build, approvers: ann, native: cosign }'));
    const image = await contents(whole);
    return {
      seeds: [whole],
      words: [...MANIFEST_WORDS, 'dev.cosignproject.cosign/signature', '_cosign:sha256-', 'critical', 'optional'],
      async check(bytes) {
        const { verdict } = await verdictOf(bytes, judge);
        if (verdict !== 'passed') return verdict;
        // The root index is not signed: it may name the image and the signature in other words.
        for (const [type, content] of await contents(bytes))
          if (type !== DATA_TYPE.ociRootIndex && !image.some(([, known]) => known === content))
            throw new Breach(`passed with an object of type ${type} that nobody signed`);
        return verdict;
      },
    };
  },
};

/** Type and content of each object. */
async function contents(bytes: Uint8Array): Promise<readonly (readonly [number, string])[]> {
  const { objects } = await openSif(memorySource(bytes, 'image.sif'));
  return objects.map(
    ({ dataType, offset, sizeBytes }) =>
      [dataType, Buffer.from(bytes.subarray(offset, offset + sizeBytes)).toString('latin1')] as const,
  );
}
