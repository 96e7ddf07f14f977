// SPDX-License-Identifier: Apache-2.0
// Evidence that does not count says why, as approvals do.

import { expect, test } from 'vitest';
import { parsePem, utf8 } from '../../../src/base/bytes.ts';
import { encodePae } from '../../../src/attest/bundle.ts';
import { encodeBundle } from '../../../src/attest/sign.ts';
import type { VerificationMaterial } from '../../../src/crypto/verifier.ts';
import { trustIn } from '../../../src/crypto/trust.ts';
import { laneObject } from '../../../src/image/sif/lane.ts';
import { imageWith } from '../../support/lane-bundles.ts';
import { judgeTrusting, NOW, type Person, verdictOf, x509Person } from '../../support/layers.ts';

const TYPE = 'application/vnd.in-toto+json';
const PAYLOAD = utf8(
  JSON.stringify({
    _type: 'https://in-toto.io/Statement/v1',
    subject: [{ digest: { sha256: 'ab'.repeat(32) } }],
    predicateType: 'urn:x',
    predicate: {},
  }),
);

function leafOnly({ signer: { material } }: Person): VerificationMaterial {
  return material.kind === 'certificates' ? { ...material, chain: material.chain.slice(0, 1) } : material;
}

test.each<[string, string, string, (person: Person) => Promise<readonly [VerificationMaterial, Uint8Array]>]>([
  [
    'with another signature',
    'invalid',
    'SIGNATURE_BAD',
    async ({ signer }) => [signer.material, await signer.signPae(utf8('x'), NOW)],
  ],
  [
    'without its intermediates',
    'untrusted',
    'CERTIFICATE_NO_ISSUER',
    async (person) => [leafOnly(person), await person.signer.signPae(encodePae(TYPE, PAYLOAD), NOW)],
  ],
])('evidence %s is %s: %s', async (_, signature, code, make) => {
  const scanner = await x509Person('scanner');
  const anchors = parsePem(scanner.publicKey).map(({ der }) => der);
  const publicMaterial = trustIn({ anchors });
  const criteria = await judgeTrusting([{ ...scanner, signer: { ...scanner.signer, publicMaterial } }]);
  const [material, bytes] = await make(scanner);
  const bundle = encodeBundle({ material, payloadType: TYPE, payload: PAYLOAD, signature: bytes });
  const path = await imageWith(laneObject('evidence', 'other', bundle));
  const [evidence] = (await verdictOf(path, criteria)).evidence;
  expect(evidence?.status).toBe(signature);
  expect(evidence?.reasons.map((reason) => reason.code)).toContain(code);
});
