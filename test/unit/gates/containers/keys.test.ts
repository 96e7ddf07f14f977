// SPDX-License-Identifier: Apache-2.0
// Keys of a policy.json: podman takes the first PEM block, if it is a public key, and nothing else.

import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { expect, test } from 'vitest';
import { certificatesOnly, firstKey } from '../../../../src/gates/containers/keys.ts';
import { keyPerson, x509Person } from '../../../support/layers.ts';

const [ann, ben, xenia] = await Promise.all([keyPerson('ann'), keyPerson('ben'), x509Person('xenia')]);
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey;
const spki = (pem: string) => new Uint8Array(createPublicKey(pem).export({ type: 'spki', format: 'der' }));
const pkcs1 = String(rsa.export({ type: 'pkcs1', format: 'pem' }));

test('the first of several keys counts, also in PKCS#1 and behind a text', () => {
  expect(firstKey(Buffer.from(`ours:\n${ann.publicKey}${ben.publicKey}`))).toEqual(spki(ann.publicKey));
  expect(firstKey(Buffer.from(pkcs1))).toEqual(spki(String(rsa.export({ type: 'spki', format: 'pem' }))));
});

test.each([
  ['DER', spki(ann.publicKey)],
  ['a certificate before the key', Buffer.from(`${xenia.certificate}${ann.publicKey}`)],
  ['another form than the label says', Buffer.from(pkcs1.replaceAll('RSA PUBLIC', 'PUBLIC'))],
  ['nothing', new Uint8Array()],
])('%s is refused, as by podman', (_, bytes) => {
  expect(() => firstKey(bytes)).toThrow(expect.objectContaining({ code: expect.stringMatching(/GATE_|SIGNATURE_/) }));
});

test('among certificates stands nothing else', () => {
  const certificate = xenia.certificate ?? '';
  expect(certificatesOnly(`ours:\n${certificate}${certificate}\n`)).toHaveLength(2);
  for (const text of [`${certificate}\nend`, `${certificate}${ann.publicKey}`])
    expect(() => certificatesOnly(text)).toThrow(expect.objectContaining({ code: 'GATE_CONFIGURATION_INVALID' }));
});
