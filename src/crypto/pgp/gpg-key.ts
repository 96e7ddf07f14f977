// SPDX-License-Identifier: Apache-2.0
// An OpenPGP key that gpg and its agent hold, on disk, a card or a security key: gpg signs our bytes, at our time, with
// the one part of the key that was chosen here, and the result is checked like anybody's.

import { randomUUID } from 'node:crypto';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { utf8 } from '../../base/bytes.ts';
import type { Reason } from '../../findings/signature.ts';
import { KeyError } from '../external/errors.ts';
import { Holder, type KeyWorld, lastWords } from '../external/holder.ts';
import { decodeArmor, encodeCleartext, keyBlocks } from './framing.ts';
import { partProblem, tellingReason } from './key.ts';
import { readKeyFile } from './key-file.ts';
import {
  fingerprintOf,
  hashNameOf,
  hintOf,
  type KeyPart,
  messageOf,
  readSignaturePackets,
  unsupportedKey,
} from './pgp.ts';
import { cannotSign, type PgpSecretKey, refusal } from './secret-key.ts';
import { openPgpVerifier, type PgpVerifier } from './verifier.ts';
import { type Key } from './library.ts';

/** What gpg, its agent and the dialogues of the agent need to know. */
const NEEDED = [
  'GNUPGHOME',
  'XDG_RUNTIME_DIR',
  'GPG_TTY',
  'TERM',
  'DISPLAY',
  'XAUTHORITY',
  'WAYLAND_DISPLAY',
  'DBUS_SESSION_BUS_ADDRESS',
];
const ALWAYS = ['--batch', '--no-tty', '--no-auto-check-trustdb', '--display-charset', 'utf-8'];

/** How a key of gpg is used. */
export interface GpgOptions {
  readonly world: KeyWorld;
  /** Given to gpg on its standard input; without it the agent asks or knows. */
  readonly passphrase: string | undefined;
  readonly now: Date;
}

/**
 * The key with this fingerprint in the ring of gpg: its primary part if that may sign and is there, else its newest subkey
 * that may and is; the fingerprint of a subkey chooses that one.
 * @throws KeyError KEY_GPG_MISSING, KEY_GPG_NOT_IN_RING, KEY_TIMEOUT; SignatureError SIGNATURE_PGP_EXPIRED,
 * SIGNATURE_PGP_REVOKED, SIGNATURE_PGP_CANNOT_SIGN
 */
export async function gpgKey(wanted: string, options: GpgOptions): Promise<PgpSecretKey> {
  const { world, now } = options;
  const program = await world.which('gpg');
  if (program === undefined) throw new KeyError('KEY_GPG_MISSING', 'gpg is not on PATH');
  const gpg: Gpg = { program, holder: new Holder('gpg', world, NEEDED), world };
  const usable = await secretParts(gpg, wanted);
  const key = await exportedKey(gpg, wanted);
  const part = await signingPart(key, { wanted, usable, now });
  const publicKey = key.write();
  const [fingerprint, verifier] = [fingerprintOf(key), await openPgpVerifier({ keyrings: [publicKey] })];
  return {
    fingerprint,
    subkey: part === key ? undefined : fingerprintOf(part),
    hint: hintOf(part),
    userIds: key.getUserIDs(),
    isProtected: true,
    publicKey,
    sign: async (message, time) => {
      const request = { message, now: time, passphrase: options.passphrase };
      const first = await signed(gpg, fingerprintOf(part), request);
      // A clock that is set to this very second goes on: it may have ticked before gpg signed.
      const packet = (await isMadeAt(first, time)) ? first : await signed(gpg, fingerprintOf(part), request);
      const [parsed] = (await readSignaturePackets(packet)) ?? [];
      const hash = hashNameOf(parsed?.hashAlgorithm);
      await assertGood({ packet, hash, message, now: time }, { fingerprint, verifier });
      return { packet, hash };
    },
  };
}

interface Gpg {
  readonly program: string;
  readonly holder: Holder;
  readonly world: KeyWorld;
}

function run({ program, holder }: Gpg, args: readonly string[], secret?: string) {
  const stdin = secret === undefined ? {} : { stdin: utf8(`${secret}\n`) };
  return holder.run({ program, args: [...ALWAYS, ...args], env: { LC_ALL: 'C' }, ...stdin }, secret);
}

/** Fingerprints of the parts whose secret gpg can use: it has them, or knows the card. */
async function secretParts(gpg: Gpg, fingerprint: string): Promise<ReadonlySet<string>> {
  const { exitCode, stdout, stderr } = await run(gpg, ['--with-colons', '--list-secret-keys', fingerprint]);
  if (exitCode !== 0)
    throw new KeyError('KEY_GPG_NOT_IN_RING', `gpg has no secret key ${fingerprint}: ${lastWords(stderr)}`);
  const usable = new Set<string>();
  let isThere = false;
  for (const fields of stdout.split('\n').map((line) => line.split(':'))) {
    if (fields[0] === 'sec' || fields[0] === 'ssb') isThere = fields[14] !== '#';
    if (fields[0] === 'fpr' && isThere) usable.add(fields[9] ?? '');
  }
  return usable;
}

async function exportedKey(gpg: Gpg, fingerprint: string): Promise<Key> {
  const { stdout } = await run(gpg, ['--armor', '--export', fingerprint]);
  const keys = keyBlocks(utf8(stdout)) ? await readKeys(utf8(stdout), gpg) : [];
  const key = keys.find((one) => [one, ...one.subkeys].some((part) => fingerprintOf(part) === fingerprint));
  if (key) return key;
  throw gpg.holder.error('KEY_UNEXPECTED', `exported another key than ${fingerprint}`);
}

async function readKeys(armored: Uint8Array, { holder }: Gpg): Promise<readonly Key[]> {
  try {
    return (await readKeyFile(armored)).keys;
  } catch (error) {
    throw holder.error('KEY_ANSWER_INVALID', `exported no readable key: ${messageOf(error)}`);
  }
}

async function signingPart(
  key: Key,
  { wanted, usable, now }: { readonly wanted: string; readonly usable: ReadonlySet<string>; readonly now: Date },
): Promise<KeyPart> {
  const newestFirst = key.subkeys.toSorted((a, b) => b.getCreationTime().getTime() - a.getCreationTime().getTime());
  const asked = newestFirst.filter((part) => fingerprintOf(part) === wanted);
  const fingerprint = fingerprintOf(key);
  const problems: Reason[] = [];
  for (const part of asked.length > 0 ? asked : [key, ...newestFirst]) {
    const unsupported = unsupportedKey(key) ?? unsupportedKey(part);
    if (unsupported !== undefined && part === key) throw cannotSign(fingerprint, unsupported);
    if (!usable.has(fingerprintOf(part))) continue;
    const problem = await partProblem(key, part, { now });
    if (!problem) return part;
    problems.push(problem);
  }
  const telling = tellingReason(problems);
  throw telling ? refusal(telling) : cannotSign(fingerprint, 'gpg has the secret of no part that may sign');
}

interface ToSign {
  readonly message: string | Uint8Array;
  readonly now: Date;
  readonly passphrase: string | undefined;
}

/** The message goes through a file, so that standard input is free for the passphrase. */
async function signed(gpg: Gpg, part: string, { message, now, passphrase }: ToSign): Promise<Uint8Array> {
  const file = join(await gpg.world.temporaryFolder(), `to-sign-${randomUUID()}`);
  await writeFile(file, message, { mode: 0o600 });
  try {
    const loopback = passphrase === undefined ? [] : ['--pinentry-mode', 'loopback', '--passphrase-fd', '0'];
    const how = `--faked-system-time ${Math.floor(now.getTime() / 1000)}! --digest-algo SHA256 --local-user ${part}!`;
    const textmode = typeof message === 'string' ? '--textmode' : '--no-textmode';
    const what = ['--armor', textmode, '--output', '-', '--detach-sign', file];
    const { exitCode, stdout, stderr } = await run(gpg, [...loopback, ...how.split(' '), ...what], passphrase);
    if (exitCode !== 0) throw new KeyError('KEY_GPG_REFUSED', `gpg does not sign with ${part}: ${lastWords(stderr)}`);
    const block = /-----BEGIN PGP SIGNATURE-----([\s\S]*?)-----END PGP SIGNATURE-----/.exec(stdout)?.[1];
    const packet = block === undefined ? 'is no signature' : decodeArmor(block);
    if (typeof packet !== 'string') return packet;
    throw gpg.holder.error('KEY_ANSWER_INVALID', `wrote something that ${packet}`);
  } finally {
    await rm(file, { force: true });
  }
}

async function isMadeAt(packet: Uint8Array, time: Date): Promise<boolean> {
  const [parsed] = (await readSignaturePackets(packet)) ?? [];
  return Math.floor((parsed?.created?.getTime() ?? 0) / 1000) === Math.floor(time.getTime() / 1000);
}

async function assertGood(
  { packet, hash, message, now }: Omit<ToSign, 'passphrase'> & { readonly packet: Uint8Array; readonly hash: string },
  { fingerprint, verifier }: { readonly fingerprint: string; readonly verifier: PgpVerifier },
): Promise<void> {
  const check =
    typeof message === 'string'
      ? await verifier.verifyCleartext(utf8(encodeCleartext(message, hash, packet)), fingerprint, { now })
      : await verifier.verifyPae(message, packet, { fingerprint, now });
  if (check.status === 'valid' && (await isMadeAt(packet, now))) return;
  const why = check.reasons[0]?.message ?? `it is of ${check.signedAt?.toISOString() ?? 'no time'}`;
  throw new KeyError('KEY_SIGNATURE_WRONG', `the signature of gpg does not count for ${fingerprint}: ${why}`, {
    hint: 'see what gpg.conf adds to signatures, and whether the program gpg on PATH is the one you mean',
  });
}
