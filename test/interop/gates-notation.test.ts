// SPDX-License-Identifier: Apache-2.0
// The real notation under exported trust policies: what passes the stage that is asked for passes, and certificates of
// others, of other CAs and for other repositories do not.

import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import { Secret } from '../../src/base/secret.ts';
import { command } from '../../src/commands/gates/export.ts';
import { createSigner } from '../../src/crypto/signer.ts';
import { openRepository } from '../../src/oci/open.ts';
import type { Repository } from '../../src/oci/oci.ts';
import { loadPolicy } from '../../src/policy/document/load.ts';
import { FakeHost } from '../support/fake-host.ts';
import { judgeBy, type Person } from '../support/layers.ts';
import { pushOciImage } from '../support/oci-images.ts';
import { hasPeers, runPeer } from '../support/peers.ts';
import { signRemotely, verdictOn } from '../support/registry-layers.ts';
import { launchRegistry, type RegistryProcess } from '../support/registry-process.ts';
import { runCommand } from '../support/run-command.ts';

const missing = !hasPeers('docker-registry', 'notation', 'openssl');

/** Who signs, and what the certificate says: two CAs, one subject under both, one with more in it, one without a state. */
const SUBJECTS = {
  sam: ['one', '/C=US/ST=WA/O=Example/CN=sam'],
  eve: ['one', '/C=US/ST=WA/O=Example/CN=eve'],
  twin: ['two', '/C=US/ST=WA/O=Example/CN=sam'],
  long: ['one', '/C=US/ST=WA/O=Example/OU=Staff/CN=sam'],
  bare: ['one', '/O=Example/CN=bare'],
} as const;
type Name = keyof typeof SUBJECTS;

const SAM = 'subject: "CN=sam,O=Example,ST=WA,C=US"';
const EVE = 'subject: "CN=eve,O=Example,ST=WA,C=US"';
/** Of each policy: its principals and stages, and by whose signature notation passes an image that the policy fails. */
const POLICIES: Readonly<Record<string, { readonly text: string; readonly more: readonly string[] }>> = {
  'one subject': {
    text: `  sam: { x509: { anchors: one.crt, ${SAM} } }\nstages: [{ name: release, approvers: sam, native: notation }]`,
    more: ['long'],
  },
  'one of two': {
    text: `  sam: { x509: { anchors: one.crt, ${SAM} } }\n  eve: { x509: { anchors: one.crt, ${EVE} } }\nstages: [{ name: release, approvers: [sam, eve], native: notation }]`,
    more: ['long'],
  },
  'two CAs': {
    text: `  sam: { x509: { anchors: two.crt, ${SAM} } }\n  eve: { x509: { anchors: one.crt, ${EVE} } }\nstages: [{ name: release, approvers: [sam, eve], native: notation }]`,
    more: ['sam', 'long'],
  },
  'everybody of a CA': {
    text: '  staff: { x509: { anchors: one.crt, any: true }, many: true }\nstages: [{ name: release, approvers: staff, native: notation }]',
    more: [],
  },
  'the last of two stages': {
    text: `  eve: { x509: { anchors: one.crt, ${EVE} } }\n  sam: { x509: { anchors: one.crt, ${SAM} } }\nstages: [{ name: author, approvers: eve, native: notation }, { name: release, approvers: sam, native: notation, after: [] }]`,
    more: ['sam', 'long', 'eve sam'],
  },
};

/** By whom images are signed. */
const SIGNED: readonly (readonly Name[])[] = [[], ['sam'], ['eve'], ['twin'], ['long'], ['bare'], ['eve', 'sam']];

let folder = '';
let registry: RegistryProcess;
let count = 0;
let repository: Repository;
const people = new Map<Name, Person>();

async function openssl(...args: readonly string[]): Promise<void> {
  const { exitCode, stderr } = await runPeer('openssl', args, { cwd: folder });
  if (exitCode !== 0) throw new Error(stderr);
}

async function issue(name: string, subject: string, ca?: string): Promise<void> {
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '30'];
  const by = ca === undefined ? [] : ['-CA', `${ca}.crt`, '-CAkey', `${ca}.key`];
  const isCa = ca === undefined ? 'TRUE' : 'FALSE';
  const usage = ca === undefined ? 'keyCertSign,cRLSign' : 'digitalSignature';
  const extensions = [`basicConstraints=critical,CA:${isCa}`, `keyUsage=critical,${usage}`];
  const more = ca === undefined ? extensions : [...extensions, 'extendedKeyUsage=codeSigning'];
  const files = ['-keyout', `${name}.key`, '-out', `${name}.crt`];
  await openssl(
    'req',
    '-x509',
    ...curve,
    ...files,
    ...by,
    '-subj',
    subject,
    ...more.flatMap((one) => ['-addext', one]),
  );
}

const read = (name: string) => readFile(join(folder, name), 'utf8');

async function person(name: Name, ca: string): Promise<Person> {
  const [privateKey, certificate, root] = [
    await read(`${name}.key`),
    await read(`${name}.crt`),
    await read(`${ca}.crt`),
  ];
  const key = { key: new Secret(Buffer.from(privateKey)), passphrase: undefined };
  const chain = { certificate, certificateChain: root };
  const signer = await createSigner({ method: 'x509', ...key, ...chain, now: new Date() });
  return { name, signer, privateKey, publicKey: root, certificate };
}

describe.skipIf(missing)('export notation (skipped without notation)', { timeout: 240_000 }, () => {
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'countersign-notation-'));
    registry = await launchRegistry(folder);
    for (const ca of ['one', 'two']) await issue(ca, `/C=US/ST=WA/O=Example/CN=${ca}`);
    for (const [name, [ca, subject]] of Object.entries(SUBJECTS)) await issue(name, subject, ca);
    for (const name of ['sam', 'eve', 'twin', 'long', 'bare'] as const)
      people.set(name, await person(name, SUBJECTS[name][0]));
    const options = { access: 'push', clock: systemClock(), credentials: { env: {} } } as const;
    repository = (await openRepository(`${registry.host}/team/app`, options)).repository;
  });

  afterAll(async () => {
    await registry.stop();
    await rm(folder, { recursive: true, force: true });
  });

  async function exported(name: string, text: string, place = repository.name): Promise<string> {
    await writeFile(join(folder, `${name}.yaml`), `version: 1\nname: test\nprincipals:\n${text}\n`);
    const host = new FakeHost({ cwd: folder, now: new Date() });
    const texts = { 'policy-path': `${name}.yaml`, repository: place, output: `gate-${(count += 1)}` };
    expect(await runCommand(command, { gate: 'notation', ...texts }, host)).toMatchObject({ exitCode: 0 });
    return join(folder, texts.output);
  }

  async function verify(home: string, digest: string, ...more: readonly string[]): Promise<string> {
    const env = { HOME: folder, XDG_CONFIG_HOME: folder, NOTATION_CONFIG: home };
    const args = ['verify', '--insecure-registry', ...more, `${repository.name}@${digest}`];
    const { exitCode, stderr } = await runPeer('notation', args, { cwd: folder, env });
    return exitCode === 0 ? 'passed' : stderr;
  }

  /** An image that these have signed at the stage. */
  async function signedBy(label: string, stage: string, ...signers: readonly Name[]): Promise<string> {
    const { digest } = await pushOciImage(repository, { tag: label, label });
    for (const name of signers) {
      const who = people.get(name);
      const policy = `version: 1\nname: any\nprincipals:\n  any: { x509: { anchors: [one.crt, two.crt], any: true } }\nstages: [{ name: ${stage}, approvers: any }]\n`;
      await writeFile(join(folder, 'any.yaml'), policy);
      const judge = await judgeBy(await loadPolicy(join(folder, 'any.yaml')), new Date());
      if (!who) throw new Error(name);
      const how = { judge, clock: systemClock(), native: 'notation', verifyData: true } as const;
      await signRemotely({ repository, reference: digest }, who, stage, how);
    }
    return digest;
  }

  test.each(Object.entries(POLICIES))('%s', async (name, { text, more }) => {
    const home = await exported(name, text);
    const judge = await judgeBy(await loadPolicy(join(folder, `${name}.yaml`)), new Date());
    const found = { gate: new Array<string>(), policy: new Array<string>() };
    const counts = { passed: 0, failed: 0 };
    for (const signers of SIGNED) {
      const label = `${name} ${signers.join(' ')}`.trim().replaceAll(' ', '-').toLowerCase();
      const digest = await signedBy(label, 'release', ...signers);
      const gate = await verify(home, digest);
      const { verdict } = await verdictOn({ repository, reference: digest }, judge);
      counts[verdict] += 1;
      if (gate === 'passed' && verdict === 'failed') found.gate.push(signers.join(' '));
      if (gate !== 'passed' && verdict === 'passed') found.policy.push(signers.join(' '));
    }
    expect(found).toEqual({ gate: more, policy: [] });
    expect(counts.failed).toBeGreaterThan(0);
  });

  test('of another repository it knows nothing, and the stage can be asked for', async () => {
    const { text } = POLICIES['one subject'] ?? { text: '' };
    const digest = await signedBy('stage', 'release', 'sam');
    const home = await exported('one subject', text);
    expect(await verify(home, digest, '--user-metadata', 'stage=release')).toBe('passed');
    expect(await verify(home, digest, '--user-metadata', 'stage=author')).not.toBe('passed');
    const elsewhere = await exported('one subject', text, `${repository.name}-other`);
    expect(await verify(elsewhere, digest)).toContain('no applicable');
    expect(await verify(await exported('one subject', text, '*'), digest)).toBe('passed');
  });
});
