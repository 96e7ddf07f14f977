// SPDX-License-Identifier: Apache-2.0
// `simulate ecl` against the real Apptainer: the same images under the same lists, hundreds of them, and the exported
// folder installed as its page says.

import { copyFile, cp, mkdir, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import { exportList, KEYS_FILE, listPage } from '../../src/gates/ecl/files.ts';
import type { ExecutionList } from '../../src/gates/ecl/list.ts';
import { ringVerifier } from '../../src/gates/ecl/ring-verifier.ts';
import { judgeByList } from '../../src/gates/ecl/simulate.ts';
import { writeList } from '../../src/gates/ecl/toml.ts';
import { exportFingerprints, fingerprintsPage } from '../../src/gates/fingerprints.ts';
import { writeExport } from '../../src/gates/folder.ts';
import type { GateVerdict } from '../../src/gates/verdict.ts';
import { openSif } from '../../src/sif/sif.ts';
import { openFileSource } from '../../src/sif/source.ts';
import { Random } from '../fuzz/random.ts';
import { CONFIGURATION } from '../support/execution-list.ts';
import {
  judgeBy,
  judgeTrusting,
  keyPerson,
  type Person,
  pgpPerson,
  pipeline,
  policyFor,
  signAs,
} from '../support/layers.ts';
import { type Cast, randomImage, randomList } from '../support/list-cases.ts';
import { hasPeers, type PeerResult, runPeer } from '../support/peers.ts';
import { temporaryFolder } from '../support/temporary.ts';

const DEMO = fileURLToPath(new URL('../../assets/demo/hello.sif', import.meta.url));
const BATCHES = 10;
const CASES = Number(process.env['GATE_CASES'] ?? 320) / BATCHES;
const missing = !hasPeers('apptainer') || CONFIGURATION === undefined;

let cast: Cast;
let fingerprints: readonly string[];

beforeAll(async () => {
  const now = new Date(Date.now() - 60_000);
  const names = ['alice', 'bob', 'carol', 'dora'];
  cast = { pgp: await Promise.all(names.map((name) => pgpPerson(name, now))), key: await keyPerson('kim', 'p256') };
  fingerprints = cast.pgp.map(fingerprintOf);
});

function fingerprintOf({ signer: { identity } }: Person): string {
  return identity.method === 'pgp' ? identity.fingerprint : '';
}

/** A copy of Apptainer's configuration, to be changed. */
async function configuration(): Promise<string> {
  const folder = join(await temporaryFolder(), 'apptainer');
  await cp(CONFIGURATION ?? '', folder, { recursive: true });
  await rm(join(folder, KEYS_FILE), { force: true });
  return folder;
}

function exec(path: string, etc: string): Promise<PeerResult> {
  return runPeer('apptainer', ['exec', '--userns', path, '/bin/true'], { env: { PEERS_ETC_APPTAINER: etc } });
}

async function simulated(path: string, list: ExecutionList, keyring: Uint8Array): Promise<GateVerdict> {
  const verifier = await ringVerifier(keyring);
  await using source = await openFileSource(path);
  const folder = await realpath(join(path, '..'));
  return await judgeByList(await openSif(source), { list, verifier, now: new Date(), folder });
}

/** What Apptainer's list said: what comes after its prefix, or null when it let the image pass. */
function denial({ stderr }: PeerResult): string | null {
  return /while (?:checking container image with ECL|validating ECL configuration): (.*)$/m.exec(stderr)?.[1] ?? null;
}

describe.skipIf(missing)('the execution control list, simulated (skipped without apptainer)', () => {
  test.each(Array.from({ length: BATCHES }, (_, batch) => batch))(
    `random images under random lists are judged as by Apptainer, part %i`,
    async (batch) => {
      const etc = await configuration();
      const folder = await realpath(await temporaryFolder());
      const other = join(folder, 'other');
      await mkdir(other);
      const differences: unknown[] = [];
      let allowed = 0;
      for (let index = 0; index < CASES; index += 1) {
        const seed = batch * 100_000 + index;
        const path = join(folder, `image-${index % 3}.sif`);
        // Three lists for each image.
        if (index % 3 === 0) await randomImage(path, seed, cast);
        else await copyFile(join(folder, `image-${(index % 3) - 1}.sif`), path);
        const random = new Random(seed + 7);
        const known = cast.pgp.filter(() => random.below(4) > 0);
        const keyring = Buffer.concat(known.flatMap(({ signer }) => signer.publicMaterial.keyrings));
        const list = randomList(seed + 13, fingerprints, [folder, other]);
        await writeFile(join(etc, 'ecl.toml'), writeList(list, []));
        await writeFile(join(etc, KEYS_FILE), keyring);
        const real = denial(await exec(path, etc));
        const ours = await simulated(path, list, keyring);
        if (real === null) allowed += 1;
        if ((real === null) !== (ours.verdict === 'allowed') || !(real ?? '').includes(ours.words ?? ''))
          differences.push({ seed, real, ours: ours.words, reasons: ours.reasons, list });
      }
      expect(differences).toEqual([]);
      expect(allowed).toBeGreaterThan(0);
      expect(allowed).toBeLessThan(CASES);
    },
  );

  test('the exported folder, installed as its page says, runs what passed and denies what was attacked', async () => {
    const [alice, bob] = cast.pgp;
    if (!alice || !bob) throw new Error('no people');
    const policy = await policyFor([alice, bob, cast.key], pipeline('alice', 'kim', 'bob'));
    const judge = await judgeBy(policy, new Date());
    const folder = await temporaryFolder();
    const made = await exportList(policy, [{ folder: '', stages: policy.policy.stages, never: false }], new Date());
    await writeExport(join(folder, 'gate'), made, listPage('test'));
    expect(made.losses.map(({ rule }) => rule)).toEqual(['credentials', 'order', 'order']);
    const etc = await configuration();
    for (const name of ['ecl.toml', KEYS_FILE]) await copyFile(join(folder, 'gate', name), join(etc, name));
    const lines = await readFile(join(folder, 'gate', 'apptainer.conf.lines'), 'utf8');
    const conf = await readFile(join(etc, 'apptainer.conf'), 'utf8');
    const kept = conf
      .split('\n')
      .filter((line) => !/^allow container (?:sif|encrypted|squashfs|extfs|dir)\b/.test(line));
    await writeFile(join(etc, 'apptainer.conf'), [...kept, lines].join('\n'));
    const path = join(folder, 'app.sif');
    await copyFile(DEMO, path);
    expect(denial(await exec(path, etc))).toContain('signature not found');
    await signAs(path, alice, 'author', judge);
    expect(denial(await exec(path, etc))).toBe('image not signed by required entities');
    await signAs(path, cast.key, 'security', judge);
    await signAs(path, bob, 'production', judge);
    expect(await exec(path, etc)).toMatchObject({ exitCode: 0 });
    const outsider = join(folder, 'outsider.sif');
    await copyFile(DEMO, outsider);
    const carol = cast.pgp[2];
    if (!carol) throw new Error('no carol');
    await signAs(outsider, carol, 'production', await judgeTrusting([carol], { now: new Date() }));
    expect(denial(await exec(outsider, etc))).toBe('image not signed by required entities');
    const bytes = await readFile(path);
    bytes[bytes.indexOf('hsqs') + 500] = (bytes[bytes.indexOf('hsqs') + 500] ?? 0) ^ 1;
    await writeFile(join(folder, 'flipped.sif'), bytes);
    expect(denial(await exec(join(folder, 'flipped.sif'), etc))).toContain('data object integrity compromised');
    const sandbox = join(folder, basename('sandbox'));
    await mkdir(join(sandbox, 'bin'), { recursive: true });
    expect((await exec(sandbox, etc)).stderr).toContain('configuration disallows users from running sandbox');
  });

  test('the keyring can be imported into the global one', async () => {
    const policy = await policyFor(cast.pgp.slice(0, 2), '  - { name: author, approvers: [alice, bob] }');
    const made = await exportList(policy, [{ folder: '', stages: policy.policy.stages, never: false }], new Date());
    const etc = await configuration();
    const file = join(await temporaryFolder(), KEYS_FILE);
    await writeFile(file, made.keyring);
    const imported = await runPeer('apptainer', ['key', 'import', '--global', file], {
      env: { PEERS_ETC_APPTAINER: etc },
    });
    expect({ stderr: imported.stderr, exitCode: imported.exitCode }).toMatchObject({ exitCode: 0 });
    expect((await readFile(join(etc, KEYS_FILE))).length).toBeGreaterThan(200);
  });

  test('a definition file with the exported header takes a signed base and no other', async () => {
    const [alice] = cast.pgp;
    if (!alice) throw new Error('no people');
    const policy = await policyFor([alice], '  - { name: author, approvers: alice }');
    const folder = await temporaryFolder();
    await writeExport(join(folder, 'gate'), await exportFingerprints(policy, new Date()), fingerprintsPage('test'));
    const env = { APPTAINER_CONFIGDIR: join(folder, 'config') };
    await mkdir(env.APPTAINER_CONFIGDIR);
    await runPeer('apptainer', ['key', 'import', join(folder, 'gate', 'keys.pgp')], { env });
    const base = join(folder, 'base.sif');
    await copyFile(DEMO, base);
    const header = await readFile(join(folder, 'gate', 'header.def'), 'utf8');
    await writeFile(join(folder, 'app.def'), `Bootstrap: localimage\nFrom: ${base}\n${header}`);
    const build = async () => {
      const target = join(folder, 'built.sif');
      return (await runPeer('apptainer', ['build', '--force', target, join(folder, 'app.def')], { env })).stderr;
    };
    expect(await build()).toContain('while checking fingerprint');
    await signAs(base, alice, 'author', await judgeBy(policy, new Date()));
    const stderr = await build();
    // Whether the rest of a build works depends on the machine.
    expect(stderr).toContain('Extracting local image');
    expect(stderr).not.toContain('while checking fingerprint');
  });
});
