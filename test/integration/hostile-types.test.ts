// SPDX-License-Identifier: Apache-2.0
// What strangers attach with types that are made to be commands of the runner, Markdown or control sequences: the reports
// list it as "not judged", as one short line that does nothing.

import { expect, test } from 'vitest';
import { sha256, utf8 } from '../../src/base/bytes.ts';
import { combineVerdict } from '../../src/policy/evaluate.ts';
import { EMPTY_CONFIG, makeManifest } from '../../src/oci/manifest.ts';
import { MEDIA_TYPE } from '../../src/oci/oci.ts';
import { memoryBlob } from '../../src/oci/referrers/bundles.ts';
import { renderMarkdown } from '../../src/report/markdown.ts';
import { renderText } from '../../src/report/text.ts';
import { judgeTrusting, keyPerson, NOW } from '../support/layers.ts';
import { pushOciImage } from '../support/oci-images.ts';
import { signRemotely, verdictOn } from '../support/registry-layers.ts';
import { openIn, startRegistry } from '../support/registry-session.ts';

const TYPES = [
  'x\n::error::evil',
  '\r::set-output name=verdict::passed',
  '##[error]evil',
  '<img src=x onerror=alert(1)>',
  '| passed | passed |',
  '[passed](javascript:alert(1))',
  'k\u001b[2K\u001b[1Apassed',
  'f\u202efis',
  'y'.repeat(100_000),
];
/** No character that moves, turns or hides what is around it. */
const MOVING = ['\u001b', '\u202e', '\r', '\u2028', '\u0085'];

test('types that strangers give what they attach', async () => {
  const repository = await openIn(await startRegistry());
  const image = await pushOciImage(repository, { tag: '1' });
  const person = await keyPerson('kim', 'p256');
  const judge = await judgeTrusting([person]);
  await signRemotely({ repository, reference: '1' }, person, 'author', { judge });
  await repository.pushBlob(EMPTY_CONFIG.digest, memoryBlob(EMPTY_CONFIG.bytes));
  for (const artifactType of TYPES) {
    const blob = { mediaType: MEDIA_TYPE.empty, size: 2, digest: sha256(EMPTY_CONFIG.bytes) };
    const subject = { mediaType: image.mediaType, digest: image.digest, size: image.bytes.length };
    const document = {
      schemaVersion: 2,
      mediaType: MEDIA_TYPE.manifest,
      artifactType,
      config: blob,
      layers: [blob],
      subject,
    };
    await repository.attachReferrer(makeManifest(utf8(JSON.stringify(document)), MEDIA_TYPE.manifest));
  }
  const one = await verdictOn({ repository, reference: '1' }, judge);
  expect(one.verdict).toBe('passed');
  expect(one.notJudged).toHaveLength(TYPES.length);
  const verdict = combineVerdict([one], { now: NOW, asOf: false, policy: undefined });
  const [text, page] = [renderText(verdict), renderMarkdown(verdict)];
  for (const moving of MOVING) expect(`${text}${page}`).not.toContain(moving);
  for (const line of text.split('\n')) {
    expect(line.trimStart()).not.toMatch(/^(?:::|##\[)/);
    expect(line.length).toBeLessThan(2100);
  }
  expect(page).not.toMatch(/<img|\]\(javascript|^\| passed/m);
  expect(page.length).toBeLessThan(50_000);
});
