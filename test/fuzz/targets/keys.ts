// SPDX-License-Identifier: Apache-2.0
// Keys, keyrings, cleartext signatures and certificates. A signature is valid only over what was signed, by the key that
// signed it; a certificate only as its CA issued it.

import { generateKeyPairSync, sign } from 'node:crypto';
import { concatBytes, equalBytes, fromBase64, toBase64, utf8 } from '../../../src/base/bytes.ts';
import { Secret } from '../../../src/base/secret.ts';
import { decodeCleartext, encodeCleartext } from '../../../src/crypto/pgp/framing.ts';
import { describeKeyFile } from '../../../src/crypto/key-description.ts';
import { type TrustMaterial } from '../../../src/crypto/verifier.ts';
import { createVerifier } from '../../../src/crypto/lazy-verifier.ts';
import { trustIn } from '../../../src/crypto/trust.ts';
import { encodeCertificate, encodeDer, TAG, caExtensions, leafExtensions } from '../../support/certificates.ts';
import { NOW } from '../../support/layers.ts';
import { Breach, type Target } from '../engine.ts';
import { filesBelow, namedFiles } from '../seeds.ts';
import { readElements } from '../der.ts';

const PASSPHRASE = new Secret('correct horse');
const PGP_WORDS = [
  '-----BEGIN PGP SIGNED MESSAGE-----',
  '-----BEGIN PGP SIGNATURE-----',
  '-----END PGP SIGNATURE-----',
  'Hash: SHA256',
  'Hash: SHA1',
  'Comment: x',
  '- ',
  '- -----',
  '',
];

/** Key files of every kind, public and secret. */
export const keyFileTarget: Target = {
  name: 'key-file',
  async prepare() {
    const seeds = [
      ...(await filesBelow('signing/keys', '.pem', '.pub', '.der')),
      ...(await filesBelow('signing/pgp', '.asc', '.bin')),
      ...(await filesBelow('signing/x509', '.pem')),
      ...(await filesBelow('apptainer/keys', '.asc', '.pem', '.keyring', '.bin', '.key')),
    ];
    return {
      seeds,
      words: [
        '-----BEGIN PRIVATE KEY-----',
        '-----BEGIN CERTIFICATE-----',
        '-----BEGIN PGP PUBLIC KEY BLOCK-----',
        'Proc-Type: 4,ENCRYPTED',
        '\\n',
      ],
      async check(bytes) {
        const keys = await describeKeyFile(bytes, PASSPHRASE);
        return keys[0]?.kind ?? 'nothing';
      },
    };
  },
};

/** Signed texts by keys that can be used, and who signed them. */
async function clearVectors() {
  const files = await namedFiles('signing/pgp', '.clear', '.pub.asc');
  const vectors = [];
  for (const [name, clear] of files) {
    const keyring = files.get(name.replace('.clear', '.pub.asc'));
    const decoded = decodeCleartext(clear);
    if (!name.endsWith('.clear') || !keyring || typeof decoded === 'string') continue;
    const verifier = await createVerifier(trustIn({ keyrings: [keyring] })).catch(() => undefined);
    const identity = (await verifier?.verifyCleartext(clear, undefined, NOW))?.identity;
    if (verifier && identity?.method === 'pgp')
      vectors.push({ clear, keyring, text: decoded.text, verifier, owner: identity.fingerprint });
  }
  return vectors;
}

/** Cleartext signatures, damaged, under good keyrings. */
export const cleartextTarget: Target = {
  name: 'cleartext',
  async prepare() {
    const vectors = await clearVectors();
    const texts = new Set(vectors.map(({ text }) => text));
    return {
      seeds: vectors.map(({ clear }) => clear),
      words: PGP_WORDS,
      async check(bytes, seed) {
        const { verifier, owner } = vectors[seed] ?? {};
        const answer = await verifier?.verifyCleartext(bytes, owner, NOW);
        const decoded = decodeCleartext(bytes);
        if (answer?.status === 'valid' && !texts.has(answer.text ?? '')) throw new Breach('valid over another text');
        if (typeof decoded !== 'string' && /^[^-\r\n][^\r\n]*$/.test(decoded.text)) {
          const again = decodeCleartext(utf8(encodeCleartext(decoded.text, 'SHA256', decoded.packets)));
          if (typeof again === 'string' || again.text !== decoded.text)
            throw new Breach('written anew it is another one');
        }
        return answer?.status ?? 'nothing';
      },
    };
  },
};

/** Keyrings, damaged, over good signatures. */
export const keyringTarget: Target = {
  name: 'keyring',
  async prepare() {
    const vectors = await clearVectors();
    return {
      seeds: vectors.map(({ keyring }) => keyring),
      words: PGP_WORDS,
      async check(bytes, seed) {
        const verifier = await createVerifier(trustIn({ keyrings: [bytes] }));
        const clear = vectors[seed]?.clear ?? bytes;
        const { status, identity } = await verifier.verifyCleartext(clear, vectors[seed]?.owner, NOW);
        if (status !== 'valid') return status;
        if (identity?.method !== 'pgp' || identity.fingerprint !== vectors[seed]?.owner)
          throw new Breach('valid by another key');
        return status;
      },
    };
  },
};

const MESSAGE = utf8('what was signed');
const DAY = 86_400_000;

/** A CA, its certificates, and a message signed by each leaf. */
function issued() {
  const keys = Array.from({ length: 3 }, () => generateKeyPairSync('ec', { namedCurve: 'P-256' }));
  const [root, middle, leaf] = keys;
  if (!root || !middle || !leaf) throw new Error('no keys');
  const times = { notBefore: new Date(NOW.getTime() - DAY), notAfter: new Date(NOW.getTime() + DAY) };
  const authority = { subject: 'Root', key: root.privateKey };
  const make = (
    subject: string,
    publicKey: typeof root.publicKey,
    issuer: typeof authority,
    extensions: readonly Uint8Array[],
  ) => encodeCertificate({ subject, publicKey, issuer, extensions, ...times });
  return {
    root: make('Root', root.publicKey, authority, caExtensions()),
    middle: make('Middle', middle.publicKey, authority, caExtensions(0)),
    leaf: make(
      'Leaf',
      leaf.publicKey,
      { subject: 'Middle', key: middle.privateKey },
      leafExtensions('leaf@example.org'),
    ),
    issuingKey: middle.privateKey,
    signature: new Uint8Array(sign('sha256', MESSAGE, leaf.privateKey)),
  };
}

/** The signed part of a certificate. */
function signedPart(der: Uint8Array): Uint8Array {
  return readElements(der, 0)?.[0]?.children?.[0]?.whole ?? new Uint8Array();
}

/** Chains that come with a signature. */
export const chainTarget: Target = {
  name: 'chain',
  async prepare() {
    const { root, middle, leaf, signature } = issued();
    const verifier = await createVerifier(trustIn({ anchors: [root] }));
    const seed = { chain: [toBase64(leaf), toBase64(middle)], signature: toBase64(signature) };
    return {
      seeds: [utf8(JSON.stringify(seed)), leaf, middle, root],
      async check(bytes) {
        const given = readChain(bytes, seed);
        const material = { kind: 'certificates', chain: given.chain } as const;
        const input = {
          pae: MESSAGE,
          signature: given.signature,
          material,
          keyid: undefined,
          hashing: 'bundle',
        } as const;
        const { status } = await verifier.verifyDsse(input, NOW);
        const [first = new Uint8Array()] = given.chain;
        if (status === 'valid' && !equalBytes(signedPart(first), signedPart(leaf)))
          throw new Breach('a certificate that nobody issued is trusted');
        return status;
      },
    };
  },
};

/** A chain in JSON, or a single certificate in the place of the leaf. */
function readChain(bytes: Uint8Array, whole: { readonly chain: readonly string[]; readonly signature: string }) {
  let value: unknown = { ...whole, chain: [toBase64(bytes), ...whole.chain] };
  try {
    value = JSON.parse(Buffer.from(bytes).toString('utf8'));
  } catch {
    // A certificate.
  }
  const { chain, signature }: Record<string, unknown> = Object(value);
  const decode = (text: unknown) => new Uint8Array(Buffer.from(typeof text === 'string' ? text : '', 'base64'));
  return { chain: Array.isArray(chain) ? chain.map(decode) : [], signature: decode(signature) };
}

/** Certificates that a trusted CA issued, whatever is in them; also as anchors and in files. */
export const certificateTarget: Target = {
  name: 'certificate',
  async prepare() {
    const { root, middle, leaf, issuingKey, signature } = issued();
    const vectors = (await filesBelow('signing/x509', '.pem')).map((pem) => derOf(pem));
    const algorithm = readElements(leaf, 0)?.[0]?.children?.[1]?.whole ?? new Uint8Array();
    return {
      seeds: [...Array.from({ length: 12 }, () => leaf), root, middle, ...vectors].map(signedPart),
      async check(part) {
        const made = sign('sha256', part, issuingKey);
        const der = encodeDer(
          TAG.sequence,
          part,
          algorithm,
          encodeDer(TAG.bitString, concatBytes(Uint8Array.of(0), made)),
        );
        const trust: Partial<TrustMaterial> = { anchors: [root] };
        const verifier = await createVerifier(trustIn(trust));
        const material = { kind: 'certificates', chain: [der, middle] } as const;
        const input = { pae: MESSAGE, signature, material, keyid: undefined, hashing: 'bundle' } as const;
        const { status, reasons } = await verifier.verifyDsse(input, NOW);
        if (status !== 'valid') return reasons[0]?.code ?? status;
        await createVerifier(trustIn({ anchors: [der], intermediates: [der], certificates: [der] }));
        return status;
      },
    };
  },
};

function derOf(pem: Uint8Array): Uint8Array {
  const [, base64 = ''] = /-----BEGIN CERTIFICATE-----([^-]*)-----END/.exec(Buffer.from(pem).toString('latin1')) ?? [];
  return fromBase64(base64.replaceAll(/\s/g, ''), 'a vector');
}
