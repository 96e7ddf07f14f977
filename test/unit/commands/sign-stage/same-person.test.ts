// SPDX-License-Identifier: Apache-2.0
// Whoever has approved under two names that are taken for two people adds nobody by a certificate that has both.

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { command as signStage } from '../../../../src/commands/sign-stage/sign-stage.ts';
import { generateX509Chain } from '../../../../src/crypto/x509/generate.ts';
import { FakeHost } from '../../../support/fake-host.ts';
import { NOW } from '../../../support/layers.ts';
import { runCommand } from '../../../support/run-command.ts';
import { typicalSif } from '../../../support/sif-builder.ts';
import { temporaryFolder } from '../../../support/temporary.ts';

test('an approval that adds nobody is refused with the reason', async () => {
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
  const { error } = await sign('both').catch((thrown: unknown) => ({ error: thrown }));
  expect(error).toMatchObject({
    code: 'STAGE_SELF_CHECK_FAILED',
    message: expect.stringContaining('whoever gives it has approved the stage already'),
  });
});
