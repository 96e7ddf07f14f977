// SPDX-License-Identifier: Apache-2.0
// `timestamp-url`: what an authority answers is verified before anything is stored.

import { execFileSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { command as signStage } from '../../../../src/commands/sign-stage/sign-stage.ts';
import { command as stamp } from '../../../../src/commands/stamp.ts';
import { command as verifyAll } from '../../../../src/commands/verify-all/verify-all.ts';
import { parseCertificate } from '../../../../src/crypto/x509/certificate.ts';
import { encodeCrl } from '../../../support/crls.ts';
import { FakeHost } from '../../../support/fake-host.ts';
import { NOW } from '../../../support/layers.ts';
import { newKey, runCommand } from '../../../support/run-command.ts';
import { typicalSif } from '../../../support/sif-builder.ts';
import { temporaryFolder } from '../../../support/temporary.ts';
import { TimestampAuthority } from '../../../support/timestamp-authority.ts';

const POLICY = `version: 1
name: stamped
trust: { timestamps: tsa.pem }
principals: { ada: { key: ada.pub } }
stages: [{ name: author, approvers: ada }]
`;

async function workplace(tsa: TimestampAuthority) {
  const folder = await temporaryFolder();
  const key = newKey();
  await writeFile(join(folder, 'key.pem'), key, { mode: 0o600 });
  await writeFile(join(folder, 'ada.pub'), execFileSync('openssl', ['pkey', '-pubout'], { input: key }));
  await writeFile(join(folder, 'a.sif'), typicalSif().bytes());
  await writeFile(join(folder, 'tsa.pem'), tsa.rootPem);
  await writeFile(join(folder, 'policy.yaml'), POLICY);
  const run = async (command: typeof signStage, texts: Readonly<Record<string, string>>) => {
    await using host = new FakeHost({ cwd: folder });
    return await runCommand(command, { 'subject-path': 'a.sif', 'policy-path': 'policy.yaml', ...texts }, host);
  };
  const sign = (url: string) =>
    run(signStage, { stage: 'author', 'signing-method': 'key', 'key-path': 'key.pem', 'timestamp-url': url });
  return { folder, run, sign };
}

function authority(): TimestampAuthority {
  return new TimestampAuthority(() => NOW);
}

test('an approval is stamped, and the verdict gives the proven time', async () => {
  await using tsa = authority();
  const { folder, run, sign } = await workplace(tsa);
  expect(await sign(await tsa.serve())).toMatchObject({ exitCode: 0 });
  const { json, text } = await run(verifyAll, {});
  expect(json).toMatchObject({
    images: [{ layers: [{ provenTime: { proof: 'timestamp', by: 'CN=Time Authority' } }] }],
  });
  expect(text).toMatch(/there at 20\d\d-.* within 1 s: timestamp by CN=Time Authority/);
  // What was asked is what OpenSSL asks.
  const [query = new Uint8Array()] = tsa.queries;
  await writeFile(join(folder, 'query'), query);
  const said = execFileSync('openssl', ['ts', '-query', '-in', join(folder, 'query'), '-text'], { encoding: 'utf8' });
  expect(said).toMatch(
    /Version: 1\nHash Algorithm: sha256\n[\s\S]*Nonce: 0x[4-7][0-9A-F]{15}\nCertificate required: yes/,
  );
});

test.each<[string, (tsa: TimestampAuthority) => void]>([
  ['SIGNATURE_TIMESTAMP_CLOCK', (tsa) => (tsa.clock = () => new Date(NOW.getTime() + 6 * 60_000))],
  ['SIGNATURE_TIMESTAMP_CLOCK', (tsa) => (tsa.clock = () => new Date(NOW.getTime() - 6 * 60_000))],
  ['SIGNATURE_TIMESTAMP_REFUSED', (tsa) => (tsa.options = { nonce: Uint8Array.of(0x42) })],
  ['SIGNATURE_TIMESTAMP_REFUSED', (tsa) => (tsa.answer = () => tsa.stamp(Buffer.from('other bytes')))],
  ['SIGNATURE_TIMESTAMP_UNREADABLE', (tsa) => (tsa.answer = () => Buffer.from('30053003020102', 'hex'))],
  ['SIGNATURE_TIMESTAMP_UNREADABLE', (tsa) => (tsa.answer = () => Buffer.from('<html>'))],
])('%s', async (code, change) => {
  await using tsa = authority();
  const { folder, sign } = await workplace(tsa);
  const before = await readFile(join(folder, 'a.sif'));
  change(tsa);
  await expect(sign(await tsa.serve())).rejects.toMatchObject({ code, exitCode: 3 });
  expect((await readFile(join(folder, 'a.sif'))).equals(before)).toBe(true);
});

test('an authority that the policy does not name is refused', async () => {
  await using tsa = authority();
  const { sign } = await workplace(authority());
  await expect(sign(await tsa.serve())).rejects.toMatchObject({ code: 'SIGNATURE_TIMESTAMP_REFUSED' });
});

test.each([
  ['the policy', 'trust: { timestamps: tsa.pem, crls: time.crl }', {}],
  ['a list given beside it', 'trust: { timestamps: tsa.pem }', { crls: 'time.crl' }],
])(
  'an authority whose certificate is revoked by %s is refused, and one of which no list speaks is asked',
  async (_, trust, inputs) => {
    await using tsa = authority();
    const { folder, run } = await workplace(tsa);
    const url = await tsa.serve();
    await run(signStage, { stage: 'author', 'signing-method': 'key', 'key-path': 'key.pem' });
    await writeFile(join(folder, 'policy.yaml'), POLICY.replace('trust: { timestamps: tsa.pem }', trust));
    const { serial } = parseCertificate(tsa.certificate);
    const day = 86_400_000;
    const times = { thisUpdate: new Date(NOW.getTime() - day), nextUpdate: new Date(NOW.getTime() + day) };
    const listBy = async (subject: string) => {
      const issuer = { subject, key: tsa.authorityKey };
      const entries = [{ serial, at: times.thisUpdate, reason: 1 }];
      await writeFile(join(folder, 'time.crl'), encodeCrl({ issuer, ...times, number: 1, entries }));
    };
    await listBy('Time CA');
    await expect(run(stamp, { 'timestamp-url': url, ...inputs })).rejects.toMatchObject({
      code: 'SIGNATURE_TIMESTAMP_REFUSED',
      message: expect.stringContaining('was revoked on'),
    });
    await listBy('Other CA');
    expect((await run(stamp, { 'timestamp-url': url, ...inputs })).text).toContain('1 layer stamped');
  },
);

test('an authority that the policy denies is refused', async () => {
  await using tsa = authority();
  const { folder, sign } = await workplace(tsa);
  const { hint } = parseCertificate(tsa.certificate);
  await writeFile(
    join(folder, 'policy.yaml'),
    `${POLICY}deny: [{ key: "${hint}", since: "2030-01-01T00:00:00Z", reason: stolen }]\n`,
  );
  await expect(sign(await tsa.serve())).rejects.toMatchObject({
    code: 'SIGNATURE_TIMESTAMP_REFUSED',
    message: expect.stringContaining('stolen'),
  });
});

test.each(['ftp://tsa.example.org', 'tsa', 'https://me:secret@tsa.example.org/'])('%s is no address', async (url) => {
  const { sign } = await workplace(authority());
  await expect(sign(url)).rejects.toMatchObject({ code: 'USAGE_INVALID_INPUT', exitCode: 2 });
});

test('`stamp` adds what was not asked for while signing', async () => {
  await using tsa = authority();
  const { run } = await workplace(tsa);
  await run(signStage, { stage: 'author', 'signing-method': 'key', 'key-path': 'key.pem' });
  const url = await tsa.serve();
  const first = await run(stamp, { 'timestamp-url': url });
  expect(first.text).toMatch(/^a\.sif: 1 layer stamped\n  object 4  author  sha256:[0-9a-f]+  stamped → object 5\n$/);
  expect(await run(stamp, { 'timestamp-url': url })).toMatchObject({
    exitCode: 0,
    json: { images: [{ layers: [{ what: 'author', outcome: 'present', now: [] }] }] },
  });
  await expect(run(stamp, {})).rejects.toMatchObject({ code: 'USAGE_MISSING_INPUT' });
});
