// SPDX-License-Identifier: Apache-2.0
// What `policy check` says of keyless signers that can never count, or count too easily.

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { encodePem } from '../../../../src/base/bytes.ts';
import { command } from '../../../../src/commands/policy/policy.ts';
import { FakeHost } from '../../../support/fake-host.ts';
import { runCommand } from '../../../support/run-command.ts';
import { SigstoreInstance } from '../../../support/sigstore.ts';
import { temporaryFolder } from '../../../support/temporary.ts';

async function checked(trust: string, principal: string): Promise<string> {
  const folder = await temporaryFolder();
  const text = new SigstoreInstance().trustedRoot();
  const root: { certificateAuthorities: { certChain: { certificates: { rawBytes: string }[] } }[] } = JSON.parse(text);
  const [ca] = root.certificateAuthorities[0]?.certChain.certificates ?? [];
  await writeFile(join(folder, 'root.json'), text);
  await writeFile(join(folder, 'ca.pem'), encodePem('CERTIFICATE', Buffer.from(ca?.rawBytes ?? '', 'base64')));
  await writeFile(
    join(folder, 'policy.yaml'),
    `version: 1\nname: t\n${trust}principals:\n  a: { ${principal} }\nstages: [{ name: production, approvers: a }]\n`,
  );
  await using host = new FakeHost({ cwd: folder, now: new Date() });
  return (await runCommand(command, { task: 'check\npolicy.yaml' }, host)).text;
}

const ROOT = 'trust: { sigstore: root.json }\n';
const JOB = 'github: { repository: acme/app, environment: production }';

test.each([
  [
    'a CA of Sigstore as anchor',
    ROOT,
    'x509: { anchors: ca.pem, san: "uri:https://github.com/a/*" }',
    'is a CA of Sigstore',
  ],
  ['no trusted root', '', JOB, 'trust.sigstore names no trusted root'],
  ['an instance without certificate log', ROOT, JOB, 'unless sct: 0 is written'],
  ['a job on any branch', ROOT, 'github: { repository: acme/app }', 'whoever may push a branch can sign as a'],
])('%s is named', async (_about, trust, principal, said) => {
  expect(await checked(trust, principal)).toContain(said);
});
