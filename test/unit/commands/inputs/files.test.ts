// SPDX-License-Identifier: Apache-2.0
import { existsSync } from 'node:fs';
import { link, lstat, mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { COMMANDS } from '../../../../src/commands/commands.ts';
import { checkedFiles } from '../../../../src/commands/inputs/files.ts';
import { type CommandSpec, readInputs } from '../../../../src/commands/spec.ts';
import { temporaryFolder } from '../../../support/temporary.ts';

const posix = process.platform !== 'win32';
const specs = new Map<string, CommandSpec>();
for (const { name, load } of COMMANDS) specs.set(name, (await load()).spec);

async function folderWithFiles(): Promise<string> {
  const folder = await temporaryFolder();
  for (const name of ['app.sif', 'policy.yaml', 'key.pem', 'kim.pub', 'sbom.json', 'leaf.crt'])
    await writeFile(join(folder, name), name);
  await mkdir(join(folder, 'layout'));
  await writeFile(join(folder, 'layout', 'oci-layout'), '{}');
  await writeFile(join(folder, 'layout', 'index.json'), '{}');
  await mkdir(join(folder, 'T10:00', 'layout'), { recursive: true });
  await writeFile(join(folder, 'T10:00', 'layout', 'oci-layout'), '{}');
  await mkdir(join(folder, 'images'));
  await writeFile(join(folder, 'images', 'b.sif'), 'b');
  await mkdir(join(folder, 'out'));
  return folder;
}

async function check(command: string, texts: Readonly<Record<string, string>>, folder?: string): Promise<void> {
  const spec = specs.get(command);
  if (!spec) throw new Error(`no command ${command}`);
  await checkedFiles(spec.inputs, new Map(Object.entries(texts)), folder ?? (await folderWithFiles()));
}

describe('a file to be written', () => {
  test.each<[string, Readonly<Record<string, string>>, string]>([
    ['verify-all', { 'subject-path': 'app.sif', 'report-path': 'app.sif' }, 'subject-path'],
    ['verify-all', { 'subject-path': 'x.sif\nimages/*.sif', 'report-path': 'images/b.sif' }, 'subject-path'],
    ['verify-all', { 'subject-path': 'layout', 'report-path': 'layout/index.json' }, 'subject-path'],
    ['verify-all', { 'subject-name': 'oci:layout:1.0', 'report-path': 'layout/index.json' }, 'subject-name'],
    ['verify-all', { 'subject-name': 'oci:layout:r.io/a:1', 'report-path': 'layout/index.json' }, 'subject-name'],
    [
      'verify-all',
      { 'subject-name': 'oci:T10:00/layout:r.io/a:1', 'report-path': 'T10:00/layout/index.json' },
      'subject-name',
    ],
    ['verify-all', { 'subject-name': 'oci:layout', 'report-path': 'layout/index.json' }, 'subject-name'],
    ['verify-all', { 'policy-path': './policy.yaml', 'report-path': 'out/../policy.yaml' }, 'policy-path'],
    ['verify-all', { 'public-key': 'other.pub\nkim.pub', 'report-path': 'kim.pub' }, 'public-key'],
    ['sign-stage', { 'key-path': 'key.pem', 'report-path': 'key.pem' }, 'key-path'],
    ['sign-stage', { 'certificate-path': 'leaf.crt', 'report-path': 'leaf.crt' }, 'certificate-path'],
    ['sign-stage', { 'bundle-folder': 'out', 'report-path': 'out/app.sif.author.sigstore.json' }, 'bundle-folder'],
    ['scan-attest', { 'sbom-path': 'app.sif=sbom.json', 'sarif-path': 'sbom.json' }, 'sbom-path'],
    ['scan-attest', { 'sarif-path': 'new.json', 'report-path': 'out/../new.json' }, 'sarif-path|report-path'],
    ['pull', { reference: 'oci:layout:1', 'image-path': 'layout/index.json' }, 'reference'],
    ['pull', { 'image-path': 'new.sif', 'report-path': 'new.sif' }, 'image-path|report-path'],
    ['build', { source: 'app.sif', 'image-path': 'app.sif', overwrite: 'true' }, 'source'],
    ['build', { definition: 'app.sif', 'report-path': 'app.sif' }, 'definition'],
    ['key', { task: 'show\nkey.pem', 'report-path': 'key.pem' }, 'task'],
    ['policy', { task: 'check\npolicy.yaml', 'report-path': 'policy.yaml' }, 'task'],
  ])('%s %o is none that another input names', async (command, texts, other) => {
    await expect(check(command, texts)).rejects.toMatchObject({
      code: 'USAGE_CONFLICTING_INPUTS',
      exitCode: 2,
      message: expect.stringMatching(new RegExp(`would be written over what (?:${other}) names`)),
    });
  });

  test.skipIf(!posix)('is known under every name that it has', async () => {
    const folder = await folderWithFiles();
    await symlink('policy.yaml', join(folder, 'soft.yaml'));
    await link(join(folder, 'policy.yaml'), join(folder, 'hard.yaml'));
    await symlink('.', join(folder, 'here'));
    for (const name of ['soft.yaml', 'hard.yaml', 'here/policy.yaml'])
      for (const texts of [
        { 'policy-path': 'policy.yaml', 'report-path': name },
        { 'policy-path': name, 'report-path': 'policy.yaml' },
      ])
        await expect(check('verify-all', texts, folder)).rejects.toMatchObject({ code: 'USAGE_CONFLICTING_INPUTS' });
    const twice = { 'sarif-path': 'new.json', 'report-path': 'here/new.json' };
    await expect(check('scan-attest', twice, folder)).rejects.toMatchObject({ code: 'USAGE_CONFLICTING_INPUTS' });
  });

  test.each([
    ['verify-all', 'report-path'],
    ['scan-attest', 'sarif-path'],
    ['pull', 'image-path'],
    ['sign-stage', 'bundle-folder'],
  ])('%s takes no dash for %s', async (command, input) => {
    await expect(check(command, { [input]: '-' })).rejects.toMatchObject({ code: 'USAGE_INVALID_INPUT' });
    await check(command, { [input]: './-' });
  });

  test.each([
    ['report-path', 'none/report.json', 'FILE_NOT_FOUND'],
    ['sarif-path', 'none/report.json', 'FILE_NOT_FOUND'],
    ['sarif-path', 'out', 'FILE_WRITE_FAILED'],
  ])('%s %s is refused before any work', async (input, path, code) => {
    await expect(check('scan-attest', { [input]: path })).rejects.toMatchObject({ code, exitCode: 3 });
  });

  test.skipIf(!posix)('is no link', async () => {
    const folder = await folderWithFiles();
    await symlink('app.sif', join(folder, 'report.json'));
    await expect(check('verify-all', { 'report-path': 'report.json' }, folder)).rejects.toMatchObject({
      code: 'FILE_SYMLINK_REFUSED',
    });
  });

  test.skipIf(!existsSync('/dev/null'))('may be a device, also twice', async () => {
    await check('scan-attest', { 'report-path': '/dev/null', 'sarif-path': '/dev/null' });
    expect((await lstat('/dev/null')).isCharacterDevice()).toBe(true);
  });

  test('lies where it likes otherwise', async () => {
    await check('scan-attest', {
      'working-directory': '.',
      'subject-path': 'images/*.sif',
      'subject-name': 'oci:layout:1.0\nghcr.io/octo-org/app:1.0',
      'bundle-folder': 'out',
      'report-path': 'out/report.json',
      'sarif-path': 'images/findings.sarif',
      'key-path': '-',
    });
  });

  test('may lie in a folder that the command makes', async () => {
    await check('scan-attest', {
      'bundle-folder': 'new',
      'report-path': 'new/report.json',
      'sarif-path': 'new/a/b.sarif',
    });
  });

  test('is refused in the first run where the second one would read it', async () => {
    const texts = { 'subject-path': 'ev/**/*.json', 'report-path': 'ev/report.json' };
    const folder = await folderWithFiles();
    await mkdir(join(folder, 'ev'));
    await expect(check('verify-all', texts, folder)).rejects.toMatchObject({ code: 'USAGE_CONFLICTING_INPUTS' });
    await check('verify-all', { ...texts, 'report-path': 'ev/report.txt' }, folder);
  });

  test('is no part of a layout folder, but may lie in it', async () => {
    const folder = await folderWithFiles();
    await writeFile(join(folder, 'oci-layout'), '{}');
    for (const name of ['oci-layout', 'index.json', 'index.json.lock'])
      await expect(check('verify-all', { 'subject-path': '.', 'report-path': name }, folder)).rejects.toMatchObject({
        code: 'USAGE_CONFLICTING_INPUTS',
      });
    await check('verify-all', { 'subject-path': '.', 'report-path': 'report.json' }, folder);
  });

  test('is checked with the other inputs', async () => {
    const spec = specs.get('verify-all');
    if (!spec) throw new Error('no verify-all');
    const texts = new Map([
      ['subject-path', 'app.sif'],
      ['report-path', 'app.sif'],
    ]);
    const raw = { texts, cwd: await folderWithFiles(), mask: () => {}, readStdin: async () => new Uint8Array() };
    await expect(readInputs(spec.inputs, raw)).rejects.toMatchObject({ code: 'USAGE_CONFLICTING_INPUTS' });
  });
});

test('every input whose name says that it is written says how', () => {
  const inputs = [...specs.values()].flatMap((spec) => spec.inputs);
  const odd = inputs.filter(
    ({ name, file }) => /^(?:report|sarif|image)-path$|-folder$|-dir$/.test(name) && (file ?? 'read') === 'read',
  );
  // Folders of the machine that will have the gate: named in what is exported, not touched here.
  expect(odd.map(({ name }) => name)).toEqual(['key-folder', 'script-folder', 'cache-folder', 'run-folder']);
});
