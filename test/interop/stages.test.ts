// SPDX-License-Identifier: Apache-2.0
// Images signed by us at three stages, judged by the real apptainer: its verify, its execution control list, and
// siftool; and images signed by apptainer, judged by us.

import { copyFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Criteria } from '../../src/image/verify.ts';
import { openFileSource } from '../../src/sif/source.ts';
import { openSif } from '../../src/sif/sif.ts';
import { apptainerKeyring } from '../support/apptainer.ts';
import { CONFIGURATION, runListed } from '../support/execution-list.ts';
import {
  judgeBy,
  judgeTrusting,
  keyPerson,
  messagesOf,
  type Person,
  pgpPerson,
  pipeline,
  policyFor,
  problemsOf,
  signAs,
  stagesOf,
  verdictOf,
  x509Person,
} from '../support/layers.ts';
import { hasPeers, type PeerResult, runPeer } from '../support/peers.ts';
import { temporaryFolder } from '../support/temporary.ts';

const DEMO = fileURLToPath(new URL('../../assets/demo/hello.sif', import.meta.url));
const missing = !hasPeers('apptainer', 'siftool');
const now = new Date(Date.now() - 60_000);

let alice: Person;
let bob: Person;
let carol: Person;
let dora: Person;
let xenia: Person;
let kim: Person;
let canRun = false;

beforeAll(async () => {
  [alice, bob, carol, dora, xenia, kim] = await Promise.all([
    pgpPerson('alice', now),
    pgpPerson('bob', now),
    pgpPerson('carol', now),
    pgpPerson('dora', now),
    x509Person('xenia', now),
    keyPerson('kim', 'p256'),
  ]);
  canRun = !missing && (await runPeer('apptainer', ['exec', '--userns', DEMO, '/bin/true'])).exitCode === 0;
});

/** A judge at the present time: apptainer signs at no other. */
function trusting(people: readonly Person[]): Promise<Criteria> {
  return judgeTrusting(people, { now: new Date() });
}

async function demoCopy(): Promise<string> {
  const path = join(await temporaryFolder(), 'image.sif');
  await copyFile(DEMO, path);
  return path;
}

function fingerprintOf({ signer: { identity } }: Person): string {
  return identity.method === 'pgp' ? identity.fingerprint : '';
}

async function fileOf(text: string, name: string): Promise<string> {
  const path = join(await temporaryFolder(), name);
  await writeFile(path, text, { mode: 0o600 });
  return path;
}

async function keyringOf(...people: readonly Person[]): Promise<Readonly<Record<string, string>>> {
  return apptainerKeyring(...(await Promise.all(people.map(({ publicKey }) => fileOf(publicKey, 'public.asc')))));
}

async function verifyPgp(path: string, ...people: readonly Person[]): Promise<PeerResult> {
  return runPeer('apptainer', ['verify', '--local', path], { env: await keyringOf(...people) });
}

/** Adds a signature as `apptainer sign` does. */
async function signWithApptainer(path: string, person: Person): Promise<void> {
  const folder = await temporaryFolder();
  const result =
    person.signer.method === 'pgp'
      ? await runPeer('apptainer', ['sign', path], {
          env: await apptainerKeyring(await fileOf(person.privateKey, 'secret.asc')),
        })
      : await runPeer('apptainer', ['sign', '--key', await fileOf(person.privateKey, 'key.pem'), path], {
          cwd: folder,
        });
  expect(result.exitCode, result.stderr).toBe(0);
}

async function objectOf(path: string, is: (object: { name: string; linkedGroup: number | undefined }) => boolean) {
  await using source = await openFileSource(path);
  const { objects } = await openSif(source);
  return objects.filter(is).map(({ id }) => id);
}

const PASSED = { author: 'passed', security: 'passed', production: 'passed' };

describe.skipIf(missing)('three OpenPGP stages (skipped without apptainer and siftool)', () => {
  async function signed(): Promise<{ readonly path: string; readonly judge: Criteria }> {
    const path = await demoCopy();
    const judge = await judgeBy(await policyFor([alice, bob, carol], pipeline('alice', 'bob', 'carol')), new Date());
    await signAs(path, alice, 'author', judge);
    await signAs(path, bob, 'security', judge);
    await signAs(path, carol, 'production', judge);
    return { path, judge };
  }

  test('apptainer verifies all three, and the image runs', async () => {
    const { path, judge } = await signed();
    expect(stagesOf(await verdictOf(path, judge))).toEqual(PASSED);
    const result = await verifyPgp(path, alice, bob, carol);
    expect(result.exitCode, result.stderr).toBe(0);
    for (const person of [alice, bob, carol]) expect(result.stdout).toContain(fingerprintOf(person));
    if (canRun) expect((await runPeer('apptainer', ['run', '--userns', path])).exitCode).toBe(0);
  });

  test('its execution control list runs the image with all three', async (context) => {
    if (!canRun || CONFIGURATION === undefined) context.skip('no user namespaces, or no configuration to copy');
    const { path } = await signed();
    const people = [alice, bob, carol];
    for (const mode of ['whitelist', 'whitestrict'] as const) {
      const allowed = await runListed(path, mode, { listed: people, known: people });
      expect(allowed.exitCode, `${mode}: ${allowed.stderr}`).toBe(0);
    }
    const other = await runListed(path, 'whitestrict', { listed: [...people, dora], known: [...people, dora] });
    expect(other.exitCode).not.toBe(0);
    expect(other.stderr).toMatch(/not signed by required entities/);
  });

  test.for(['missing', 'no TOML'] as const)(
    'an execution control list that is %s stops nothing',
    async (list, context) => {
      if (!canRun || CONFIGURATION === undefined) context.skip('no user namespaces, or no configuration to copy');
      const { path } = await signed();
      expect((await runListed(path, list, { listed: [], known: [] })).exitCode).toBe(0);
    },
  );

  test('apptainer adds an overlay to a file without approvals, and to none with one', async () => {
    const path = await demoCopy();
    const overlay = () => runPeer('apptainer', ['overlay', 'create', '--size', '64', path]);
    await signAs(path, kim, 'author', await judgeBy(await policyFor([kim], pipeline('kim', 'kim', 'kim')), new Date()));
    const refused = await overlay();
    expect(refused.exitCode).not.toBe(0);
    expect(refused.stderr).toContain('is signed: could not add writable overlay');
    await copyFile(DEMO, path);
    const added = await overlay();
    expect(added.exitCode, added.stderr).toBe(0);
  });

  test.each(['author', 'security', 'production'])('siftool del of the layer of %s is named', async (stage) => {
    const { path, judge } = await signed();
    const [approval = 0] = await objectOf(path, ({ name }) => name.startsWith(`countersign/approval/${stage}/`));
    for (const id of [approval, approval - 1])
      expect((await runPeer('siftool', ['del', String(id), path])).exitCode).toBe(0);
    const verdict = await verdictOf(path, judge);
    expect(verdict.verdict).toBe('failed');
    expect(stagesOf(verdict)).toMatchObject({ [stage]: 'missing' });
    expect(messagesOf(verdict).join('\n')).toMatch(new RegExp(`stage ${stage} is not approved by anybody`));
    if (stage !== 'production') expect(problemsOf(verdict)).toContain('LAYER_REMOVED');
    const remaining = [alice, bob, carol].filter((_, index) => ['author', 'security', 'production'][index] !== stage);
    expect((await verifyPgp(path, ...remaining)).exitCode).toBe(0);
  });

  test('siftool del of one native signature is named', async () => {
    const { path, judge } = await signed();
    const [, second = 0] = await objectOf(path, ({ linkedGroup }) => linkedGroup === 1);
    expect((await runPeer('siftool', ['del', String(second), path])).exitCode).toBe(0);
    const verdict = await verdictOf(path, judge);
    expect(stagesOf(verdict)).toMatchObject({ author: 'passed', security: 'failed' });
    expect(problemsOf(verdict)).toContain('NATIVE_SIGNATURE_MISSING');
  });

  test('siftool lists and dumps what we wrote', async () => {
    const { path } = await signed();
    const list = await runPeer('siftool', ['list', path]);
    expect(list.stdout.match(/Signature/g)).toHaveLength(6);
    const [approval = 0] = await objectOf(path, ({ name }) => name.startsWith('countersign/approval/security/'));
    const dumped = await runPeer('siftool', ['dump', String(approval), path]);
    expect(JSON.parse(dumped.stdout)).toMatchObject({ mediaType: expect.stringContaining('sigstore.bundle') });
  });
});

describe.skipIf(missing)('OpenPGP, X.509, P-256 (skipped without apptainer and siftool)', () => {
  async function signed() {
    const path = await demoCopy();
    const judge = await judgeBy(await policyFor([alice, xenia, kim], pipeline('alice', 'xenia', 'kim')), new Date());
    await signAs(path, alice, 'author', judge);
    await signAs(path, xenia, 'security', judge);
    await signAs(path, kim, 'production', judge);
    return { path, judge };
  }

  test('apptainer verifies the OpenPGP signature, we verify all three', async () => {
    const { path, judge } = await signed();
    expect(stagesOf(await verdictOf(path, judge))).toEqual(PASSED);
    const result = await verifyPgp(path, alice);
    expect(result.exitCode, result.stderr).toBe(0);
    if (canRun) expect((await runPeer('apptainer', ['run', '--userns', path])).exitCode).toBe(0);
  });

  test('the execution control list runs it with the OpenPGP key', async (context) => {
    if (!canRun || CONFIGURATION === undefined) context.skip('no user namespaces, or no configuration to copy');
    const { path } = await signed();
    for (const mode of ['whitelist', 'whitestrict'] as const) {
      const allowed = await runListed(path, mode, { listed: [alice], known: [alice] });
      expect(allowed.exitCode, `${mode}: ${allowed.stderr}`).toBe(0);
    }
    expect((await runListed(path, 'whitelist', { listed: [bob], known: [alice, bob] })).exitCode).not.toBe(0);
  });

  test('a fourth signature by somebody unknown, added by apptainer, is reported and fails nothing', async () => {
    const { path, judge } = await signed();
    await signWithApptainer(path, dora);
    const verdict = await verdictOf(path, judge);
    expect(verdict.verdict).toBe('passed');
    expect(stagesOf(verdict)).toEqual(PASSED);
    expect(verdict.layers.filter(({ status }) => status === 'unknown-signer')).toMatchObject([
      { kind: 'native-pgp', signer: { fingerprint: fingerprintOf(dora) } },
    ]);
    expect((await verifyPgp(path, alice)).exitCode).not.toBe(0);
    const open = await verdictOf(path, await trusting([alice, xenia, kim]));
    expect(open.verdict).toBe('passed');
  });

  test('a native DSSE signature by somebody unknown neither', async () => {
    const { path, judge } = await signed();
    await signWithApptainer(path, await keyPerson('stranger', 'p256'));
    const verdict = await verdictOf(path, judge);
    expect(verdict.verdict).toBe('passed');
    expect(verdict.layers.map(({ status }) => status)).toContain('unknown-signer');
  });
});

describe.skipIf(missing)('native signatures both ways (skipped without apptainer and siftool)', () => {
  test.each([
    ['OpenPGP', () => pgpPerson('new', now), 'native-pgp'],
    ['P-256', () => keyPerson('new', 'p256'), 'native-dsse'],
    ['Ed25519', () => keyPerson('new'), 'native-dsse'],
  ] as const)('ours verifies what apptainer signed with %s', async (_name, make, kind) => {
    const person = await make();
    const path = await demoCopy();
    await signWithApptainer(path, person);
    const verdict = await verdictOf(path, await trusting([person]));
    expect(verdict.layers).toMatchObject([{ kind, status: 'valid' }]);
    expect(verdict.verdict).toBe('passed');
    expect((await verdictOf(path, await trusting([await make()]))).verdict).toBe('failed');
  });

  test('apptainer verifies our DSSE by key and by certificate, one envelope for both', async () => {
    const path = await demoCopy();
    const judge = await trusting([kim, xenia]);
    await signAs(path, kim, 'author', judge, { native: 'dsse' });
    await signAs(path, xenia, 'security', judge, { native: 'dsse' });
    expect(await objectOf(path, ({ linkedGroup }) => linkedGroup === 1)).toHaveLength(1);
    const byKey = await runPeer('apptainer', ['verify', '--key', await fileOf(kim.publicKey, 'kim.pub'), path]);
    expect(byKey.exitCode, byKey.stderr).toBe(0);
    const folder = await temporaryFolder();
    await writeFile(join(folder, 'leaf.crt'), xenia.certificate ?? '');
    await writeFile(join(folder, 'ca.crt'), xenia.intermediates ?? '');
    await writeFile(join(folder, 'root.crt'), xenia.publicKey);
    const certificates = {
      APPTAINER_VERIFY_CERTIFICATE: join(folder, 'leaf.crt'),
      APPTAINER_VERIFY_INTERMEDIATES: join(folder, 'ca.crt'),
      APPTAINER_VERIFY_ROOTS: join(folder, 'root.crt'),
    };
    const byCertificate = await runPeer('apptainer', ['verify', path], { env: certificates });
    expect(byCertificate.exitCode, byCertificate.stderr).toBe(0);
    const verdict = await verdictOf(path, judge);
    expect(verdict.verdict).toBe('passed');
    expect(stagesOf(verdict)).toEqual({ author: 'passed', security: 'passed' });
  });

  test('a key that joins an envelope made by apptainer keeps both verifiable', async () => {
    const path = await demoCopy();
    const stranger = await keyPerson('stranger', 'p256');
    await signWithApptainer(path, stranger);
    await signAs(path, kim, 'author', await trusting([kim]), { native: 'dsse' });
    for (const person of [stranger, kim]) {
      const verified = await runPeer('apptainer', ['verify', '--key', await fileOf(person.publicKey, 'p.pub'), path]);
      expect(verified.exitCode, verified.stderr).toBe(0);
    }
  });
});
