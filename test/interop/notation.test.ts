// SPDX-License-Identifier: Apache-2.0
// The real notation verifies what we sign beside an approval, and we verify what it signed, with every kind of key that
// both know.

import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import { Secret } from '../../src/base/secret.ts';
import { createSigner } from '../../src/crypto/signer.ts';
import type { Criteria } from '../../src/image/verify.ts';
import type { Repository } from '../../src/oci/oci.ts';
import { openRepository } from '../../src/oci/open.ts';
import { loadPolicyBytes } from '../../src/policy/document/load.ts';
import { promoteImage } from '../../src/transfer/promote.ts';
import { startDockerRegistry } from '../support/docker-registry.ts';
import { judgeBy, type Person } from '../support/layers.ts';
import { pushOciImage, pushOciIndex } from '../support/oci-images.ts';
import { hasPeers, runPeer } from '../support/peers.ts';
import { signRemotely, statuses, verdictOn } from '../support/registry-layers.ts';
import { temporaryFolder } from '../support/temporary.ts';

const missing = !hasPeers('docker-registry', 'notation', 'openssl');
const KEYS: Readonly<Record<string, readonly string[]>> = {
  'P-256': ['ec', '-pkeyopt', 'ec_paramgen_curve:P-256'],
  'P-384': ['ec', '-pkeyopt', 'ec_paramgen_curve:P-384'],
  'P-521': ['ec', '-pkeyopt', 'ec_paramgen_curve:P-521'],
  'RSA 2048': ['rsa:2048'],
  'RSA 3072': ['rsa:3072'],
  'RSA 4096': ['rsa:4096'],
};

interface Scene {
  readonly folder: string;
  readonly host: string;
  readonly repository: Repository;
  readonly sam: Person;
  /** Of the policy that takes plain Notation signatures for its one stage. */
  readonly judge: Criteria;
  readonly notation: (...args: readonly string[]) => ReturnType<typeof runPeer>;
}

async function open(reference: string): Promise<Repository> {
  const opened = await openRepository(reference, { access: 'push', clock: systemClock(), credentials: { env: {} } });
  return opened.repository;
}

/** A CA and a certificate of it, whose key is of this kind. */
async function issue(folder: string, kind: readonly string[]): Promise<void> {
  const openssl = async (...args: readonly string[]) => {
    const { exitCode, stderr } = await runPeer('openssl', args, { cwd: folder });
    if (exitCode !== 0) throw new Error(stderr);
  };
  const common = ['req', '-x509', '-newkey', ...kind, '-nodes', '-days', '30'];
  const subject = (name: string) => ['-subj', `/C=US/ST=WA/O=Example/CN=${name}`];
  const extensions = (...lines: readonly string[]) => lines.flatMap((line) => ['-addext', line]);
  await openssl(
    ...common,
    '-keyout',
    'root.key',
    '-out',
    'root.crt',
    ...subject('root'),
    ...extensions('basicConstraints=critical,CA:TRUE', 'keyUsage=critical,keyCertSign,cRLSign'),
  );
  await openssl(
    ...common,
    '-keyout',
    'sam.key',
    '-out',
    'sam.crt',
    '-CA',
    'root.crt',
    '-CAkey',
    'root.key',
    ...subject('sam'),
    ...extensions(
      'basicConstraints=critical,CA:FALSE',
      'keyUsage=critical,digitalSignature',
      'extendedKeyUsage=codeSigning',
      'subjectAltName=email:sam@example.org',
    ),
  );
}

/** A registry, a person with a certificate, and notation with a home of its own that trusts the CA and signs as sam. */
async function scene(kind: readonly string[]): Promise<Scene> {
  const folder = await temporaryFolder();
  await issue(folder, kind);
  const home = join(folder, 'notation');
  await mkdir(join(home, 'truststore/x509/ca/stages'), { recursive: true });
  await copyFile(join(folder, 'root.crt'), join(home, 'truststore/x509/ca/stages/root.crt'));
  const [certificate, root, privateKey] = await Promise.all(
    ['sam.crt', 'root.crt', 'sam.key'].map((name) => readFile(join(folder, name), 'utf8')),
  );
  if (!certificate || !root || !privateKey) throw new Error('no certificate');
  await writeFile(join(folder, 'chain.crt'), `${certificate}${root}`);
  const key = { name: 'sam', keyPath: join(folder, 'sam.key'), certPath: join(folder, 'chain.crt') };
  await writeFile(join(home, 'signingkeys.json'), JSON.stringify({ default: 'sam', keys: [key] }));
  const trust = {
    name: 'stages',
    registryScopes: ['*'],
    signatureVerification: { level: 'strict' },
    trustStores: ['ca:stages'],
    trustedIdentities: ['x509.subject: C=US, ST=WA, O=Example, CN=sam'],
  };
  await writeFile(join(home, 'trustpolicy.json'), JSON.stringify({ version: '1.0', trustPolicies: [trust] }));
  const signer = await createSigner({
    method: 'x509',
    key: new Secret(Buffer.from(privateKey)),
    passphrase: undefined,
    certificate,
    certificateChain: root,
    now: new Date(),
  });
  const policy = [
    'version: 1\nname: test',
    'principals:\n  sam: { x509: { anchors: root.crt, san: "email:sam@example.org" } }',
    'stages:\n  - { name: security, approvers: sam, native: [notation] }',
  ].join('\n');
  const loaded = await loadPolicyBytes(Buffer.from(policy), { path: join(folder, 'policy.yaml'), folder });
  const host = await startDockerRegistry();
  return {
    folder,
    host,
    repository: await open(`${host}/team/app`),
    sam: { name: 'sam', signer, privateKey, publicKey: root, certificate },
    judge: await judgeBy(loaded, new Date()),
    notation: (...args) =>
      runPeer('notation', args, { cwd: folder, env: { HOME: folder, XDG_CONFIG_HOME: folder, NOTATION_CONFIG: home } }),
  };
}

describe.skipIf(missing)('notation (skipped without it)', { timeout: 120_000 }, () => {
  test.each(Object.keys(KEYS))('%s: each verifies what the other signed', async (name) => {
    const { host, repository, sam, judge, notation } = await scene(KEYS[name] ?? []);
    const ours = await pushOciImage(repository, { tag: 'ours' });
    const at = { repository, reference: 'ours' };
    expect((await notation('verify', '--insecure-registry', `${host}/team/app@${ours.digest}`)).exitCode).not.toBe(0);
    await signRemotely(at, sam, 'security', { judge, clock: systemClock(), native: 'notation', verifyData: true });
    const verified = await notation('verify', '--insecure-registry', `${host}/team/app@${ours.digest}`);
    expect({ exitCode: verified.exitCode, stderr: verified.stderr }).toMatchObject({ exitCode: 0 });
    const own = await verdictOn(at, judge);
    expect([own.verdict, statuses(own, 'notation')]).toEqual(['passed', ['valid']]);

    const theirs = await pushOciImage(repository, { tag: 'theirs', label: 'theirs' });
    expect((await verdictOn({ repository, reference: 'theirs' }, judge)).verdict).toBe('failed');
    const signed = await notation('sign', '--insecure-registry', `${host}/team/app@${theirs.digest}`);
    expect({ exitCode: signed.exitCode, stderr: signed.stderr }).toMatchObject({ exitCode: 0 });
    const verdict = await verdictOn({ repository, reference: 'theirs' }, judge);
    expect([verdict.verdict, statuses(verdict, 'notation')]).toEqual(['passed', ['valid']]);
  });

  test('of an index every manifest is signed; both survive a promotion', async () => {
    const { host, repository, sam, judge, notation } = await scene(KEYS['P-256'] ?? []);
    const [{ digest }] = await pushOciIndex(repository, 'v1');
    const at = { repository, reference: 'v1' };
    await signRemotely(at, sam, 'security', { judge, clock: systemClock(), native: 'notation', verifyData: true });
    const to = await open(`${host}/team/released`);
    const route = { from: repository, to, mountFrom: undefined, clock: systemClock(), verifyData: true };
    await promoteImage('v1', { ...route, criteria: judge, tags: ['1.0'] });
    expect((await notation('verify', '--insecure-registry', `${host}/team/released@${digest}`)).exitCode).toBe(0);
    expect((await verdictOn({ repository: to, reference: '1.0' }, judge)).verdict).toBe('passed');
  });

  test('a signature that has expired, with an envelope of COSE, or of another stage does not count', async () => {
    const { host, repository, judge, notation } = await scene(KEYS['P-256'] ?? []);
    for (const [tag, ...more] of [
      ['cose', '--signature-format', 'cose'],
      ['other', '--user-metadata', 'stage=author'],
    ]) {
      const { digest } = await pushOciImage(repository, { tag: tag ?? '', label: tag ?? '' });
      const { exitCode } = await notation('sign', '--insecure-registry', ...more, `${host}/team/app@${digest}`);
      expect(exitCode).toBe(0);
      expect((await verdictOn({ repository, reference: digest }, judge)).verdict).toBe('failed');
    }
    const { digest } = await pushOciImage(repository, { tag: 'expires', label: 'expires' });
    await notation('sign', '--insecure-registry', '--expiry', '1h', `${host}/team/app@${digest}`);
    expect((await verdictOn({ repository, reference: digest }, judge)).verdict).toBe('passed');
    const later = { ...judge, now: new Date(judge.now.getTime() + 2 * 3_600_000) };
    expect((await verdictOn({ repository, reference: digest }, later)).verdict).toBe('failed');
  });
});
