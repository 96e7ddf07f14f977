// SPDX-License-Identifier: Apache-2.0
// docs/guides/platform-team.md, followed literally, against a registry on this machine, with reports that scanners wrote.

import { copyFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { followGuide } from '../support/guide.ts';
import { pushOciImage } from '../support/oci-images.ts';
import { openIn, startRegistry } from '../support/registry-session.ts';
import { PROJECT } from '../support/sources.ts';
import { temporaryFolder } from '../support/temporary.ts';
import { TimestampAuthority } from '../support/timestamp-authority.ts';

const START = Date.parse('2026-11-29T12:00:00Z');
const REPORTS = join(PROJECT, 'test/vectors/scan');

const PROVENANCE = {
  buildDefinition: {
    buildType: 'https://actions.github.io/buildtypes/workflow/v1',
    externalParameters: { workflow: { repository: 'https://github.com/octo-org/app', ref: 'refs/tags/v1.0' } },
    resolvedDependencies: [
      { uri: 'git+https://github.com/octo-org/app@refs/tags/v1.0', digest: { gitCommit: 'a'.repeat(40) } },
    ],
  },
  runDetails: { builder: { id: 'https://github.com/actions/runner/github-hosted' } },
};

test('the guide for a platform team holds, word for word', { timeout: 120_000 }, async () => {
  let commands = 0;
  const clock = (): Date => new Date(START + (commands += 1) * 60_000);
  await using tsa = new TimestampAuthority(() => new Date(START + commands * 60_000));
  const registry = await startRegistry({ referrersApi: true });
  await pushOciImage(await openIn(registry, { name: 'octo-org/staging/app' }), { tag: '1.0' });
  const cwd = await temporaryFolder();
  await copyFile(join(REPORTS, 'syft-1.57.1-npm.cdx.json'), join(cwd, 'syft.cdx.json'));
  await copyFile(join(REPORTS, 'trivy-0.74.0-npm.json'), join(cwd, 'trivy.json'));
  await writeFile(join(cwd, 'provenance.json'), JSON.stringify(PROVENANCE));
  await writeFile(join(cwd, 'tsa.pem'), tsa.rootPem);
  const words = { 'ghcr.io/': `${registry.host}/`, ' TSA ': ` ${await tsa.serve()} ` };
  expect(await followGuide({ name: 'platform-team', cwd, words: () => words, clock })).toBe(26);
});
