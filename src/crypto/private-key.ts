// SPDX-License-Identifier: Apache-2.0
// Private key files → unlocked keys: PKCS#8 (plain and encrypted), SEC1, PKCS#1 and cosign's format. Repairs what secret
// stores do to line ends. Says for each refusal what was found; never repeats a byte of the key.

import { signJws } from './signatures.ts';
import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { encodePem, parsePem, type PemBlock } from '../base/bytes.ts';
import { CountersignError } from '../base/errors.ts';
import { Secret } from '../base/secret.ts';
import { COSIGN_KEY_LABELS, openCosignKey } from './cosign-key.ts';
import { SignatureError } from './errors.ts';
import { assertExpectedKey, externalSigningKey } from './external/external.ts';
import { parseKeyName } from './external/key-name.ts';
import { keyIdentity, type PublicKey, spkiOf, toPublicKey } from './keys.ts';
import { opensshKeyid, type SigningKey, signMessage } from './signatures.ts';
import { readOpensshKey } from './openssh-key.ts';
import type { NativeSigner, Signer, SignerOptions } from './signer.ts';
import { trustIn } from './trust.ts';

/** An unlocked private key and its public half. */
export interface PrivateKey {
  readonly key: KeyObject;
  readonly publicKey: PublicKey;
  /** Whether its file is worth nothing without a passphrase. */
  readonly isProtected: boolean;
}

/**
 * Unlocks the private key in a PEM text. A key in cosign's format always has a passphrase, often the empty one: that is
 * tried when neither a passphrase nor one for cosign's keys is given.
 * @throws SignatureError SIGNATURE_KEY_UNREADABLE, SIGNATURE_KEY_UNSUPPORTED, SIGNATURE_KEY_NOT_PRIVATE,
 * SIGNATURE_PASSPHRASE_MISSING, SIGNATURE_PASSPHRASE_WRONG, SIGNATURE_KDF_REFUSED
 */
export function readPrivateKey(file: Secret, passphrase: Secret | undefined, cosignPassphrase?: Secret): PrivateKey {
  const block = keyBlock(repairPem(file.revealText()));
  const key = unlock(block, passphrase, cosignPassphrase);
  const isProtected = COSIGN_KEY_LABELS.has(block.label)
    ? ((passphrase ?? cosignPassphrase)?.reveal().length ?? 0) > 0
    : block.label === 'ENCRYPTED PRIVATE KEY';
  return { key, publicKey: toPublicKey(createPublicKey(key)), isProtected };
}

/** PEM whose line ends were turned into spaces or the two characters `\n` by a secret store, as proper PEM. */
export function repairPem(text: string): string {
  const lines = text.replaceAll(/\\r|\\n/g, (escape) => (escape === '\\n' ? '\n' : ''));
  return lines.replace(
    /-----BEGIN ([A-Z0-9 ]+)-----([\s\S]*?)-----END \1-----/g,
    (block, label: string, body: string) =>
      body.includes(':')
        ? block
        : `\n-----BEGIN ${label}-----\n${body.replace(/\s+/g, '\n').trim()}\n-----END ${label}-----\n`,
  );
}

function keyBlock(text: string): PemBlock {
  if (text.includes('-----BEGIN PGP ')) throw unreadable('this is an OpenPGP key', 'choose the signing method pgp');
  if (/^Proc-Type:/m.test(text))
    throw unreadable(
      'the PEM key has the old encryption header Proc-Type',
      'convert it with `openssl pkcs8 -topk8 -in OLD -out NEW`',
    );
  const blocks = pemBlocks(text).filter(({ label }) => label !== 'EC PARAMETERS');
  const [block] = blocks.filter(({ label }) => label.endsWith('PRIVATE KEY'));
  if (block) return block;
  const [other] = blocks;
  if (!other) throw unreadable('the file holds no PEM block', 'give the key as PEM text, with its BEGIN and END lines');
  throw new SignatureError('SIGNATURE_KEY_NOT_PRIVATE', `the file holds ${other.label}, not a private key`);
}

function pemBlocks(text: string): readonly PemBlock[] {
  try {
    return parsePem(text);
  } catch (cause) {
    if (cause instanceof CountersignError) throw unreadable(cause.message, cause.hint);
    throw cause;
  }
}

function unlock(block: PemBlock, passphrase: Secret | undefined, cosignPassphrase: Secret | undefined): KeyObject {
  const { label, der } = block;
  if (COSIGN_KEY_LABELS.has(label)) return plainKey(cosignPkcs8(der, passphrase ?? cosignPassphrase), 'pkcs8');
  switch (label) {
    case 'PRIVATE KEY':
      return plainKey(der, 'pkcs8');
    case 'EC PRIVATE KEY':
      return plainKey(der, 'sec1');
    case 'RSA PRIVATE KEY':
      return plainKey(der, 'pkcs1');
    case 'ENCRYPTED PRIVATE KEY':
      return encryptedPkcs8(der, needed(passphrase, 'the private key'));
    case 'OPENSSH PRIVATE KEY':
      return readOpensshKey(der);
    default:
      throw unreadable(
        `the PEM block ${label} is not a supported private key`,
        'convert it with `openssl pkcs8 -topk8 -in OLD -out NEW`',
      );
  }
}

function cosignPkcs8(body: Uint8Array, passphrase: Secret | undefined): Uint8Array {
  try {
    return openCosignKey(body, passphrase ?? new Secret(''));
  } catch (error) {
    const none = passphrase === undefined && error instanceof SignatureError;
    if (none && error.code === 'SIGNATURE_PASSPHRASE_WRONG') needed(passphrase, 'the cosign key');
    throw error;
  }
}

function needed(passphrase: Secret | undefined, what: string): Secret {
  if (passphrase) return passphrase;
  throw new SignatureError('SIGNATURE_PASSPHRASE_MISSING', `${what} is protected by a passphrase and none was given`);
}

function plainKey(der: Uint8Array, type: 'pkcs8' | 'sec1' | 'pkcs1'): KeyObject {
  try {
    return createPrivateKey({ key: Buffer.from(der), format: 'der', type });
  } catch {
    throw unreadable(
      `the ${type.toUpperCase()} structure is damaged or of an unknown key type`,
      'restore the key file',
    );
  }
}

function encryptedPkcs8(der: Uint8Array, passphrase: Secret): KeyObject {
  const key = encodePem('ENCRYPTED PRIVATE KEY', der);
  try {
    return createPrivateKey({ key, format: 'pem', passphrase: Buffer.from(passphrase.reveal()) });
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    if (/UNSUPPORTED|UNKNOWN/.test(code))
      throw unreadable(
        'its encryption is not supported',
        'encrypt it anew with `openssl pkcs8 -topk8 -v2 aes-256-cbc -in OLD -out NEW`',
      );
    throw new SignatureError('SIGNATURE_PASSPHRASE_WRONG', 'the passphrase does not unlock the private key');
  }
}

/** No cause is kept on purpose: errors of parsers may quote the key. */
function unreadable(problem: string, hint: string): SignatureError {
  return new SignatureError('SIGNATURE_KEY_UNREADABLE', problem, { hint });
}

/**
 * The bare or certified key of the options, unlocked here or held elsewhere.
 * @throws SignatureError as readPrivateKey; KeyError
 */
export async function openSigningKey(options: SignerOptions): Promise<SigningKey> {
  const { method, world, passphrase, expectedKey: expected } = options;
  const name = parseKeyName(options.key.revealText(), method);
  if (name && name.holder !== 'gpg' && world) {
    return externalSigningKey(name, { world, pin: passphrase?.revealText(), expected });
  }
  const { key, publicKey, isProtected } = readPrivateKey(options.key, passphrase, options.cosignPassphrase);
  if (expected !== undefined) assertExpectedKey(publicKey, expected, 'the key file');
  const { algorithm } = publicKey;
  return {
    publicKey,
    isProtected,
    sign: async (message) => signMessage(key, message),
    signJws: (message) => signJws({ key, algorithm }, message),
  };
}

/** @throws as openSigningKey */
export async function createKeySigner(options: SignerOptions): Promise<Signer> {
  const signingKey = await openSigningKey(options);
  const { publicKey } = signingKey;
  return {
    method: 'key',
    identity: keyIdentity(publicKey),
    isProtected: signingKey.isProtected,
    material: { kind: 'public-key', hint: publicKey.hint },
    publicMaterial: trustIn({ keys: [spkiOf(publicKey)] }),
    signPae: (pae) => signingKey.sign(pae),
    native: nativeKeySigner(signingKey),
  };
}

/** Native DSSE signatures by a bare or certified key: a SIF holds nothing of X.509, so both are the same. */
export function nativeKeySigner(signingKey: SigningKey): NativeSigner {
  return {
    format: 'dsse',
    keyid: opensshKeyid(signingKey.publicKey.key) ?? '',
    signNativePae: (pae) => signingKey.sign(pae),
  };
}
