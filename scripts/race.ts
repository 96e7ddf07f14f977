// SPDX-License-Identifier: Apache-2.0
// Are layers lost when many signers approve one image at the same moment? Ours on a real registry without the referrers
// API (docker-registry 2.8) and on one with it, then cosign and oras in the same place.
//   --signers N --rounds N   ours; 16 and 25 unless given
//   --peer-rounds N          rounds for cosign and oras; 3
// Ends with status 1 when a layer of ours is lost. Needs docker-registry on PATH; cosign and oras are left out if absent.

import { generateKeyPairSync } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { systemClock } from '../src/base/clock.ts';
import { readCosignSignatures } from '../src/oci/cosign/cosign.ts';
import { openRepository } from '../src/oci/open.ts';
import { pushOciImage } from '../test/support/oci-images.ts';
import { hasPeers, type PeerResult, runPeer } from '../test/support/peers.ts';
import { listedFor, race } from '../test/support/race.ts';
import { launchRegistry } from '../test/support/registry-process.ts';
import { TestRegistry } from '../test/support/registry-server.ts';

const { values } = parseArgs({
  options: {
    signers: { type: 'string', default: '16' },
    rounds: { type: 'string', default: '25' },
    'peer-rounds': { type: 'string', default: '3' },
  },
});
const signers = Number(values.signers);
const rounds = Number(values.rounds);
const peerRounds = Number(values['peer-rounds']);
const folder = await mkdtemp(join(tmpdir(), 'countersign-race-'));

interface Place {
  readonly name: string;
  readonly host: string;
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** Ours; true when nothing was lost. */
async function raceOurs({ name, host }: Place): Promise<boolean> {
  const started = Date.now();
  const result = await race({ repository: `${host}/race/app`, signers, rounds, processes: 4 });
  const seconds = ((Date.now() - started) / 1000).toFixed(0);
  const { made, approvals, unlisted, legacy, failures } = result;
  say(`${name}: countersign, ${signers} signers × ${rounds} rounds in ${seconds} s: ${made} approvals`);
  say(`  lost: ${approvals} approvals, ${unlisted} from the list, ${legacy} legacy signatures`);
  for (const failure of failures) say(`  failed: ${failure}`);
  return made === signers * rounds && approvals + unlisted + legacy === 0;
}

/** Another tool: each signer runs `attach` once a round on one image; what is there is counted by `count`. */
async function raceOthers(
  { name, host }: Place,
  what: string,
  how: {
    attach(reference: string, signer: number): Promise<PeerResult>;
    count(repository: string, digest: `sha256:${string}`): Promise<number>;
  },
): Promise<void> {
  let lost = 0;
  let failed = 0;
  for (let round = 0; round < peerRounds; round += 1) {
    const place = `${host}/peers/${what.replace(/[^a-z]+/g, '')}`;
    const { repository } = await openRepository(place, {
      access: 'push',
      clock: systemClock(),
      credentials: { env: {} },
    });
    const { digest } = await pushOciImage(repository, { tag: `round-${round}`, label: `${what} ${round}` });
    const numbers = Array.from({ length: signers }, (_, number) => number);
    const results = await Promise.all(numbers.map((number) => how.attach(`${place}@${digest}`, number)));
    const succeeded = results.filter(({ exitCode }) => exitCode === 0).length;
    failed += signers - succeeded;
    if (digest.startsWith('sha256:')) lost += succeeded - (await how.count(place, `sha256:${digest.slice(7)}`));
  }
  const errors = failed === 0 ? '' : `, and ${failed} runs failed`;
  say(`${name}: ${what}, ${signers} signers × ${peerRounds} rounds: ${lost} of ${signers * peerRounds} lost${errors}`);
}

async function repositoryOf(place: string) {
  return (await openRepository(place, { access: 'pull', clock: systemClock(), credentials: { env: {} } })).repository;
}

async function raceCosign(place: Place, mode: 'bundle' | 'legacy'): Promise<void> {
  const args = ['sign', '--yes', '--use-signing-config=false', '--tlog-upload=false', '--key', 'cosign.key'];
  await raceOthers(place, `cosign sign (${mode})`, {
    attach: (reference, signer) =>
      runPeer('cosign', [...args, `--new-bundle-format=${mode === 'bundle'}`, '-a', `n=${signer}`, reference], {
        cwd: folder,
        env: { HOME: folder, COSIGN_PASSWORD: '' },
      }),
    async count(name, digest) {
      const repository = await repositoryOf(name);
      if (mode === 'bundle') return listedFor(repository, digest, name);
      return (await readCosignSignatures(repository, digest)).length;
    },
  });
}

async function raceOras(place: Place): Promise<void> {
  await raceOthers(place, 'oras attach', {
    async attach(reference, signer) {
      const cwd = join(folder, `oras-${signer}`);
      await mkdir(cwd, { recursive: true });
      await writeFile(join(cwd, 'note.txt'), `${reference} ${signer}`);
      const args = ['attach', '--plain-http', '--artifact-type', 'application/x.note', reference, 'note.txt'];
      return runPeer('oras', args, { cwd });
    },
    count: async (name, digest) => listedFor(await repositoryOf(name), digest, name),
  });
}

async function makeCosignKey(): Promise<void> {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  await writeFile(join(folder, 'key.pem'), privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 });
  const args = ['import-key-pair', '--key', 'key.pem', '--output-key-prefix', 'cosign'];
  await runPeer('cosign', args, { cwd: folder, env: { HOME: folder, COSIGN_PASSWORD: '' } });
}

const real = await launchRegistry(folder);
const withApi = await TestRegistry.start({ referrersApi: true });
const places = [
  { name: 'docker-registry without the referrers API', host: real.host },
  { name: 'test registry with the referrers API', host: withApi.host },
];
let kept = true;
try {
  for (const place of places) kept = (await raceOurs(place)) && kept;
  if (hasPeers('cosign')) {
    await makeCosignKey();
    for (const place of places) for (const mode of ['bundle', 'legacy'] as const) await raceCosign(place, mode);
  }
  if (hasPeers('oras')) for (const place of places) await raceOras(place);
} finally {
  await real.stop();
  await withApi[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
}
process.exitCode = kept ? 0 : 1;
