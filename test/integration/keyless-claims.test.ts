// SPDX-License-Identifier: Apache-2.0
// A certificate that passes says 24 things of its job. Whichever of them is another one, it passes no longer, and what is
// different is named: by whoever signs with it, or by the verdict.

import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { CLAIM_NAMES, type ClaimName } from '../../src/findings/claims.ts';
import { parseCertificate } from '../../src/crypto/x509/certificate.ts';
import { requesterOf } from '../../src/crypto/sigstore/claims.ts';
import { keylessPlace } from '../support/keyless.ts';
import { type InstanceFaults, JOB } from '../support/sigstore.ts';
import { generateKeyPairSync } from 'node:crypto';

/** A place whose policy asks for all that the certificate of the job says. */
async function pinned() {
  const at = await keylessPlace();
  const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const requester = requesterOf(parseCertificate(at.instance.certificate(publicKey, JOB)));
  if ('code' in requester) throw new Error(requester.message);
  const { issuer, san, claims } = requester;
  const path = join(at.folder, 'policy.yaml');
  const principal = JSON.stringify({ sigstore: { issuer, san: san[0], claims } });
  await writeFile(path, (await readFile(path, 'utf8')).replace(/^ {2}prod: .*$/m, `  prod: ${principal}`));
  return { at, claims, issuer };
}

/** What is said where the certificate is another one; signing itself is by trusted root alone. */
async function said(change: (of: Awaited<ReturnType<typeof pinned>>) => InstanceFaults): Promise<string> {
  const here = await pinned();
  const { at } = here;
  at.faults(change(here));
  const signed = at.sign({ 'policy-path': '', 'sigstore-trusted-root': 'root.json' });
  const refused = await signed.then(
    () => undefined,
    (cause: unknown) => String(cause),
  );
  if (refused !== undefined) return `refused: ${refused}`;
  const { verdict, report } = await at.verify();
  return `${verdict}: ${report}`;
}

const flip = (text = '') => text.replace(/.$/, (last) => (last === 'x' ? 'y' : 'x'));

test('as it is it passes', async () => {
  expect(await said(() => ({}))).toMatch(/^passed/);
  expect(Object.keys((await pinned()).claims)).toEqual(CLAIM_NAMES);
});

test.each(CLAIM_NAMES)('%s is another one', async (name: ClaimName) => {
  const text = await said(({ claims }) => ({ claims: { [name]: flip(claims[name]) } }));
  expect(text).toMatch(/^(?:failed|refused)/);
  // In words, not in the list of claims that every report has.
  expect(text).toMatch(new RegExp(`\\b${name} (?:is )?\\\\?"`));
});

test.each<readonly [name: string, change: (issuer: string) => InstanceFaults]>([
  ['issuer', (issuer) => ({ issuers: [flip(issuer), flip(issuer)] })],
  ['older issuer', (issuer) => ({ issuers: [flip(issuer), issuer] })],
  ['san', () => ({ san: 'https://github.com/acme/app/.github/workflows/other.yml@refs/tags/v1' })],
])('%s is another one', async (name, change) => {
  const text = await said(({ issuer }) => change(issuer));
  expect(text).toMatch(/^(?:failed|refused)/);
  expect(text).toContain(`${name} is`);
});
