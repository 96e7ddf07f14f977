// SPDX-License-Identifier: Apache-2.0
// A folder in which jobs sign without a key: a SIF, a policy with two workflows, and a Sigstore instance on loopback.

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { command as signStage } from '../../src/commands/sign-stage/sign-stage.ts';
import { command as verifyAll } from '../../src/commands/verify-all/verify-all.ts';
import { FakeHost } from './fake-host.ts';
import { runCommand } from './run-command.ts';
import { typicalSif } from './sif-builder.ts';
import { type InstanceFaults, SigstoreInstance } from './sigstore.ts';
import { temporaryFolder } from './temporary.ts';

/** Inputs by name; empty ones are left out. */
export type Texts = Readonly<Record<string, string>>;

/** A folder with an image and a policy, and the instance that the policy trusts. */
export interface Place {
  readonly folder: string;
  readonly instance: SigstoreInstance;
  sign(texts?: Texts, more?: { readonly token?: string; readonly env?: Texts }): Promise<FakeHost>;
  verify(texts?: Texts): Promise<{ readonly verdict: string; readonly report: string }>;
  faults(faults: InstanceFaults): void;
}

/** The test stops the instance when it ends, unless the caller does before. */
export async function keylessPlace(
  stages = 'stages: [{ name: production, approvers: prod }]',
  thresholds = 'sct: 0',
): Promise<Place> {
  const folder = await temporaryFolder();
  const instance = await SigstoreInstance.start();
  onTestFinished(() => instance[Symbol.asyncDispose]());
  await writeFile(join(folder, 'root.json'), instance.trustedRoot());
  await writeFile(join(folder, 'config.json'), instance.signingConfig());
  await writeFile(join(folder, 'app.sif'), typicalSif().bytes());
  const issuer = JSON.stringify(instance.issuer);
  const text = `version: 1
name: test
trust: { sigstore: { root: root.json, ${thresholds} } }
principals:
  build: { github: { repository: acme/app, workflow: .github/workflows/build.yml, environment: build, issuer: ${issuer} } }
  prod: { github: { repository: acme/app, environment: production, repositoryId: "1001", issuer: ${issuer} } }
${stages}
`;
  await writeFile(join(folder, 'policy.yaml'), text);
  return {
    folder,
    instance,
    faults: (faults) => Object.assign(instance, { faults }),
    async sign(texts = {}, { token = instance.token(), env = {} } = {}) {
      await using host = new FakeHost({ cwd: folder, now: new Date(), env: { SIGSTORE_ID_TOKEN: token, ...env } });
      await runCommand(
        signStage,
        present({
          'subject-path': 'app.sif',
          stage: 'production',
          'signing-method': 'sigstore',
          'sigstore-instance': 'config.json',
          'policy-path': 'policy.yaml',
          'retry-for': '0s',
          ...texts,
        }),
        host,
      );
      return host;
    },
    async verify(texts = {}) {
      await using host = new FakeHost({ cwd: folder, now: new Date() });
      const given = present({ 'subject-path': 'app.sif', 'policy-path': 'policy.yaml', ...texts });
      const { outputs, json } = await runCommand(verifyAll, given, host);
      return { verdict: outputs['verdict'] ?? '', report: JSON.stringify(json) };
    },
  };
}

/** Without the inputs that are empty. */
function present(texts: Texts): Texts {
  return Object.fromEntries(Object.entries(texts).filter(([, text]) => text !== ''));
}
