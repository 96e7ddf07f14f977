// SPDX-License-Identifier: Apache-2.0
// Every signature object of the shared SIF images, against what Apptainer 1.4.5 said of the image. Only the signature
// itself is judged here: whether the signed metadata matches the image is the business of src/sif.
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { readCertificateFile } from '../../../src/crypto/x509/certificate.ts';
import { nativePae, parseNativeDsse } from '../../../src/attest/native-dsse.ts';
import type { SignatureCheck, TrustMaterial } from '../../../src/crypto/verifier.ts';
import { codeOf, NOW, vector, verifier } from '../../support/signing.ts';
import { vectorPath } from '../../support/vectors.ts';

interface Expected {
  readonly objects: readonly { readonly id: number; readonly offset: number; readonly size: number }[];
  readonly signatures?: readonly {
    readonly id: number;
    readonly linkedGroup: number | null;
    readonly fingerprint?: string | null;
    readonly format: string;
  }[];
  readonly sifMetadataSha256?: Readonly<Record<string, string>>;
}

const file = (name: string) => new Uint8Array(readFileSync(vectorPath(`apptainer/${name}`)));
const images: Readonly<Record<string, Expected>> = JSON.parse(Buffer.from(file('expected.json')).toString()).images;

/** Every signature of the image that is linked to a group, checked with the given trust. */
async function check(image: string, trust: Partial<TrustMaterial>): Promise<readonly SignatureCheck[]> {
  const verify = await verifier(trust);
  const bytes = file(`images/${image}`);
  const { objects, signatures = [], sifMetadataSha256 } = images[image] ?? { objects: [] };
  const checks: SignatureCheck[] = [];
  for (const { id, linkedGroup, fingerprint } of signatures.filter((signature) => signature.linkedGroup !== null)) {
    const object = objects.find((candidate) => candidate.id === id);
    const data = bytes.subarray(object?.offset, (object?.offset ?? 0) + (object?.size ?? 0));
    if (Buffer.from(data).includes('-----BEGIN PGP SIGNED MESSAGE-----')) {
      const cleartext = await verify.verifyCleartext(data, fingerprint ?? undefined, NOW);
      if (cleartext.status === 'valid') expect(cleartext.text).toBe(sifMetadataSha256?.[String(linkedGroup)]);
      checks.push(cleartext);
      continue;
    }
    const envelope = parseNativeDsse(data);
    expect(Buffer.from(envelope.payload).toString()).toBe(sifMetadataSha256?.[String(linkedGroup)]);
    for (const { keyid, signature } of envelope.signatures) {
      const input = {
        pae: nativePae(envelope.payload),
        signature,
        material: undefined,
        keyid,
        hashing: 'native',
      } as const;
      checks.push(await verify.verifyDsse(input, NOW));
    }
  }
  return checks;
}

const statuses = (checks: readonly SignatureCheck[]) => checks.map(({ status }) => status);

describe('signatures in SIF images', () => {
  test.each([
    ['one-group-signed-pgp.sif', 'private.asc'],
    ['one-group-signed-pgp.sylabs.sif', 'private.sylabs.asc'],
    ['apptainer-signed-pgp.sif', 'apptainer-pgp-public.keyring'],
    ['attestation-unlinked.sif', 'private.asc'],
    ['attestation-object-linked.sif', 'private.asc'],
    ['pgp-ed25519-legacy.sif', 'gpg-ed25519.pub.asc'],
    ['pgp-nistp384.sif', 'gpg-nistp384.pub.asc'],
    ['pgp-signing-subkey.sif', 'gpg-signsubkey.pub.asc'],
  ])('%s is valid with %s, and by an unknown signer without', async (image, key) => {
    const checks = await check(image, { keyrings: [file(`keys/${key}`)] });
    expect(statuses(checks)).toEqual(checks.map(() => 'valid'));
    expect(checks.length).toBeGreaterThan(0);
    expect(statuses(await check(image, {}))).toEqual(checks.map(() => 'unknown-signer'));
  });

  test.each([
    ['pgp-signing-subkey-wrong-fp.sif', 'gpg-signsubkey.pub.asc', 'PGP_FINGERPRINT_MISMATCH'],
    ['pgp-sha1.sif', 'gpg-signsubkey.pub.asc', 'PGP_HASH_REFUSED'],
  ])('%s is invalid: %s', async (image, key, code) => {
    expect(await check(image, { keyrings: [file(`keys/${key}`)] })).toMatchObject([
      { status: 'invalid', reasons: [{ code }] },
    ]);
  });

  test('a version 6 key verifies nothing, even in a trusted keyring', async () => {
    const six = file('keys/v6-ed25519.pub.bin');
    expect(await codeOf(check('pgp-v6-ed25519.sif', { keyrings: [six] }))).toBe('SIGNATURE_TRUST_UNREADABLE');
    const keyrings = [Buffer.concat([six, vector('pgp/plain.sec.bin')])];
    const [answer] = await check('pgp-v6-ed25519.sif', { keyrings });
    expect(answer?.status).not.toBe('valid');
    expect(answer?.reasons[0]?.code).toBe('PGP_KEY_VERSION');
  });

  test.each([
    ['apptainer-signed-dsse-ecdsa.sif', ['ecdsa']],
    ['apptainer-signed-dsse-ed25519.sif', ['ed25519']],
    ['apptainer-signed-dsse-rsa.sif', ['rsa']],
    ['one-group-signed-dsse.sif', ['ed25519', 'rsa']],
    ['one-group-signed-dsse.sylabs.sif', ['ed25519', 'rsa']],
    ['signed-dsse-multi.sif', ['ecdsa', 'ed25519', 'rsa']],
  ])('%s is signed by %s and nobody else', async (image, signers) => {
    for (const name of ['ecdsa', 'ed25519', 'rsa']) {
      const found = statuses(await check(image, { keys: [file(`keys/${name}-public.pem`)] }));
      expect(found.filter((status) => status === 'valid')).toHaveLength(signers.includes(name) ? 1 : 0);
      expect(found).not.toContain('invalid');
    }
  });

  test('P-384 signatures in a SIF are SHA-256', async () => {
    expect(statuses(await check('dsse-p384.sif', { keys: [file('keys/p384-public.pem')] }))).toEqual(['valid']);
  });

  test.each([
    ['x509-code.sif', 'code', ['root'], ['int'], 'valid', []],
    ['x509-code.sif', 'code', ['int'], [], 'valid', []],
    ['x509-code.sif', 'code', ['root'], [], 'untrusted', ['CERTIFICATE_NO_ISSUER']],
    ['x509-code.sif', 'code', [], ['int'], 'untrusted', ['CERTIFICATE_NO_ISSUER']],
    ['x509-noeku.sif', 'noeku', ['root'], ['int'], 'valid', []],
    ['x509-tls.sif', 'tls', ['root'], ['int'], 'untrusted', ['CERTIFICATE_EXTENDED_KEY_USAGE']],
  ] as const)('%s with %s.pem, roots %s, intermediates %s: %s', async (image, leaf, roots, between, status, codes) => {
    const certificates = (names: readonly string[]) =>
      names.flatMap((name) => readCertificateFile(file(`keys/x509/${name}.pem`)));
    const [answer] = await check(image, {
      certificates: certificates([leaf]),
      anchors: certificates(roots),
      intermediates: certificates(between),
    });
    expect(answer?.status).toBe(status);
    expect(answer?.reasons.map(({ code }) => code)).toEqual(codes);
  });
});
