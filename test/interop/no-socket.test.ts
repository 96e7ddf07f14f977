// SPDX-License-Identifier: Apache-2.0
// Verification tells nobody: with revocation lists and timestamps, `verify-all` opens no socket. The kernel is asked, by strace.

import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { encodePem } from '../../src/base/bytes.ts';
import { bundle } from '../../scripts/bundle.ts';
import { LayoutIndex } from '../../src/oci/layout/index.ts';
import { LayoutRepository } from '../../src/oci/layout/layout.ts';
import { encodeCrl } from '../support/crls.ts';
import { keylessPlace } from '../support/keyless.ts';
import { x509Person } from '../support/layers.ts';
import { pushOciImage } from '../support/oci-images.ts';
import { OPENSSL_LEAF, OpensslParty } from '../support/openssl-ca.ts';
import { hasPeers, runPeer } from '../support/peers.ts';
import { runTool } from '../support/processes.ts';
import { testClock } from '../support/registry-session.ts';
import { JOB } from '../support/sigstore.ts';
import { PROJECT } from '../support/sources.ts';
import { temporaryFolder } from '../support/temporary.ts';
import { TimestampAuthority } from '../support/timestamp-authority.ts';

const NETWORK = /\b(?:socket|connect|bind|sendto|sendmsg|accept4?|recvfrom|recvmsg)\(/;

test.skipIf(!hasPeers('strace', 'openssl'))(
  'verify-all opens no socket (skipped without strace and openssl)',
  async () => {
    const home = await temporaryFolder();
    const hour = 3_600_000;
    const [from, until] = [new Date(Date.now() - hour), new Date(Date.now() + 100 * hour)];
    const root = await OpensslParty.create('root', home, { from });
    const ca = await root.issue('ca', { from });
    const leaf = await ca.issue('leaf', { from, extensions: OPENSSL_LEAF });
    await mkdir(join(home, 'crls'));
    for (const party of [root, ca])
      await writeFile(join(home, 'crls', `${party.name}.pem`), await party.crl(1, { from, until }));
    await using tsa = new TimestampAuthority(() => new Date());
    const issuer = { subject: 'Time CA', key: tsa.authorityKey };
    const list = encodeCrl({ issuer, thisUpdate: from, nextUpdate: until, number: 1 });
    await writeFile(join(home, 'crls/tsa.pem'), encodePem('X509 CRL', list));
    await writeFile(join(home, 'tsa.pem'), tsa.rootPem);
    await copyFile(join(root.folder, 'cert.pem'), join(home, 'root.pem'));
    await copyFile(join(PROJECT, 'assets/demo/hello.sif'), join(home, 'app.sif'));
    await writeFile(
      join(home, 'countersign.yaml'),
      `version: 1
name: offline
trust: { crls: crls, timestamps: tsa.pem }
principals: { rel: { x509: { anchors: root.pem, san: "email:release@example.org" } } }
stages: [{ name: author, approvers: rel }]
`,
    );
    const policy = ['--policy-path', 'countersign.yaml'];
    const key = ['--signing-method', 'x509', '--key-path', join(leaf.folder, 'key.pem')];
    const chain = [
      '--certificate-path',
      join(leaf.folder, 'cert.pem'),
      '--certificate-chain-path',
      join(ca.folder, 'cert.pem'),
    ];
    const stamped = ['--timestamp-url', await tsa.serve()];
    const sign = ['sign-stage', '--stage', 'author', ...stamped, ...key, ...chain, ...policy, 'app.sif'];
    const signed = await runTool(sign, { home });
    expect(signed).toMatchObject({ exitCode: 0 });

    const log = join(home, 'trace');
    const program = [process.execPath, join(PROJECT, 'src/entry/cli.ts')];
    const traced = (args: readonly string[]) =>
      runPeer('strace', ['-f', '-e', 'trace=network', '-o', log, ...program, ...args], {
        cwd: home,
        env: { HOME: home },
      });
    const { exitCode, stdout } = await traced(['verify-all', ...policy, 'app.sif']);
    expect(stdout).toMatch(
      /revocation: CN=leaf not revoked \(CRL 1, .*; CN=ca not revoked \(CRL 1, .*; CN=root trusted/,
    );
    expect(stdout).toContain('CN=Time Authority');
    expect(exitCode).toBe(0);
    expect((await readFile(log, 'utf8')).split('\n').filter((line) => NETWORK.test(line))).toEqual([]);

    // The same instrument sees one that is opened.
    await traced([
      'verify-all',
      ...policy,
      '--plain-http',
      '--timeout',
      '2s',
      '--retry-for',
      '0s',
      '127.0.0.1:1/app:1',
    ]);
    expect((await readFile(log, 'utf8')).split('\n').filter((line) => NETWORK.test(line))).not.toEqual([]);
  },
);

describe.skipIf(!hasPeers('strace'))('nor about keyless approvals (skipped without strace)', () => {
  let dist = '';
  beforeAll(async () => {
    dist = await mkdtemp(join(tmpdir(), 'countersign-dist-'));
    await bundle(PROJECT, dist);
  }, 120_000);
  afterAll(() => rm(dist, { recursive: true, force: true }));

  test.each(['app.sif', 'oci:images:v1'])(
    'of %s: the bundled program signs author and production without a key, security by certificate',
    async (image) => {
      const at = await keylessPlace(`  sam: { x509: { anchors: ca.pem, san: "email:sam@example.org" } }
stages:
  - { name: author, approvers: build }
  - { name: security, approvers: sam }
  - { name: production, approvers: prod }
distinct: [[author, security, production]]`);
      const { folder, instance } = at;
      const layout = join(folder, 'images');
      await pushOciImage(new LayoutRepository(layout, await LayoutIndex.create(layout, testClock())), { tag: 'v1' });
      const { privateKey, publicKey, certificate = '', intermediates = '' } = await x509Person('sam', new Date());
      const files = { 'ca.pem': publicKey, 'sam.key': privateKey, 'sam.pem': certificate, 'chain.pem': intermediates };
      for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text, { mode: 0o600 });

      const log = join(folder, 'trace');
      const program = [process.execPath, join(dist, 'cli.mjs')];
      const run = async (args: readonly string[], token = '') => {
        const traced = [
          '-f',
          '-e',
          'trace=network',
          '-o',
          log,
          ...program,
          ...args,
          '--policy-path',
          'policy.yaml',
          image,
        ];
        return runPeer('strace', traced, { cwd: folder, env: { HOME: folder, SIGSTORE_ID_TOKEN: token } });
      };
      const sign = async (stage: string, method: readonly string[], token?: string) => {
        const signed = await run(['sign-stage', '--stage', stage, '--signing-method', ...method], token);
        expect(signed.exitCode, signed.stderr).toBe(0);
      };
      const keyless = ['sigstore', '--sigstore-instance', 'config.json'];
      const file = 'acme/app/.github/workflows/build.yml@refs/tags/v1';
      const build = { ...JOB, environment: 'build', workflow_ref: file, job_workflow_ref: file };
      await sign('author', keyless, instance.token(build));
      const chain = ['--certificate-path', 'sam.pem', '--certificate-chain-path', 'chain.pem'];
      await sign('security', ['x509', '--key-path', 'sam.key', ...chain]);
      await sign('production', keyless, instance.token());
      const asked = instance.requests.length;

      const { exitCode, stdout } = await run(['verify-all']);
      expect(exitCode, stdout).toBe(0);
      for (const shown of ['author', 'security', 'production', 'release.yml@refs/tags/v1'])
        expect(stdout).toContain(shown);
      expect((await readFile(log, 'utf8')).split('\n').filter((line) => NETWORK.test(line))).toEqual([]);
      expect(instance.requests).toHaveLength(asked);
    },
    60_000,
  );
});
