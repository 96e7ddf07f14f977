// SPDX-License-Identifier: Apache-2.0
// Verification tells nobody: with revocation lists given, `verify-all` opens no socket. The kernel is asked, by strace.

import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { keylessPlace } from '../support/keyless.ts';
import { OPENSSL_LEAF, OpensslParty } from '../support/openssl-ca.ts';
import { hasPeers, runPeer } from '../support/peers.ts';
import { runTool } from '../support/processes.ts';
import { PROJECT } from '../support/sources.ts';
import { temporaryFolder } from '../support/temporary.ts';

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
    await copyFile(join(root.folder, 'cert.pem'), join(home, 'root.pem'));
    await copyFile(join(PROJECT, 'assets/demo/hello.sif'), join(home, 'app.sif'));
    await writeFile(
      join(home, 'countersign.yaml'),
      `version: 1
name: offline
trust: { crls: crls }
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
    const signed = await runTool(['sign-stage', '--stage', 'author', ...key, ...chain, ...policy, 'app.sif'], { home });
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

test.skipIf(!hasPeers('strace'))('nor about keyless approvals (skipped without strace)', async () => {
  const at = await keylessPlace();
  await at.sign();
  const { folder } = at;
  const log = join(folder, 'trace');
  const program = [process.execPath, join(PROJECT, 'src/entry/cli.ts')];
  const args = ['verify-all', '--policy-path', 'policy.yaml', 'app.sif'];
  const traced = ['-f', '-e', 'trace=network', '-o', log, ...program, ...args];
  const { exitCode, stdout } = await runPeer('strace', traced, { cwd: folder, env: { HOME: folder } });
  expect(stdout).toContain('release.yml@refs/tags/v1');
  expect(exitCode).toBe(0);
  expect((await readFile(log, 'utf8')).split('\n').filter((line) => NETWORK.test(line))).toEqual([]);
});
