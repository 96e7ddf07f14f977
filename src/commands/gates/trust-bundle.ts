// SPDX-License-Identifier: Apache-2.0
// A policy leaves as a trust bundle, and comes in as one: what is read there must be what was read here.

import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { sha256 } from '../../base/bytes.ts';
import { UsageError } from '../../base/errors.ts';
import { LIMITS } from '../../base/limits.ts';
import { TrustFiles, trustIn } from '../../crypto/trust.ts';
import { createVerifier } from '../../crypto/lazy-verifier.ts';
import { readFileBounded } from '../../files/files.ts';
import { GateError } from '../../gates/errors.ts';
import { type Page, writeNewFolder } from '../../gates/folder.ts';
import type { ArchivedFile } from '../../gates/trust-bundle/archive.ts';
import {
  bundleFiles,
  encodeTrustBundle,
  openTrustBundle,
  type TrustBundle,
} from '../../gates/trust-bundle/trust-bundle.ts';
import type { GateExport } from '../../gates/verdict.ts';
import { type LoadedPolicy, loadPolicy, type PolicyChoice } from '../../policy/document/load.ts';
import type { Host } from '../host.ts';
import { type PolicyChoiceInputs, pinFrom } from '../inputs/policy-signer.ts';
import { type SigningInputs, signerFrom } from '../inputs/signing.ts';

const ARCHIVE = 'trust-bundle.tar';

/** Headers of the archive, its statement, and what a policy and its files may have. */
const MAX_BYTES = LIMITS.trustTotalBytes + LIMITS.policyBytes + LIMITS.bundleBytes + 8 * 1024 * 1024;

/** The archive with its page. @throws UsageError without a key; GateError GATE_BUNDLE_INVALID; SignatureError */
export async function exportTrustBundle(
  loaded: LoadedPolicy,
  inputs: SigningInputs & PolicyChoiceInputs,
  host: Host,
): Promise<{ readonly made: GateExport; readonly page: Page }> {
  const signer = await signerFrom(inputs, host);
  if (signer?.identity.method !== 'key' && signer?.identity.method !== 'pgp')
    throw new UsageError('USAGE_MISSING_INPUT', 'a trust bundle is signed by a bare or OpenPGP key', {
      hint: 'give ⟨signing-method=key⟩ and ⟨key-path=bundle.key⟩, a key that is used for nothing else',
    });
  const files = await bundleFiles(loaded);
  const { profile } = inputs;
  await assertSame({ files, choice: { profile, pin: await pinFrom(inputs) } }, host);
  const content = await encodeTrustBundle(loaded, files, { signer, now: host.now(), profile });
  return {
    made: {
      gate: 'trust-bundle',
      files: [{ name: ARCHIVE, content }],
      asks: files.map(({ name, bytes }) => `\`${name}\`: ${sha256(bytes)}`),
      losses: [],
      whole: true,
      warnings: [],
    },
    page: { title: 'Trust bundle', source: `${JSON.stringify(loaded.name)} (${loaded.digest})`, body: BODY },
  };
}

const BODY = [
  '## On the other machine',
  '',
  `Bring the public key there another way. Then \`countersign import ${ARCHIVE} --public-key bundle.pub --output policy\`, or \`--keyring\` for an OpenPGP key,`,
  'writes the policy and its files into a new folder, and nothing when anything is not as it was signed.',
  '',
  '## What it does not do',
  '',
  '- An older bundle is as well signed as a newer one. The import prints when it was made: compare that, and bring CRLs by a new bundle before they end.',
  '- The signature of `countersign policy sign` comes along where there is one. The import does not look at it: `--require-signed-policy` does, at each verification.',
  '- What the policy names by text (fingerprints, claims of jobs) is in the policy itself. Services are not carried: verification asks none.',
];

/**
 * Checks a trust bundle and writes what it holds into a new or empty folder.
 * @throws UsageError, GateError, PolicyError; SystemError
 */
export async function importTrustBundle(
  file: string,
  {
    folder,
    keyring,
    publicKey,
    workingDirectory,
  }: {
    readonly folder: string;
    readonly keyring: readonly string[];
    readonly publicKey: readonly string[];
    readonly workingDirectory: string;
  },
  host: Host,
): Promise<TrustBundle & { readonly written: readonly string[] }> {
  const trusted = new TrustFiles(workingDirectory);
  const trust = {
    keys: await trusted.given('key', 'public-key', publicKey),
    keyrings: await trusted.given('keyring', 'keyring', keyring),
  };
  if (trust.keys.length + trust.keyrings.length === 0)
    throw new UsageError('USAGE_MISSING_INPUT', 'no key was given that must have signed the trust bundle', {
      hint: 'give ⟨public-key=bundle.pub⟩, or ⟨keyring⟩ for an OpenPGP key; neither may come from the bundle itself',
    });
  const verifier = await createVerifier(trustIn({ ...trust, origins: trusted.origins }));
  const bundle = await openTrustBundle(await readFileBounded(file, MAX_BYTES), { verifier, now: host.now() });
  await assertSame({ ...bundle, choice: { profile: bundle.profile ?? undefined } }, host);
  const written = await writeNewFolder(
    folder,
    bundle.files.map(({ name, bytes }) => ({ name, content: bytes })),
  );
  return { ...bundle, written };
}

/**
 * The files alone, in another place, are read as the same policy.
 * @throws GateError GATE_BUNDLE_INVALID; PolicyError when what is there is no policy
 */
async function assertSame(
  { files, choice }: { readonly files: readonly ArchivedFile[]; readonly choice: PolicyChoice },
  host: Host,
): Promise<void> {
  const folder = join(await mkdtemp(join(await host.temporaryFolder(), 'trust-bundle-')), 'files');
  await writeNewFolder(
    folder,
    files.map(({ name, bytes }) => ({ name, content: bytes })),
  );
  const [policy] = files;
  const loaded = await loadPolicy(join(folder, policy?.name ?? ''), choice);
  const found = new Map((await bundleFiles(loaded)).map(({ name, bytes }) => [name, sha256(bytes)]));
  const strange =
    [...found.keys()].find((name) => !files.some((file) => file.name === name)) ??
    files.find(({ name, bytes }) => found.get(name) !== sha256(bytes))?.name;
  if (strange === undefined) return;
  throw new GateError(
    'GATE_BUNDLE_INVALID',
    `the trust bundle cannot be used: ${strange} would not be read from it; name files by paths relative to the policy`,
  );
}
