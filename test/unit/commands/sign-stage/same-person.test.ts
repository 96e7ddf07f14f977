// SPDX-License-Identifier: Apache-2.0
// Whoever has approved under two names is taken for two people until a certificate that has both is on the image.

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { command as signStage } from '../../../../src/commands/sign-stage/sign-stage.ts';
import { command as verifyAll } from '../../../../src/commands/verify-all/verify-all.ts';
import { generateX509Chain } from '../../../../src/crypto/x509/generate.ts';
import { FakeHost } from '../../../support/fake-host.ts';
import { NOW } from '../../../support/layers.ts';
import { runCommand } from '../../../support/run-command.ts';
import { typicalSif } from '../../../support/sif-builder.ts';
import { temporaryFolder } from '../../../support/temporary.ts';

test('an approval with both names says that two approvers are one person', async () => {
  const cwd = await temporaryFolder();
  await writeFile(join(cwd, 'a.sif'), typicalSif().bytes());
  await writeFile(
    join(cwd, 'p.yaml'),
    `version: 1
name: p
principals: { staff: { many: true, x509: { anchors: [one.ca, two.ca, both.ca], any: true } } }
stages: [{ name: author, approvers: { staff: 2 } }]
`,
  );
  const certify = async (file: string, name: string, mail: string) => {
    const email = `${mail}@example.org`;
    const made = await generateX509Chain({ name, email, days: 30, now: NOW });
    await writeFile(join(cwd, `${file}.pem`), made.privateKey, { mode: 0o600 });
    await writeFile(join(cwd, `${file}.crt`), `${made.certificate}${made.intermediates}`);
    return made.root;
  };
  const people = [
    ['one', 'Ann One', 'ann'],
    ['two', 'Ann Two', 'two'],
    ['both', 'Ann Two', 'ANN'],
  ] as const;
  for (const [file, name, mail] of people) await writeFile(join(cwd, `${file}.ca`), await certify(file, name, mail));
  const sign = async (file: string) => {
    await using host = new FakeHost({ cwd, now: NOW });
    const key = { 'signing-method': 'x509', 'key-path': `${file}.pem`, 'certificate-path': `${file}.crt` };
    const chain = { 'certificate-chain-path': `${file}.crt` };
    const where = { 'subject-path': 'a.sif', 'policy-path': 'p.yaml', stage: 'author' };
    return runCommand(signStage, { ...where, ...key, ...chain }, host);
  };
  expect((await sign('one')).exitCode).toBe(0);
  expect((await sign('two')).text).toContain('2 of 2');
  expect((await sign('both')).text).toContain('1 of 2');
  await using host = new FakeHost({ cwd, now: NOW });
  const verdict = await runCommand(verifyAll, { 'subject-path': 'a.sif', 'policy-path': 'p.yaml' }, host);
  expect(verdict).toMatchObject({ exitCode: 1, text: expect.stringContaining('[STAGE_THRESHOLD_NOT_MET]') });
});
