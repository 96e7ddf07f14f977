// SPDX-License-Identifier: Apache-2.0
// GnuPG, OpenSSL, apptainer and cosign verify what we sign; keys that apptainer makes unlock here.

import { sign as rawSignature } from 'node:crypto';
import { copyFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { createCriteria, verifySifFile } from '../../src/image/verify.ts';
import { sha256Hex, utf8 } from '../../src/base/bytes.ts';
import { Secret } from '../../src/base/secret.ts';
import { hashObjects } from '../../src/sif/hash/hash.ts';
import { openSif } from '../../src/sif/sif.ts';
import { encodeMetadata } from '../../src/sif/integrity.ts';
import { DATA_TYPE } from '../../src/sif/format.ts';
import { openFileSource } from '../../src/sif/source.ts';
import { appendObjects, signatureExtra } from '../../src/sif/edit/append.ts';
import { encodePae, parseBundle } from '../../src/attest/bundle.ts';
import { encodeBundle, leafOnlyBundle } from '../../src/attest/sign.ts';
import { generateX509Chain } from '../../src/crypto/x509/generate.ts';
import { encodeNativeDsse, joinNativeDsse, nativePae } from '../../src/attest/native-dsse.ts';
import { createSigner, type Signer, type SignerOptions } from '../../src/crypto/signer.ts';
import { trustIn } from '../../src/crypto/trust.ts';
import { encodeStatement, IN_TOTO_PAYLOAD_TYPE } from '../../src/attest/statement.ts';
import { apptainerKeyring } from '../support/apptainer.ts';
import { hasPeers, runPeer } from '../support/peers.ts';
import { PASSPHRASE, secretVector } from '../support/signing.ts';
import { temporaryFolder } from '../support/temporary.ts';

const fixture = (name: string) => fileURLToPath(new URL(`../../${name}`, import.meta.url));
const vectorPath = (name: string) => fixture(`test/vectors/signing/${name}`);
const DEMO = fixture('assets/demo/hello.sif');
const now = new Date();
const PREDICATE = 'https://slsa.dev/verification_summary/v1';

const sign = (options: Partial<SignerOptions> & Pick<SignerOptions, 'method' | 'key'>) =>
  createSigner({
    passphrase: undefined,
    certificate: undefined,
    certificateChain: undefined,
    now: new Date(),
    ...options,
  });

const PGP_KEYS: readonly (readonly [string, Secret | undefined])[] = [
  ['rsa3072', PASSPHRASE],
  ['ed25519', PASSPHRASE],
  ['nistp256', PASSPHRASE],
  ['nistp384', PASSPHRASE],
  ['nistp521', PASSPHRASE],
  ['plain', undefined],
  ['subkey', PASSPHRASE],
  ['subkey-stub', PASSPHRASE],
];

/** The demo image and the metadata of its group. */
async function demoCopy(): Promise<{ readonly path: string; readonly metadata: Uint8Array }> {
  const path = join(await temporaryFolder(), 'image.sif');
  await copyFile(DEMO, path);
  await using source = await openFileSource(path);
  const image = await openSif(source);
  const digests = await hashObjects(image, image.objects, { algorithms: new Set(['sha256']) });
  return { path, metadata: encodeMetadata(image, 1, digests) };
}

async function addSignature(path: string, data: Uint8Array, fingerprint?: string): Promise<void> {
  const object = { dataType: DATA_TYPE.signature, data, group: 0, linkedGroup: 1, extra: signatureExtra(fingerprint) };
  await appendObjects(path, [object], { now });
}

async function cleartext(signer: Signer, metadata: Uint8Array): Promise<Uint8Array> {
  if (signer.native.format !== 'pgp') throw new Error('not an OpenPGP signer');
  return signer.native.signCleartext(metadata, new Date());
}

async function nativeSignature(signer: Signer, metadata: Uint8Array) {
  if (signer.native.format !== 'dsse') throw new Error('not a DSSE signer');
  return { keyid: signer.native.keyid, signature: await signer.native.signNativePae(nativePae(metadata)) };
}

describe.skipIf(!hasPeers('apptainer'))('apptainer verifies (skipped without it)', () => {
  test.each(PGP_KEYS)('a native signature by %s', async (name, passphrase) => {
    const signer = await sign({ method: 'pgp', key: secretVector(`pgp/${name}.sec.asc`), passphrase });
    const { path, metadata } = await demoCopy();
    await addSignature(
      path,
      await cleartext(signer, metadata),
      signer.identity.method === 'pgp' ? signer.identity.fingerprint : '',
    );
    const env = await apptainerKeyring(vectorPath(`pgp/${name.replace('-stub', '')}.pub.asc`));
    const { exitCode, stderr } = await runPeer('apptainer', ['verify', '--local', path], { env });
    expect(stderr).toContain('Verified signature(s)');
    expect(exitCode).toBe(0);
  });

  test.each(['p256', 'p384', 'p521', 'ed25519', 'rsa2048'])('a native signature by the bare key %s', async (name) => {
    const signer = await sign({ method: 'key', key: secretVector(`keys/${name}.pem`) });
    const { path, metadata } = await demoCopy();
    await addSignature(path, encodeNativeDsse(metadata, [await nativeSignature(signer, metadata)]));
    const key = join(await temporaryFolder(), 'key.pub');
    await copyFile(vectorPath(`keys/${name}.pub`), key);
    expect(await runPeer('apptainer', ['verify', '--key', key, path])).toMatchObject({ exitCode: 0 });
  });

  test.each(['p256', 'p384', 'p521'])(
    'a native signature by %s as raw r and s, which we accept as well',
    async (name) => {
      const { path, metadata } = await demoCopy();
      const pem = Buffer.from(secretVector(`keys/${name}.pem`).reveal());
      const pae = nativePae(metadata);
      const raw = rawSignature('sha256', pae, { key: pem, dsaEncoding: 'ieee-p1363' });
      await addSignature(path, encodeNativeDsse(metadata, [{ keyid: undefined, signature: new Uint8Array(raw) }]));
      const key = join(await temporaryFolder(), 'key.pub');
      await copyFile(vectorPath(`keys/${name}.pub`), key);
      expect(await runPeer('apptainer', ['verify', '--key', key, path])).toMatchObject({ exitCode: 0 });
      const judge = await createCriteria({
        policy: undefined,
        material: trustIn({ keys: [new Uint8Array(await readFile(key))] }),
        now,
      });
      expect((await verifySifFile(path, judge)).verdict.verdict).toBe('passed');
    },
  );

  test('several signers in one envelope, each by its key', async () => {
    const { path, metadata } = await demoCopy();
    const [first, second] = await Promise.all(
      ['p256', 'ed25519'].map((name) => sign({ method: 'key', key: secretVector(`keys/${name}.pem`) })),
    );
    if (!first || !second) throw new Error('no signers');
    const one = encodeNativeDsse(metadata, [await nativeSignature(first, metadata)]);
    await addSignature(path, joinNativeDsse(one, metadata, await nativeSignature(second, metadata)));
    const folder = await temporaryFolder();
    for (const name of ['p256', 'ed25519']) {
      await copyFile(vectorPath(`keys/${name}.pub`), join(folder, name));
      expect(await runPeer('apptainer', ['verify', '--key', join(folder, name), path])).toMatchObject({ exitCode: 0 });
    }
  });

  test('a native signature by a certificate of ours', async () => {
    const files = await generateX509Chain({ name: 'Release', email: 'release@example.org', days: 1, now });
    const signer = await sign({ method: 'x509', key: new Secret(files.privateKey), certificate: files.certificate });
    const { path, metadata } = await demoCopy();
    await addSignature(path, encodeNativeDsse(metadata, [await nativeSignature(signer, metadata)]));
    const folder = await temporaryFolder();
    await writeFile(join(folder, 'leaf.pem'), files.certificate);
    await writeFile(join(folder, 'int.pem'), files.intermediates);
    await writeFile(join(folder, 'root.pem'), files.root);
    const args = [
      '--certificate',
      'leaf.pem',
      '--certificate-intermediates',
      'int.pem',
      '--certificate-roots',
      'root.pem',
    ];
    const absolute = args.map((arg) => (arg.endsWith('.pem') ? join(folder, arg) : arg));
    expect(await runPeer('apptainer', ['verify', ...absolute, path])).toMatchObject({ exitCode: 0 });
  });

  test('keys that apptainer makes, with and without passphrase, sign here', async () => {
    for (const passphrase of ['', 's3cret']) {
      const env = await apptainerKeyring();
      const args = [
        'key',
        'newpair',
        '-N',
        'Ann',
        '-E',
        'ann@example.org',
        '-C',
        '',
        '-b',
        '2048',
        '-P',
        passphrase,
        '-U=false',
      ];
      const made = await runPeer('apptainer', args, { env });
      expect(made.exitCode, made.stderr).toBe(0);
      const secret = await readFile(join(env['APPTAINER_KEYSDIR'] ?? '', 'pgp-secret'));
      const signer = await sign({
        method: 'pgp',
        key: new Secret(secret),
        passphrase: passphrase === '' ? undefined : new Secret(passphrase),
      });
      const { path, metadata } = await demoCopy();
      await addSignature(
        path,
        await cleartext(signer, metadata),
        signer.identity.method === 'pgp' ? signer.identity.fingerprint : '',
      );
      expect(await runPeer('apptainer', ['verify', '--local', path], { env })).toMatchObject({ exitCode: 0 });
    }
  });
});

/**
 * The object with the checksum line of RFC 4880 added. Apptainer writes none and nor do we; GnuPG 2.2 reads past the
 * end of a block that has neither checksum nor base64 padding, whoever wrote it.
 */
function withChecksum(object: string): string {
  const body = /\n\n([A-Za-z0-9+/=\n]+)\n-----END/.exec(object)?.[1] ?? '';
  let crc = 0xb704ce;
  for (const byte of Buffer.from(body, 'base64')) {
    crc ^= byte << 16;
    for (let bit = 0; bit < 8; bit += 1) crc = (crc << 1) ^ (crc & 0x800000 ? 0x1864cfb : 0);
  }
  const bytes = Buffer.from([(crc >> 16) & 0xff, (crc >> 8) & 0xff, crc & 0xff]);
  return object.replace(body, `${body}\n=${bytes.toString('base64')}`);
}

describe.skipIf(!hasPeers('gpg'))('GnuPG verifies (skipped without it)', () => {
  test.each(PGP_KEYS)('cleartext and detached signatures by %s', async (name, passphrase) => {
    const folder = await temporaryFolder();
    const gpg = (...args: readonly string[]) => runPeer('gpg', ['--homedir', folder, '--batch', ...args]);
    await gpg('--import', vectorPath(`pgp/${name.replace('-stub', '')}.pub.asc`));
    const signer = await sign({ method: 'pgp', key: secretVector(`pgp/${name}.sec.asc`), passphrase });
    const message = utf8('{"version":1}');
    await writeFile(join(folder, 'message'), message);
    await writeFile(join(folder, 'message.sig'), await signer.signPae(message, now));
    await writeFile(
      join(folder, 'message.clear'),
      withChecksum(Buffer.from(await cleartext(signer, message)).toString()),
    );
    expect((await gpg('--verify', join(folder, 'message.sig'), join(folder, 'message'))).exitCode).toBe(0);
    expect((await gpg('--verify', join(folder, 'message.clear'))).exitCode).toBe(0);
  });
});

describe.skipIf(!hasPeers('openssl'))('OpenSSL verifies (skipped without it)', () => {
  test.each(['p256', 'p384', 'p521', 'rsa2048'])('signatures by %s', async (name) => {
    const folder = await temporaryFolder();
    const signer = await sign({ method: 'key', key: secretVector(`keys/${name}.pem`) });
    await writeFile(join(folder, 'message'), 'message');
    await writeFile(join(folder, 'sig'), await signer.signPae(utf8('message'), now));
    const args = [
      'dgst',
      '-sha256',
      '-verify',
      vectorPath(`keys/${name}.pub`),
      '-signature',
      join(folder, 'sig'),
      join(folder, 'message'),
    ];
    expect(await runPeer('openssl', args)).toMatchObject({ exitCode: 0 });
  });

  test('the chains that we make, strictly', async () => {
    const folder = await temporaryFolder();
    const files = await generateX509Chain({ name: 'Release', email: 'release@example.org', days: 1, now });
    await writeFile(join(folder, 'leaf.pem'), files.certificate);
    await writeFile(join(folder, 'int.pem'), files.intermediates);
    await writeFile(join(folder, 'root.pem'), files.root);
    const args = [
      'verify',
      '-purpose',
      'any',
      '-CAfile',
      join(folder, 'root.pem'),
      '-untrusted',
      join(folder, 'int.pem'),
      join(folder, 'leaf.pem'),
    ];
    expect(await runPeer('openssl', args)).toMatchObject({ exitCode: 0 });
  });
});

describe.skipIf(!hasPeers('cosign'))('cosign verifies (skipped without it)', () => {
  const payload = encodeStatement({
    subject: [{ name: 'blob', digest: { sha256: sha256Hex(utf8('hello')) } }],
    predicateType: PREDICATE,
    predicate: {},
  });

  async function verifyBlob(bundle: Uint8Array, args: readonly string[], folder: string): Promise<number> {
    await writeFile(join(folder, 'bundle.json'), bundle);
    await writeFile(join(folder, 'blob'), 'hello');
    const common = [
      'verify-blob-attestation',
      '--bundle',
      join(folder, 'bundle.json'),
      '--type',
      PREDICATE,
      '--insecure-ignore-tlog',
    ];
    return (await runPeer('cosign', [...common, ...args, join(folder, 'blob')])).exitCode;
  }

  async function bundleBy(signer: Signer): Promise<Uint8Array> {
    const signature = await signer.signPae(encodePae(IN_TOTO_PAYLOAD_TYPE, payload), now);
    return encodeBundle({ material: signer.material, payloadType: IN_TOTO_PAYLOAD_TYPE, payload, signature });
  }

  test.each(['p256', 'p384', 'p521', 'ed25519', 'rsa2048'])('a bundle by %s', async (name) => {
    const bundle = await bundleBy(await sign({ method: 'key', key: secretVector(`keys/${name}.pem`) }));
    expect(await verifyBlob(bundle, ['--key', vectorPath(`keys/${name}.pub`)], await temporaryFolder())).toBe(0);
  });

  test('a bundle with its chain, and the copy with the leaf alone', async () => {
    const folder = await temporaryFolder();
    const files = await generateX509Chain({ name: 'Release', email: 'release@example.org', days: 1, now });
    const options = { certificate: files.certificate, certificateChain: files.intermediates };
    const bundle = await bundleBy(await sign({ method: 'x509', key: new Secret(files.privateKey), ...options }));
    await writeFile(join(folder, 'chain.pem'), files.intermediates + files.root);
    const root = join(folder, 'trusted-root.json');
    const fulcio = `url=https://ca.example.org,certificate-chain=${join(folder, 'chain.pem')}`;
    await runPeer('cosign', ['trusted-root', 'create', '--fulcio', fulcio, '--out', root]);
    const args = [
      '--trusted-root',
      root,
      '--certificate-identity',
      'release@example.org',
      '--certificate-oidc-issuer-regexp',
      '.*',
      '--insecure-ignore-sct',
    ];
    expect(await verifyBlob(bundle, args, folder)).toBe(0);
    expect(await verifyBlob(leafOnlyBundle(parseBundle(bundle)).bytes, args, folder)).toBe(0);
    expect(
      await verifyBlob(
        bundle,
        args.map((arg) => arg.replace('release@', 'other@')),
        folder,
      ),
    ).not.toBe(0);
  });
});
