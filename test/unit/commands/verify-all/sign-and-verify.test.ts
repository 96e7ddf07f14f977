// SPDX-License-Identifier: Apache-2.0
// sign-stage, verify-all and inspect as a user calls them: what they give, and what each wrong input is answered with.

import { mkdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { command as inspect } from '../../../../src/commands/inspect.ts';
import { command as pushOras } from '../../../../src/commands/push-oras/push-oras.ts';
import { command as signStage } from '../../../../src/commands/sign-stage/sign-stage.ts';
import type { Command } from '../../../../src/commands/spec.ts';
import { command as verifyAll } from '../../../../src/commands/verify-all/verify-all.ts';
import type { Verdict } from '../../../../src/policy/verdict.ts';
import { CountersignError } from '../../../../src/base/errors.ts';
import { FakeHost } from '../../../support/fake-host.ts';
import { keyPerson, NOW, type Person, pgpPerson, x509Person } from '../../../support/layers.ts';
import { runCommand } from '../../../support/run-command.ts';
import { typicalSif } from '../../../support/sif-builder.ts';
import { temporaryFolder } from '../../../support/temporary.ts';

let alice: Person;
let xenia: Person;
let kim: Person;

beforeAll(async () => {
  [alice, xenia, kim] = await Promise.all([pgpPerson('alice'), x509Person('xenia'), keyPerson('kim', 'p256')]);
});

const POLICY = (fingerprint: string) => `version: 1
name: test
trust: { keyrings: [alice.pub] }
principals:
  alice: { pgp: ${fingerprint} }
  kim: { key: kim.pub }
stages:
  - { name: author, approvers: [alice] }
  - { name: security, approvers: [kim] }
`;

/** A folder with keys, a policy, images a.sif and b.sif, a cut one and a text file. */
async function workplace(): Promise<string> {
  const folder = await temporaryFolder();
  const files: Readonly<Record<string, string | Uint8Array>> = {
    'a.sif': typicalSif().bytes(),
    'b.sif': typicalSif(9500).bytes(),
    'cut.sif': typicalSif().bytes().subarray(0, 20_000),
    'text.txt': 'not an image, and not a key either\n',
    'empty.sif': '',
    'alice.asc': alice.privateKey,
    'alice.pub': alice.publicKey,
    'kim.pem': kim.privateKey,
    'kim.pub': kim.publicKey,
    'xenia.pem': xenia.privateKey,
    'xenia.crt': xenia.certificate ?? '',
    'root.crt': xenia.publicKey,
    'damaged.crt': '-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n',
    'damaged.pub': '-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nAAAA\n-----END PGP PUBLIC KEY BLOCK-----\n',
    'chain.crt': xenia.intermediates ?? '',
    'countersign.yaml': POLICY(alice.signer.identity.method === 'pgp' ? alice.signer.identity.fingerprint : ''),
  };
  for (const [name, content] of Object.entries(files)) await writeFile(join(folder, name), content, { mode: 0o600 });
  await mkdir(join(folder, 'folder.sif'));
  await symlink('kim.pem', join(folder, 'link.pem'));
  return folder;
}

async function call(command: Command, cwd: string, texts: Readonly<Record<string, string>>) {
  await using host = new FakeHost({ cwd, now: NOW });
  return runCommand(command, texts, host);
}

const KEY = { 'signing-method': 'key', 'key-path': 'kim.pem' };
const NOT_CHECKED = { verdict: 'not-checked' };
const PGP = { 'signing-method': 'pgp', 'key-path': 'alice.asc' };

describe('sign-stage', () => {
  test('signs several images and says where each stands', async () => {
    const folder = await workplace();
    const texts = { 'subject-path': '*.sif', stage: 'author', ...KEY, 'bundle-folder': 'bundles' };
    const result = await call(signStage, folder, texts);
    expect(result.exitCode).toBe(1);
    expect(JSON.parse(result.outputs['approvals'] ?? '')).toMatchObject([
      { name: 'a.sif', outcome: 'signed', method: 'key', stage: 'author' },
      { name: 'b.sif', outcome: 'signed' },
      { name: 'cut.sif' },
      { name: 'empty.sif' },
    ]);
    expect(result.text).toMatch(/cut\.sif: stage author NOT approved[\s\S]*SIF_TRUNCATED/);
    const copies = result.outputs['bundle-path']?.split('\n').map((path) => basename(path));
    expect(copies).toEqual(['a.sif.author.sigstore.json', 'b.sif.author.sigstore.json']);
  });

  test('takes an image that is named twice once', async () => {
    const folder = await workplace();
    const result = await call(signStage, folder, { 'subject-path': 'a.sif\n./a.sif\na*.sif', stage: 'author', ...KEY });
    expect(JSON.parse(result.outputs['approvals'] ?? '')).toHaveLength(1);
  });

  test('a stage whose predecessor is missing fails without an error, and says what is missing', async () => {
    const folder = await workplace();
    const policy = { 'policy-path': 'countersign.yaml' };
    const refused = await call(signStage, folder, { 'subject-path': 'a.sif', stage: 'security', ...KEY, ...policy });
    expect(refused).toMatchObject({ exitCode: 1, outputs: { verdict: 'failed' } });
    expect(refused.text).toMatch(/stage author missing: .* \[STAGE_MISSING\]/);
    const error = {
      code: 'STAGE_PREVIOUS_FAILED',
      message: 'stage security was not approved: stage author is not approved by anybody: alice can approve it',
      hint: expect.stringContaining('countersign sign-stage'),
    };
    expect(refused.error).toEqual(error);
    expect(refused.summary?.()).toContain('- <code>STAGE_PREVIOUS_FAILED</code> a.sif: ');
    expect(refused.json).toMatchObject({ error: { ...error, exitCode: 1 }, images: [{ outcome: 'refused', error }] });
    await call(signStage, folder, { 'subject-path': 'a.sif', stage: 'author', ...PGP, ...policy });
    const signed = await call(signStage, folder, { 'subject-path': 'a.sif', stage: 'security', ...KEY, ...policy });
    expect(signed).toMatchObject({ exitCode: 0, outputs: { verdict: 'passed' } });
    const verified = await call(verifyAll, folder, { 'subject-path': 'a.sif', ...policy });
    expect(verified).toMatchObject({ exitCode: 0, outputs: { verdict: 'passed' } });
  });

  test.each([
    ['no key', { stage: 'author' }, 'USAGE_MISSING_INPUT'],
    ['no stage', { ...KEY }, 'USAGE_MISSING_INPUT'],
    ['a stage name that is none', { stage: 'A b', ...KEY }, 'STAGE_NAME_INVALID'],
    ['a stage that the policy lacks', { stage: 'qa', ...KEY, 'policy-path': 'countersign.yaml' }, 'STAGE_UNKNOWN'],
    ['no such policy', { stage: 'author', ...KEY, 'policy-path': 'none.yaml' }, 'FILE_NOT_FOUND'],
    ['no approver', { stage: 'author', ...KEY, 'policy-path': 'countersign.yaml' }, 'STAGE_SIGNER_NOT_ALLOWED'],
    ['no such key', { stage: 'author', ...KEY, 'key-path': 'none.pem' }, 'FILE_NOT_FOUND'],
    ['a key file that is a link', { stage: 'author', ...KEY, 'key-path': 'link.pem' }, 'FILE_SYMLINK_REFUSED'],
    ['a key that is a text', { stage: 'author', ...KEY, 'key-path': 'text.txt' }, 'SIGNATURE_KEY_UNREADABLE'],
    ['a public key', { stage: 'author', ...KEY, 'key-path': 'kim.pub' }, 'SIGNATURE_KEY_NOT_PRIVATE'],
    ['an OpenPGP key as a bare one', { stage: 'author', ...KEY, 'key-path': 'alice.asc' }, 'SIGNATURE_KEY_UNREADABLE'],
    ['a bare key as an OpenPGP one', { stage: 'author', ...PGP, 'key-path': 'kim.pem' }, 'SIGNATURE_KEY_UNREADABLE'],
    ['an OpenPGP public key', { stage: 'author', ...PGP, 'key-path': 'alice.pub' }, 'SIGNATURE_KEY_NOT_PRIVATE'],
    ['x509 without certificate', { stage: 'author', ...KEY, 'signing-method': 'x509' }, 'USAGE_MISSING_INPUT'],
    [
      'the certificate of another key',
      { stage: 'author', ...KEY, 'signing-method': 'x509', 'certificate-path': 'xenia.crt' },
      'SIGNATURE_CERTIFICATE_MISMATCH',
    ],
    [
      'a bare key with certificate',
      { stage: 'author', ...KEY, 'certificate-path': 'xenia.crt' },
      'USAGE_CONFLICTING_INPUTS',
    ],
    ['dsse with OpenPGP', { stage: 'author', ...PGP, native: 'dsse' }, 'STAGE_NATIVE_CONFLICT'],
    ['an expiry without unit', { stage: 'author', ...KEY, 'expires-in': '90' }, 'USAGE_INVALID_INPUT'],
    ['a bundle folder that is a file', { stage: 'author', ...KEY, 'bundle-folder': 'text.txt' }, 'FILE_WRITE_FAILED'],
    ['no such image', { stage: 'author', ...KEY, 'subject-path': 'none.sif' }, 'USAGE_NO_MATCH'],
    ['a pattern without match', { stage: 'author', ...KEY, 'subject-path': '*.img' }, 'USAGE_NO_MATCH'],
    ['a folder', { stage: 'author', ...KEY, 'subject-path': 'folder.sif' }, 'SIF_NOT_SIF'],
    ['a text', { stage: 'author', ...KEY, 'subject-path': 'text.txt' }, 'SIF_TRUNCATED'],
    ['an empty file', { stage: 'author', ...KEY, 'subject-path': 'empty.sif' }, 'SIF_TRUNCATED'],
  ])('%s is refused with code and hint, and the image stays as it was', async (_what, texts, code) => {
    const folder = await workplace();
    const before = await readFile(join(folder, 'a.sif'));
    const error = await call(signStage, folder, { 'subject-path': 'a.sif', ...texts }).catch(
      (thrown: unknown) => thrown,
    );
    expect(error).toBeInstanceOf(CountersignError);
    expect(error).toMatchObject({ code, hint: expect.stringMatching(/^[a-z`]/) });
    expect((await readFile(join(folder, 'a.sif'))).equals(before)).toBe(true);
  });

  test('two images of one name are not written over each other in the bundle folder', async () => {
    const folder = await workplace();
    await mkdir(join(folder, 'other'));
    await writeFile(join(folder, 'other/a.sif'), typicalSif(8000).bytes());
    const texts = { 'subject-path': 'a.sif\nother/a.sif', stage: 'author', ...KEY, 'bundle-folder': 'bundles' };
    await expect(call(signStage, folder, texts)).rejects.toMatchObject({ code: 'USAGE_CONFLICTING_INPUTS' });
  });
});

test('a stage refused while pushing ends as one refused by sign-stage does', async () => {
  const folder = await workplace();
  const policy = { 'policy-path': 'countersign.yaml' };
  const texts = { 'subject-path': 'a.sif', reference: 'oci:out:1.0', stage: 'security', ...KEY, ...policy };
  expect(await call(pushOras, folder, texts)).toMatchObject({
    exitCode: 1,
    error: { code: 'STAGE_PREVIOUS_FAILED', message: expect.stringContaining('alice can approve it') },
    json: { error: { code: 'STAGE_PREVIOUS_FAILED', exitCode: 1 } },
  });
});

test('approvals whose copies cannot be written are told, with the error at the end', async () => {
  const folder = await workplace();
  const texts = { 'subject-path': 'a.sif', stage: 'author', ...KEY, 'bundle-folder': 'out' };
  await mkdir(join(folder, 'out/a.sif.author.sigstore.json'), { recursive: true });
  const result = await call(signStage, folder, texts);
  expect(result).toMatchObject({
    exitCode: 3,
    error: { code: 'FILE_WRITE_FAILED', message: expect.stringMatching(/^signed, but not copied to bundle-folder: /) },
    outputs: { verdict: 'failed' },
    json: { verdict: 'failed', images: [{ outcome: 'signed' }], error: { exitCode: 3 } },
  });
  expect(result.text).toContain('stage author approved');
});

test('signing in a layout that is not there makes none', async () => {
  const folder = await workplace();
  const texts = { 'subject-name': 'oci:none:1.0', stage: 'author', ...KEY };
  await expect(call(signStage, folder, texts)).rejects.toMatchObject({ code: 'REGISTRY_LAYOUT_INVALID' });
  await expect(stat(join(folder, 'none'))).rejects.toMatchObject({ code: 'ENOENT' });
});

describe('verify-all', () => {
  test('one image that cannot be read lets the others be verified', async () => {
    const folder = await workplace();
    await call(signStage, folder, { 'subject-path': 'a.sif', stage: 'author', ...KEY });
    const result = await call(verifyAll, folder, { 'subject-path': 'cut.sif\na.sif', 'public-key': 'kim.pub' });
    expect(result.exitCode).toBe(1);
    expect((result.json as Verdict).images.map(({ name, verdict }) => [name, verdict])).toEqual([
      ['cut.sif', 'failed'],
      ['a.sif', 'passed'],
    ]);
  });

  test('a file that is no image is told once, and of its stages only that nothing is known', async () => {
    const folder = await workplace();
    await writeFile(join(folder, 'text.txt'), 'x'.repeat(5000));
    const host = new FakeHost({ cwd: folder, now: NOW });
    const texts = { 'subject-path': 'text.txt', 'policy-path': 'countersign.yaml' };
    const { text, json } = await runCommand(verifyAll, texts, host);
    expect(text.match(/SIF_NOT_SIF/g)).toHaveLength(1);
    expect(text).toMatch(/\? author +not checked\n.*\? security +not checked\n/);
    expect(text).not.toContain('missing:');
    expect(json).toMatchObject({ outcome: 'failed', images: [{ outcome: 'failed' }] });
    expect((json as Verdict).images[0]?.stages).toMatchObject([NOT_CHECKED, NOT_CHECKED]);
    expect((json as Verdict).images[0]?.reasons).toMatchObject([{ code: 'SIF_NOT_SIF' }]);
    const findings = host.log.filter(({ level }) => level === 'finding').map((entry) => entry.text);
    expect(findings).toEqual([expect.stringContaining('[SIF_NOT_SIF]')]);
  });

  test('certificates verify by their root, and another root is told', async () => {
    const folder = await workplace();
    const x509 = { 'signing-method': 'x509', 'key-path': 'xenia.pem', 'certificate-path': 'xenia.crt' };
    const chain = { 'certificate-chain-path': 'chain.crt' };
    await call(signStage, folder, { 'subject-path': 'a.sif', stage: 'author', ...x509, ...chain });
    const good = await call(verifyAll, folder, { 'subject-path': 'a.sif', 'trust-anchors': 'root.crt' });
    expect(good.exitCode).toBe(0);
    await writeFile(join(folder, 'other.crt'), (await x509Person('other')).publicKey);
    const other = await call(verifyAll, folder, { 'subject-path': 'a.sif', 'trust-anchors': 'other.crt' });
    expect(other.exitCode).toBe(1);
    expect((other.json as Verdict).images[0]?.layers[0]?.status).toBe('untrusted');
    expect(other.text).toMatch(/CERTIFICATE_NO_ISSUER/);
  });

  test('an approval with its native half is one approval in the output', async () => {
    const folder = await workplace();
    await call(signStage, folder, { 'subject-path': 'a.sif', stage: 'author', ...PGP });
    const result = await call(verifyAll, folder, { 'subject-path': 'a.sif', keyring: 'alice.pub' });
    expect((result.json as Verdict).images[0]?.layers.map(({ kind }) => kind)).toEqual(['native-pgp', 'bundle']);
    expect(JSON.parse(result.outputs['approvals'] ?? '')).toMatchObject([
      { name: 'a.sif', stage: 'author', method: 'pgp' },
    ]);
  });

  test('as of another time, and says so', async () => {
    const folder = await workplace();
    await call(signStage, folder, { 'subject-path': 'a.sif', stage: 'author', ...KEY, 'expires-in': '1h' });
    const at = (now: string) => call(verifyAll, folder, { 'subject-path': 'a.sif', 'public-key': 'kim.pub', now });
    expect((await at('2026-11-22T12:30:00Z')).exitCode).toBe(0);
    const late = await at('2026-11-22T13:30:00Z');
    expect(late.exitCode).toBe(1);
    expect(late.json).toMatchObject({ asOf: true, now: '2026-11-22T13:30:00.000Z' });
    expect(late.text).toMatch(/APPROVAL_EXPIRED/);
  });

  test('trust material may be a folder, a pattern or the text itself', async () => {
    const folder = await workplace();
    await call(signStage, folder, { 'subject-path': 'a.sif', stage: 'author', ...PGP });
    await call(signStage, folder, { 'subject-path': 'a.sif', stage: 'security', ...KEY });
    await mkdir(join(folder, 'staff'));
    await writeFile(join(folder, 'staff', 'README.md'), 'who is who');
    await writeFile(join(folder, 'staff', '.hidden'), 'no key');
    for (const name of ['alice.pub', 'kim.pub'])
      await writeFile(join(folder, 'staff', name), await readFile(join(folder, name)));
    const [pgp = '', spki = ''] = await Promise.all(
      ['alice.pub', 'kim.pub'].map((name) => readFile(join(folder, name), 'utf8')),
    );
    const passes = async (texts: Record<string, string>) => {
      const { exitCode } = await call(verifyAll, folder, { 'subject-path': 'a.sif', ...texts });
      expect(exitCode, JSON.stringify(texts)).toBe(0);
    };
    await passes({ keyring: 'staff/al*.pub', 'public-key': 'staff/k*' });
    await passes({ keyring: pgp, 'public-key': spki });
    await passes({ keyring: pgp.replaceAll('\n', '\\n'), 'public-key': spki.trim().replaceAll('\n', ' ') });
    await passes({ keyring: `alice.pub\n${pgp}`, 'public-key': `${spki}\nkim.pub` });
    const mixed = call(verifyAll, folder, { 'subject-path': 'a.sif', keyring: 'staff' });
    await expect(mixed).rejects.toMatchObject({
      code: 'SIGNATURE_TRUST_UNREADABLE',
      message: expect.stringContaining('staff/kim.pub'),
    });
    await rm(join(folder, 'staff', 'kim.pub'));
    await passes({ keyring: 'staff', 'public-key': 'kim.pub' });
  });

  test.each([
    ['nothing to trust', {}, 'USAGE_MISSING_INPUT', /policy-path/],
    ['no such policy', { 'policy-path': 'none.yaml' }, 'FILE_NOT_FOUND', /none\.yaml/],
    ['a policy that is an image', { 'policy-path': 'a.sif' }, 'POLICY_SYNTAX', /UTF-8/],
    ['no such key', { 'public-key': 'none.pub' }, 'FILE_NOT_FOUND', /none\.pub/],
    ['a key that is a text', { 'public-key': 'text.txt' }, 'SIGNATURE_TRUST_UNREADABLE', /text\.txt/],
    ['a key that is an OpenPGP key', { 'public-key': 'alice.pub' }, 'SIGNATURE_TRUST_UNREADABLE', /alice\.pub/],
    ['a keyring that is a text', { keyring: 'text.txt' }, 'SIGNATURE_TRUST_UNREADABLE', /text\.txt/],
    ['a keyring that is a PEM key', { keyring: 'kim.pub' }, 'SIGNATURE_TRUST_UNREADABLE', /kim\.pub/],
    ['a keyring that is an empty folder', { keyring: 'folder.sif' }, 'FILE_NOT_FOUND', /folder\.sif holds no file/],
    ['a pattern of keys without match', { 'public-key': '*.spki' }, 'FILE_NOT_FOUND', /\*\.spki/],
    ['a policy that is a folder', { 'policy-path': 'folder.sif' }, 'FILE_NOT_REGULAR', /folder\.sif/],
    ['a keyring that is damaged', { keyring: 'damaged.pub' }, 'SIGNATURE_TRUST_UNREADABLE', /damaged\.pub \(OpenPGP/],
    ['an anchor that is damaged', { 'trust-anchors': 'damaged.crt' }, 'SIGNATURE_TRUST_UNREADABLE', /damaged\.crt/],
    [
      'a signer certificate that is damaged',
      { 'public-key': 'kim.pub', 'signer-certificate': 'damaged.crt' },
      'SIGNATURE_TRUST_UNREADABLE',
      /damaged\.crt/,
    ],
    [
      'several stages in one',
      { 'public-key': 'kim.pub', 'required-stages': 'author,security' },
      'USAGE_INVALID_INPUT',
      /author,security/,
    ],
    ['an anchor that is a key', { 'trust-anchors': 'kim.pub' }, 'SIGNATURE_TRUST_UNREADABLE', /kim\.pub/],
    [
      'a policy and a key',
      { 'policy-path': 'countersign.yaml', 'public-key': 'kim.pub' },
      'USAGE_CONFLICTING_INPUTS',
      /both/,
    ],
    ['a time without a time of day', { 'public-key': 'kim.pub', now: '2026-11-22' }, 'USAGE_INVALID_INPUT', /now/],
    ['no such image', { 'public-key': 'kim.pub', 'subject-path': 'none.sif' }, 'USAGE_NO_MATCH', /none\.sif/],
  ])('%s is refused, and the message names it', async (_what, texts, code, names) => {
    const folder = await workplace();
    const error = await call(verifyAll, folder, { 'subject-path': 'a.sif', ...texts }).catch(
      (thrown: unknown) => thrown,
    );
    expect(error).toBeInstanceOf(CountersignError);
    const { message, hint } = error as CountersignError;
    expect([(error as CountersignError).code, `${message} ${hint}`]).toEqual([code, expect.stringMatching(names)]);
  });
});

describe('trust material that cannot be used', () => {
  test('is an error that names it, and no finding about an image that is good', async () => {
    const folder = await workplace();
    await call(signStage, folder, { 'subject-path': 'a.sif', stage: 'author', ...KEY, native: 'dsse' });
    const good = { 'subject-path': 'a.sif', 'public-key': 'kim.pub' };
    expect(await call(verifyAll, folder, good)).toMatchObject({ exitCode: 0 });
    for (const name of ['signer-certificate', 'intermediates', 'trust-anchors'])
      await expect(call(verifyAll, folder, { ...good, [name]: 'damaged.crt' })).rejects.toMatchObject({
        code: 'SIGNATURE_TRUST_UNREADABLE',
        exitCode: 3,
      });
  });
});

describe('inspect', () => {
  test('shows what an image says of itself, without checking it', async () => {
    const folder = await workplace();
    await call(signStage, folder, { 'subject-path': 'a.sif', stage: 'author', ...PGP });
    const { json, text } = await call(inspect, folder, { 'subject-path': 'a.sif' });
    expect(json).toMatchObject({
      images: [{ name: 'a.sif', layers: [{ kind: 'native-pgp' }, { kind: 'approval', stage: 'author' }] }],
    });
    expect(text).toMatch(/43 of 48 slots free/);
  });

  test('names the file that it cannot read', async () => {
    const folder = await workplace();
    await expect(call(inspect, folder, { 'subject-path': 'countersign.yaml' })).rejects.toMatchObject({
      code: 'SIF_NOT_SIF',
      message: expect.stringMatching(/countersign\.yaml/),
    });
  });

  test('what an image is called on the inside cannot steer a terminal', async () => {
    const folder = await workplace();
    const evil = typicalSif().withJson({}, '\u001b[2Jgone\u0007');
    await writeFile(join(folder, 'evil.sif'), evil.bytes());
    const { text } = await call(inspect, folder, { 'subject-path': 'evil.sif' });
    expect([text.includes('\u001b'), text.includes('\u0007')]).toEqual([false, false]);
  });
});
