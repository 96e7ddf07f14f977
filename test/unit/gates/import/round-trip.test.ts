// SPDX-License-Identifier: Apache-2.0
// Configurations in the styles that the tools' own pages show become policies, and these become configurations again
// that decide alike.

import { copyFile, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import { certificatesInPem, encodePem, sha256, utf8 } from '../../../../src/base/bytes.ts';
import { command } from '../../../../src/commands/gates/import.ts';
import { containersTarget } from '../../../../src/commands/gates/containers-inputs.ts';
import { placementsFrom } from '../../../../src/commands/gates/places.ts';
import { encodeSigned } from '../../../../src/crypto/pgp/message.ts';
import { createVerifier } from '../../../../src/crypto/lazy-verifier.ts';
import { trustIn } from '../../../../src/crypto/trust.ts';
import { exportContainers } from '../../../../src/gates/containers/export.ts';
import { gateOfExport, readInstalledContainers } from '../../../../src/gates/containers/installed.ts';
import { type ContainersGate, judgeByContainers, type PodmanImage } from '../../../../src/gates/containers/simulate.ts';
import { listFor } from '../../../../src/gates/ecl/export.ts';
import type { ExecutionList } from '../../../../src/gates/ecl/list.ts';
import { judgeByList } from '../../../../src/gates/ecl/simulate.ts';
import { readList } from '../../../../src/gates/ecl/toml.ts';
import { addToLookaside } from '../../../../src/oci/lookaside.ts';
import { loadPolicy } from '../../../../src/policy/document/load.ts';
import { openSif } from '../../../../src/sif/sif.ts';
import { openFileSource } from '../../../../src/sif/source.ts';
import { isJsonObject } from '../../../../src/base/json.ts';
import { FakeHost } from '../../../support/fake-host.ts';
import { judgeTrusting, keyPerson, NOW, type Person, pgpPerson, signAs, x509Person } from '../../../support/layers.ts';
import { runCommand } from '../../../support/run-command.ts';
import { temporaryFolder } from '../../../support/temporary.ts';
import { typicalSif } from '../../../support/sif-builder.ts';

const VECTORS = fileURLToPath(new URL('../../../vectors/gates/', import.meta.url));
const files = (await readdir(VECTORS)).sort();
const names = ['alice', 'bob', 'carol'] as const;

let pgp: readonly Person[];
let [ann, ben, xenia]: Person[] = [];

beforeAll(async () => {
  pgp = await Promise.all(names.map((name) => pgpPerson(name)));
  [ann, ben, xenia] = [await keyPerson('ann', 'p256'), await keyPerson('ben'), await x509Person('xenia')];
});

test('there are twenty of them, and six with GPG signatures', () => {
  expect(files).toHaveLength(26);
});

function fingerprintOf({ signer: { identity } }: Person): string {
  return identity.method === 'pgp' ? identity.fingerprint : '';
}

async function imported(cwd: string, file: string, more: Readonly<Record<string, string>> = {}) {
  const host = new FakeHost({ cwd, now: NOW });
  const { json } = await runCommand(command, { 'gate-file': file, output: 'imported', ...more }, host);
  if (!isJsonObject(json) || !Array.isArray(json['exportWith'])) throw new Error('no result');
  const given = json['exportWith'].map(String);
  const [url] = given.filter((_, index) => given[index - 1] === '--lookaside-url');
  const values = given.filter((text) => !text.startsWith('--') && text !== url);
  return { loaded: await loadPolicy(join(cwd, 'imported', 'countersign.yaml')), values, url, json };
}

/** Images signed by nobody, by each, by two and by all. */
async function images(folder: string): Promise<readonly string[]> {
  const judge = await judgeTrusting(pgp);
  const paths: string[] = [];
  for (let set = 0; set < 8; set += 1) {
    const path = join(folder, `image-${set}.sif`);
    await writeFile(path, typicalSif().bytes());
    for (const [index, person] of pgp.entries()) if ((set >> index) & 1) await signAs(path, person, `s${index}`, judge);
    paths.push(path);
  }
  return paths;
}

async function verdicts(list: ExecutionList, paths: readonly string[], folders: readonly string[]) {
  const keyrings = pgp.flatMap(({ signer }) => signer.publicMaterial.keyrings);
  const verifier = await createVerifier(trustIn({ keyrings }));
  const found: string[] = [];
  for (const path of paths)
    for (const folder of folders) {
      await using source = await openFileSource(path);
      const { verdict } = await judgeByList(await openSif(source), { list, verifier, now: NOW, folder });
      found.push(`${path} in ${folder}: ${verdict}`);
    }
  return found;
}

describe('ecl.toml', () => {
  test('decides alike about eight images after a round trip', async () => {
    const paths = await images(await temporaryFolder());
    for (const name of files.filter((file) => file.endsWith('.toml'))) {
      const cwd = await temporaryFolder();
      const text = await readFile(join(VECTORS, name), 'utf8');
      const real = names.reduce((sum, who, index) => {
        const fingerprint = pgp[index] ? fingerprintOf(pgp[index]) : '';
        return sum
          .replaceAll(`"${who.toUpperCase()}"`, `"${fingerprint}"`)
          .replaceAll(`"${who}"`, `"${fingerprint.toLowerCase()}"`);
      }, text);
      await writeFile(join(cwd, 'ecl.toml'), real);
      await writeFile(
        join(cwd, 'global-pgp-public'),
        Buffer.concat(pgp.flatMap(({ signer }) => signer.publicMaterial.keyrings)),
      );
      const { loaded, values, json } = await imported(cwd, 'ecl.toml');
      expect(json, name).toMatchObject({ leftOut: [] });
      const before = { ...readList(Buffer.from(real), name), activated: true };
      const { list } = listFor(loaded, placementsFrom(values, loaded), new Date());
      const folders = [...before.groups.map((group) => group.folder), '/elsewhere'];
      const expected = await verdicts(before, paths, folders);
      expect(await verdicts(list, paths, folders), name).toEqual(expected);
      expect(
        expected.some((one) => one.endsWith('allowed')),
        name,
      ).toBe(true);
    }
  });
});

/** Signatures by some of the people, each for some place. */
async function signedBy(people: readonly Person[], reference: string, digest: PodmanImage['digest']) {
  const critical = {
    identity: { 'docker-reference': reference },
    image: { 'docker-manifest-digest': digest },
    type: 'cosign container image signature',
  };
  const payload = utf8(JSON.stringify({ critical, optional: null }));
  return Promise.all(
    people.map(async ({ signer, certificate, intermediates, publicKey }) => ({
      payload,
      signature: await signer.signPae(payload, NOW),
      certificate,
      chain: certificate === undefined ? undefined : `${intermediates ?? ''}${publicKey}`,
    })),
  );
}

/** The same people’s GPG signatures, for a folder that has no others. */
async function fileSignatures(
  folder: string,
  people: readonly Person[],
  said: readonly [string, PodmanImage['digest']],
) {
  await rm(folder, { recursive: true, force: true });
  const [reference, digest] = said;
  const critical = {
    identity: { 'docker-reference': reference },
    image: { 'docker-manifest-digest': digest },
    type: 'atomic container signature',
  };
  const payload = utf8(JSON.stringify({ critical, optional: {} }));
  for (const { signer } of people) {
    const message = await encodeSigned(payload, await signer.signPae(payload, NOW));
    await addToLookaside(folder, { repository: 'team/app', digest }, message);
  }
}

async function podmanVerdicts(gate: ContainersGate, lookaside: string): Promise<readonly string[]> {
  const digest = sha256(utf8('an image'));
  const people = [ann, ben, xenia].filter((person) => person !== undefined);
  const found: string[] = [];
  for (let set = 0; set < 8; set += 1)
    for (const signed of [
      'registry.example.org/team/app',
      'registry.example.org/team/app:v1',
      'staging.example.org/team/app:v1',
    ])
      for (const asked of [{ tag: 'v1' }, { askedDigest: digest }]) {
        const signatures = await signedBy(
          people.filter((_, index) => (set >> index) & 1),
          signed,
          digest,
        );
        await fileSignatures(
          lookaside,
          pgp.filter((_, index) => (set >> index) & 1),
          [signed, digest],
        );
        const image = { name: 'registry.example.org/team/app', digest, signatures, ...asked };
        const { verdict } = await judgeByContainers(image, gate, NOW);
        found.push(`${set} ${signed} ${JSON.stringify(asked)}: ${verdict}`);
      }
  return found;
}

describe('policy.json', () => {
  test.each(files.filter((file) => file.endsWith('.json')))('%s', async (name) => {
    const cwd = await temporaryFolder();
    const etc = join(cwd, 'containers');
    await mkdir(join(etc, 'registries.d'), { recursive: true });
    const lookaside = join(cwd, 'signatures');
    await writeFile(
      join(etc, 'registries.d', 'all.yaml'),
      `default-docker: { use-sigstore-attachments: true, lookaside: "file://${lookaside}" }\n`,
    );
    const above = certificatesInPem(xenia?.intermediates ?? '')
      .map((der) => encodePem('CERTIFICATE', der))
      .join('');
    const [alice = '', bob = ''] = pgp.map(({ publicKey }) => publicKey);
    const gpg = { ALICE: alice, BOB: bob, RING: `${alice}\n${bob}` };
    const contents = { ANN: ann?.publicKey, BEN: ben?.publicKey, ROOTS: xenia?.publicKey, ABOVE: above, ...gpg };
    let text = await readFile(join(VECTORS, name), 'utf8');
    for (const [word, content = ''] of Object.entries(contents)) {
      await writeFile(join(etc, `${word}.pem`), content);
      text = text.replaceAll(`"${word}"`, JSON.stringify(join(etc, `${word}.pem`)));
      text = text.replaceAll(`"DATA-${word}"`, JSON.stringify(Buffer.from(content).toString('base64')));
    }
    await writeFile(join(etc, 'policy.json'), text);
    const scope = name === 'policy-02.json' ? { scope: 'registry.example.org' } : {};
    const { loaded, values, url, json } = await imported(cwd, 'containers/policy.json', scope);
    // As verify-all takes it.
    if (url !== undefined) expect(JSON.stringify(json)).toContain(`given as lookaside: ${lookaside}"`);
    const target = containersTarget({ repository: values, signedRepository: undefined, lookasideUrl: url });
    const again = await gateOfExport(await exportContainers(loaded, target, new Date()));
    const before = await podmanVerdicts(await readInstalledContainers(etc), lookaside);
    expect(await podmanVerdicts(again, lookaside)).toEqual(before);
    expect(before.some((one) => one.endsWith('allowed'))).toBe(true);
    expect(before.some((one) => one.endsWith('denied'))).toBe(true);
  });
});

describe('what no policy can say', () => {
  const list = (mode: string, keys: string) =>
    `activated = true\n[[execgroup]]\ntagname = "x"\nmode = "${mode}"\ndirpath = "/x"\nkeyfp = [${keys}]\n`;

  async function refusal(text: string, file: string, more: Readonly<Record<string, string>> = {}) {
    const cwd = await temporaryFolder();
    await writeFile(join(cwd, file), text);
    const failed = await imported(cwd, file, more).catch((error: unknown) => error);
    return failed instanceof Error && 'code' in failed ? failed.code : failed;
  }

  test.each([
    [list('whitelist', ''), 'ecl.toml', 'GATE_NOT_EXPRESSIBLE'],
    [list('blacklist', `"${'A'.repeat(40)}"`), 'ecl.toml', 'GATE_NOT_EXPRESSIBLE'],
    [list('whitelist', `"${'A'.repeat(40)}"`), 'ecl.toml', 'GATE_KEY_MISSING'],
    [list('greylist', ''), 'ecl.toml', 'GATE_CONFIGURATION_INVALID'],
    [`legacyinsecure = true\n${list('whitelist', '')}`, 'ecl.toml', 'GATE_NOT_EXPRESSIBLE'],
    ['activated = = true', 'ecl.toml', 'GATE_CONFIGURATION_INVALID'],
    ['{"default":[{"type":"new"}]}', 'policy.json', 'GATE_CONFIGURATION_INVALID'],
    ['{"default":[{"type":"reject"}]}', 'policy.json', 'USAGE_MISSING_INPUT'],
    ['', 'policy.yaml', 'USAGE_INVALID_INPUT'],
  ])('%j in %s is refused with %s', async (text, file, code) => {
    expect(await refusal(text, file)).toBe(code);
  });

  test.each(['a', 'b', 'c', 'd', 'e', 'nosuch'])(
    'a scope that asks for something else is refused: %s',
    async (scope) => {
      const fulcio = { caPath: '/c', oidcIssuer: 'https://issuer.example', subjectEmail: 'a@b.example' };
      const scopes = {
        a: [{ type: 'reject' }],
        b: [{ type: 'insecureAcceptAnything' }],
        c: [{ type: 'signedBy', keyType: 'X509Certificates', keyPath: '/k' }],
        d: [{ type: 'sigstoreSigned', fulcio, rekorPublicKeyPath: '/r' }],
        e: [{ type: 'signedBaseLayer', baseLayerIdentity: { type: 'matchExact' } }],
      };
      const text = JSON.stringify({ default: [{ type: 'reject' }], transports: { docker: scopes } });
      expect(await refusal(text, 'policy.json', { scope })).toBe('GATE_NOT_EXPRESSIBLE');
    },
  );

  test.each([
    ['{"default":[{"type":"reject"}]}', /^it has none: write a policy by hand/],
    [
      '{"default":[{"type":"reject"}],"transports":{"docker":{"a":[{"type":"reject"}]}}}',
      /^give one of its scopes .*: a$/,
    ],
  ])('%s: a scope that is not there comes with those that are', async (text, hint) => {
    const cwd = await temporaryFolder();
    await writeFile(join(cwd, 'policy.json'), text);
    await expect(imported(cwd, 'policy.json', { scope: 'nosuch' })).rejects.toMatchObject({
      hint: expect.stringMatching(hint),
    });
  });

  test('a blacklist beside others is left out, and said', async () => {
    const cwd = await temporaryFolder();
    const [alice] = pgp;
    if (!alice) throw new Error('no people');
    await writeFile(join(cwd, 'alice.asc'), alice.publicKey);
    const other = list('blacklist', '').replace('activated = true\n', '').replace('"/x"', '"/y"');
    await writeFile(join(cwd, 'ecl.toml'), `${list('whitelist', `"${fingerprintOf(alice)}"`)}${other}`);
    await copyFile(join(cwd, 'alice.asc'), join(cwd, 'copy.asc'));
    const { json, loaded } = await imported(cwd, 'ecl.toml', { keyring: 'alice.asc' });
    expect(json['leftOut']).toHaveLength(1);
    expect(loaded.policy.stages.map(({ name, native }) => ({ name, native }))).toEqual([
      { name: 'x', native: ['pgp'] },
    ]);
  });
});
