// SPDX-License-Identifier: Apache-2.0
// What a failed verdict says to do makes the image pass: each case is broken in its own way, the line of every step is run as
// it stands, with files for the words in capitals, in the order given, and then the image passes. Files and OCI images.

import { copyFile, readFile, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { command as policyCommand } from '../../src/commands/policy/policy.ts';
import { command as scanAttest } from '../../src/commands/scan-attest/scan-attest.ts';
import { command as signStage } from '../../src/commands/sign-stage/sign-stage.ts';
import { command as withdraw } from '../../src/commands/withdraw.ts';
import type { Command } from '../../src/commands/spec.ts';
import { command as verifyAll } from '../../src/commands/verify-all/verify-all.ts';
import { DATA_TYPE } from '../../src/sif/format.ts';
import { openSif, type SifObject } from '../../src/sif/sif.ts';
import { deleteObjects } from '../../src/sif/edit/append.ts';
import { openFileSource } from '../../src/sif/source.ts';
import { runLine, runStep, shellWords } from '../support/command-line.ts';
import { FakeHost } from '../support/fake-host.ts';
import { keyPerson, type Person, pgpPerson, x509Person } from '../support/layers.ts';
import { pushOciImage } from '../support/oci-images.ts';
import { collect, openIn, startRegistry } from '../support/registry-session.ts';
import { addTo, partition } from '../support/overlays.ts';
import { runCommand } from '../support/run-command.ts';
import { PROJECT } from '../support/sources.ts';
import { temporaryFolder } from '../support/temporary.ts';

const NOW = new Date('2026-11-29T12:00:00Z');
const LATER = new Date('2026-12-10T12:00:00Z');
/** The certificate of sam has expired. */
const MUCH_LATER = new Date('2027-01-10T12:00:00Z');
const REPORTS = join(PROJECT, 'test/vectors/scan');

let people: Readonly<Record<string, Person>>;

beforeAll(async () => {
  const [ada, amy, sam, sue, pat, ci] = await Promise.all([
    pgpPerson('ada'),
    keyPerson('amy', 'p256'),
    x509Person('sam'),
    keyPerson('sue', 'p256'),
    keyPerson('pat', 'p256'),
    keyPerson('ci', 'p256'),
  ]);
  people = { ada, amy, sam, sue, pat, ci };
});

interface Rules {
  readonly authors?: number;
  readonly requires?: string;
  readonly distinct?: string;
  /** Until when amy counts. */
  readonly until?: string;
  /** Further keys of the policy. */
  readonly more?: string;
}

function policyText({ authors = 1, requires = '', distinct = '', until = '', more = '' }: Rules): string {
  const { ada } = people;
  const fingerprint = ada?.signer.identity.method === 'pgp' ? ada.signer.identity.fingerprint : '';
  return `version: 1
name: test
trust: { keyrings: ada.pub }
principals:
  ada: { pgp: "${fingerprint}" }
  amy: { key: amy.pub${until && `, until: "${until}"`} }
  sam: { x509: { anchors: sam.pub, san: "email:sam@example.org" } }
  sue: { key: sue.pub }
  pat: { key: pat.pub }
  ci: { key: ci.pub }
stages:
  - { name: author, approvers: [ada, amy], threshold: ${authors} }
  - name: security
    approvers: [sam, sue, amy]
    ${requires}
  - { name: production, approvers: pat }
${distinct}
${more}
`;
}

/** What is approved, and where what lies beside it is. */
interface Place {
  readonly folder: string;
  /** `a.sif`, or a reference. */
  readonly image: string;
  /** Takes away the layers of this stage. */
  readonly remove: (stage: string) => Promise<void>;
  /** Takes away what is attached. */
  readonly takeAway?: (referrer: string) => Promise<void>;
}

async function workplace(rules: Rules = {}): Promise<Place> {
  const folder = await peopleIn(rules);
  await copyFile(join(PROJECT, 'assets/demo/hello.sif'), join(folder, 'a.sif'));
  return { folder, image: 'a.sif', remove: (stage) => removeObjects(folder, `countersign/approval/${stage}`) };
}

/** An OCI image in a registry. */
async function registryPlace(rules: Rules = {}): Promise<Place> {
  const folder = await peopleIn(rules);
  const registry = await startRegistry({ referrersApi: true });
  const repository = await openIn(registry);
  const image = await pushOciImage(repository, { tag: '1' });
  const remove = async (stage: string): Promise<void> => {
    const { referrers } = await repository.listReferrers(image.digest);
    for (const { manifest } of referrers) {
      const [layer] = JSON.parse(new TextDecoder().decode(manifest.bytes)).layers;
      const bundle = JSON.parse(new TextDecoder().decode(await collect(repository.readBlob(layer.digest))));
      const statement = JSON.parse(Buffer.from(bundle.dsseEnvelope.payload, 'base64').toString());
      if (statement.predicate.verifier?.id !== `urn:countersign:stage:${stage}`) continue;
      return await repository.detachReferrer(manifest, image);
    }
    throw new Error('no such approval');
  };
  const takeAway = async (digest: string): Promise<void> => {
    const { referrers } = await repository.listReferrers(image.digest);
    const found = referrers.find(({ manifest }) => manifest.digest === digest);
    if (found) await repository.detachReferrer(found.manifest, image);
  };
  return { folder, image: `${registry.host}/team/app:1`, remove, takeAway };
}

async function peopleIn(rules: Rules): Promise<string> {
  const folder = await temporaryFolder();
  for (const [name, { privateKey, publicKey, certificate = '', intermediates = '' }] of Object.entries(people)) {
    await writeFile(join(folder, `${name}.pem`), privateKey, { mode: 0o600 });
    await writeFile(join(folder, `${name}.pub`), publicKey);
    await writeFile(join(folder, `${name}.crt`), certificate + intermediates);
  }
  await writeFile(join(folder, 'policy.yaml'), policyText(rules));
  return folder;
}

let seconds = 0;

/** Each approval is later than the one before. */
function later(now: Date): Date {
  seconds += 1;
  return new Date(now.getTime() + seconds * 1000);
}

type Texts = Readonly<Record<string, string>>;

async function call(command: Command, { folder: cwd, image }: Place, texts: Texts, now = NOW, kind?: 'actions') {
  await using host = new FakeHost({ cwd, now: later(now), ...(kind ? { kind } : {}) });
  return runCommand(command, { 'subject-path': image, 'policy-path': 'policy.yaml', ...texts }, host);
}

function keyOf(name: string): Readonly<Record<string, string>> {
  const method = people[name]?.signer.method ?? 'key';
  const certificate = method === 'x509' ? { 'certificate-path': `${name}.crt` } : {};
  return { 'signing-method': method, 'key-path': `${name}.pem`, ...certificate };
}

async function approve(place: Place, stage: string, who: string, more: Texts = {}) {
  const { outputs, error } = await call(signStage, place, { stage, ...keyOf(who), ...more });
  expect(outputs['verdict'], error?.message).toBe('passed');
}

interface Step {
  readonly who: readonly string[];
  readonly command: string;
}

async function judge(place: Place, now: Date, kind?: 'actions') {
  const { json, text } = await call(verifyAll, place, {}, now, kind);
  const image = Reflect.get(json instanceof Object ? json : {}, 'images')[0];
  const steps: readonly Step[] = image.next ?? [];
  return { verdict: image.verdict, steps, text };
}

/** A scan is as old as its report. */
async function reportFrom(folder: string, name: 'clean' | 'npm', time: Date): Promise<string> {
  const path = join(folder, `${name}.json`);
  await writeFile(path, await readFile(join(REPORTS, `osv-scanner-2.4.0-${name}.json`)));
  await utimes(path, time, time);
  return path;
}

/** Does a step as somebody would who reads it: copies the line and fills in what is in capitals. */
async function follow({ folder, takeAway }: Place, { who: [who = ''], command }: Step, now: Date): Promise<void> {
  const referrer = /^oras manifest delete --force \S+@(sha256:\S+)$/.exec(command)?.[1];
  if (referrer) return takeAway?.(referrer);
  const object = /^apptainer sif del (\d+) a\.sif$/.exec(command)?.[1];
  if (object) {
    await using source = await openFileSource(join(folder, 'a.sif'));
    return deleteObjects(join(folder, 'a.sif'), [Number(object)], { now, expected: await openSif(source) });
  }
  await reportFrom(folder, 'clean', later(now));
  const files: Readonly<Record<string, string>> = {
    KEY: `${who}.pem`,
    CERTIFICATE: `${who}.crt`,
    SBOM: join(REPORTS, 'syft-1.57.1-npm.cdx.json'),
    REPORT: 'clean.json',
  };
  const options = { cwd: folder, now: later(now) };
  const filled = command.replace(/\b[A-Z]{3,}\b/g, (word) => files[word] ?? word);
  const { exitCode, text } = await (command.startsWith('- {')
    ? runStep(filled.replace('key: "${{ secrets.SIGNING_KEY }}"', `key-path: ${who}.pem`), options)
    : runLine(filled, options));
  expect(exitCode, `${command}\n${text}`).toBe(0);
}

async function approveAll(place: Place): Promise<void> {
  await approve(place, 'author', 'ada');
  await approve(place, 'security', 'sam');
  await approve(place, 'production', 'pat');
}

/** Deletes the lane objects whose name begins so. */
async function removeObjects(folder: string, name: string): Promise<void> {
  await using source = await openFileSource(join(folder, 'a.sif'));
  const expected = await openSif(source);
  const ids = expected.objects.filter((one) => one.name.startsWith(name)).map(({ id }) => id);
  expect(ids.length).toBeGreaterThan(0);
  await deleteObjects(join(folder, 'a.sif'), ids, { now: NOW, expected });
}

async function alter({ folder }: Place, isIt: (object: SifObject) => boolean): Promise<void> {
  const path = join(folder, 'a.sif');
  await using source = await openFileSource(path);
  const object = (await openSif(source)).objects.find(isIt);
  if (!object) throw new Error('no such object');
  const bytes = await readFile(path);
  const at = object.offset + object.sizeBytes - 12;
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  await writeFile(path, bytes);
}

const CASES: readonly [string, Rules, (place: Place) => Promise<void>, number, Date][] = [
  ['nobody has approved', {}, async () => {}, 3, NOW],
  [
    'the last stage is missing',
    {},
    async (place) => {
      await approve(place, 'author', 'ada');
      await approve(place, 'security', 'sam');
    },
    1,
    NOW,
  ],
  ['one of two approvers is missing', { authors: 2 }, async (place) => approve(place, 'author', 'ada'), 3, NOW],
  [
    'the first approval was removed',
    {},
    async (place) => {
      await approveAll(place);
      await place.remove('author');
    },
    3,
    NOW,
  ],
  [
    'the middle approval was removed',
    {},
    async (place) => {
      await approveAll(place);
      await place.remove('security');
    },
    2,
    NOW,
  ],
  [
    'the last approval was removed',
    {},
    async (place) => {
      await approveAll(place);
      await place.remove('production');
    },
    1,
    NOW,
  ],
  [
    'an approval was altered',
    {},
    async (place) => {
      await approveAll(place);
      await alter(place, ({ name }) => name.startsWith('countersign/approval/security'));
    },
    3,
    NOW,
  ],
  [
    'an approval has run out',
    {},
    async (place) => {
      await approve(place, 'author', 'ada');
      await approve(place, 'security', 'sam', { 'expires-in': '10d' });
      await approve(place, 'production', 'pat');
    },
    1,
    LATER,
  ],
  ['a certificate has expired', {}, approveAll, 2, MUCH_LATER],
  [
    'the policy asks for one more author now',
    {},
    async (place) => {
      await approveAll(place);
      await writeFile(join(place.folder, 'policy.yaml'), policyText({ authors: 2 }));
    },
    2,
    NOW,
  ],
  [
    'an author fills a distinct stage',
    {},
    async (place) => {
      await approve(place, 'author', 'amy');
      await approve(place, 'security', 'amy');
      await approve(place, 'production', 'pat');
      await writeFile(join(place.folder, 'policy.yaml'), policyText({ distinct: 'distinct: [[author, security]]' }));
    },
    2,
    NOW,
  ],
  [
    'an approval was withdrawn',
    {},
    async (place) => {
      await approveAll(place);
      const { exitCode } = await call(withdraw, place, { stage: 'security', reason: 'a mistake', ...keyOf('sam') });
      expect(exitCode).toBe(0);
    },
    1,
    NOW,
  ],
  [
    'a principal is denied',
    {},
    async (place) => {
      await approveAll(place);
      const more = 'deny: [{ principal: ada, reason: key stolen }]';
      await writeFile(join(place.folder, 'policy.yaml'), policyText({ more }));
    },
    2,
    NOW,
  ],
  [
    'an approver has left',
    { until: '2026-12-05' },
    async (place) => {
      await approve(place, 'author', 'amy');
      await approve(place, 'security', 'sam');
      await approve(place, 'production', 'pat');
    },
    2,
    LATER,
  ],
  ['an approval is too old', { requires: 'maxAge: 5d' }, approveAll, 1, LATER],
  [
    'evidence is missing',
    { requires: 'requires: [{ evidence: sbom, signedBy: ci }]' },
    async (place) => approve(place, 'author', 'ada'),
    3,
    NOW,
  ],
  [
    'production came before security',
    {},
    async (place) => {
      await approve(place, 'author', 'ada');
      await approve(place, 'production', 'pat', { 'verify-previous': 'false' });
      await approve(place, 'security', 'sam');
    },
    1,
    NOW,
  ],
  [
    'what a former approver lists is gone',
    {},
    async (place) => {
      await approveAll(place);
      const policy = join(place.folder, 'policy.yaml');
      await writeFile(policy, policyText({}).replace('approvers: [sam, sue, amy]', 'approvers: [sue, amy]'));
      await place.remove('author');
    },
    4,
    NOW,
  ],
  [
    'findings are bad',
    { requires: 'requires: [{ evidence: findings, signedBy: ci, failOn: high }]' },
    async (place) => {
      await approve(place, 'author', 'ada');
      const yesterday = new Date('2026-11-28T12:00:00Z');
      const report = { 'scan-report': await reportFrom(place.folder, 'npm', yesterday), 'attest-failed': 'true' };
      await call(scanAttest, place, { ...report, ...keyOf('ci') }, yesterday);
    },
    3,
    NOW,
  ],
  [
    'the policy asks for evidence after the approval',
    {},
    async (place) => {
      await approveAll(place);
      await writeFile(
        join(place.folder, 'policy.yaml'),
        policyText({ requires: 'requires: [{ evidence: sbom, signedBy: ci }]' }),
      );
    },
    1,
    NOW,
  ],
];

describe.each([
  ['a file', workplace],
  ['an OCI image', registryPlace],
] as const)('the steps that a failed verdict names make %s pass', (_, placeFor) => {
  const cases = CASES.filter(([name]) => placeFor === workplace || name !== 'an approval was altered');
  test.each(cases)('%s', async (_name, rules, prepare, count, now) => {
    const place = await placeFor(rules);
    await prepare(place);
    const before = await judge(place, now);
    expect(before.verdict).toBe('failed');
    expect(before.text).toContain('to make it pass');
    expect(before.steps, JSON.stringify(before.steps, null, 1)).toHaveLength(count);
    for (const step of before.steps) {
      expect(before.text).toContain(step.command);
      await follow(place, step, now);
    }
    const { verdict, text } = await judge(place, now);
    expect(verdict, text).toBe('passed');
  });
});

test('of a file whose data was replaced each stage approves anew, and native halves of old approvals go', async () => {
  const place = await workplace();
  await approveAll(place);
  await alter(place, ({ dataType }) => dataType === DATA_TYPE.partition);
  const { steps, text } = await judge(place, NOW);
  expect(steps, text).toHaveLength(3);
  for (const step of steps) await follow(place, step, NOW);
  expect((await judge(place, NOW)).verdict).toBe('passed');
});

test('what no step can bring is said', async () => {
  const place = await workplace();
  const more = 'deny: [{ principal: pat, reason: has left }]';
  await writeFile(join(place.folder, 'policy.yaml'), policyText({ more }));
  const { steps, text } = await judge(place, NOW);
  expect(steps).toEqual([]);
  expect(text).toContain('no step makes it pass');
  expect(text).toMatch(/stage production needs 1 of pat, and nobody can approve it .*; pat: .*has left/);
});

test('of an overlay that was changed, or added and not approved, each step is a line as well', async () => {
  const place = await workplace();
  const path = join(place.folder, 'a.sif');
  const policy = policyText({}).replace(/^stages:[\s\S]*/m, () => {
    const stages = [
      '{ name: author, approvers: ada, objects: base }',
      '{ name: overlay, approvers: [amy, ada], objects: overlays }',
    ];
    return `stages: [${stages.join(', ')}]\n`;
  });
  await writeFile(join(place.folder, 'policy.yaml'), policy);
  await approve(place, 'author', 'ada');
  await addTo(path, partition('overlay', 2));
  const added = await judge(place, NOW);
  expect(added.steps).toHaveLength(1);
  for (const step of added.steps) await follow(place, step, NOW);
  expect((await judge(place, NOW)).verdict).toBe('passed');
  await alter(place, ({ group }) => group === 2);
  const changed = await judge(place, NOW);
  expect(changed.verdict).toBe('failed');
  expect(changed.steps.map(({ command }) => command)).toEqual([expect.stringContaining('--replace')]);
  for (const step of changed.steps) await follow(place, step, NOW);
  const { verdict, text } = await judge(place, NOW);
  expect(verdict, text).toBe('passed');
});

test('in a job the steps are steps of a workflow', async () => {
  const place = await registryPlace({ requires: 'requires: [{ evidence: sbom, signedBy: ci }]' });
  const { steps } = await judge(place, NOW, 'actions');
  expect(steps.map(({ command }) => command)).toEqual([
    expect.stringMatching(/^- \{ uses: OWNER\/countersign\/actions\/sign-stage@COMMIT, with: \{ stage: author, /),
    expect.stringContaining('/scan-attest@'),
    expect.stringContaining('stage: security'),
    expect.stringContaining('key: "${{ secrets.SIGNING_KEY }}"'),
  ]);
  for (const step of steps) await follow(place, step, NOW);
  expect((await judge(place, NOW)).verdict).toBe('passed');
});

test('of a signed policy with profiles the lines choose the profile, and require the signature', async () => {
  const place = await workplace();
  const path = join(place.folder, 'policy.yaml');
  const inProfile = (stages: string) => `profiles:\n  all:\n${stages.replaceAll(/^/gm, '    ')}`;
  await writeFile(
    path,
    policyText({})
      .trim()
      .replace(/^stages:[\s\S]*/m, inProfile),
  );
  await using host = new FakeHost({ cwd: place.folder, now: NOW });
  await runCommand(policyCommand, { task: 'sign\npolicy.yaml', ...keyOf('ci') }, host);
  const chosen = { profile: 'all', 'require-signed-policy': 'ci.pub' };
  const judged = async () => (await call(verifyAll, place, chosen)).json;
  const json = await judged();
  const [{ next }] = Reflect.get(json instanceof Object ? json : {}, 'images');
  expect(next).toHaveLength(3);
  for (const step of next) await follow(place, step, NOW);
  expect(await judged()).toMatchObject({ verdict: 'passed' });
  await writeFile(path, `${await readFile(path, 'utf8')}# altered\n`);
  await expect(follow(place, next[0], NOW)).rejects.toThrow('altered');
});

test('hostile names of files stay one word of the line', async () => {
  const place = { ...(await workplace()), image: "$(touch x) '${{ github.token }}'.sif" };
  await copyFile(join(place.folder, 'a.sif'), join(place.folder, place.image));
  const [line] = (await judge(place, NOW)).steps;
  expect(shellWords(line?.command ?? '').at(-1)).toBe(place.image);
  const [step] = (await judge(place, NOW, 'actions')).steps;
  expect(step?.command).not.toContain('${{ github');
  await follow(place, line ?? { who: [], command: '' }, NOW);
});

test('an expired certificate is told as that, first', async () => {
  const place = await workplace();
  await approveAll(place);
  const { text } = await judge(place, MUCH_LATER);
  expect(text).toMatch(
    /✗ security +stage security was approved by sam at object \d+, .*expired.* \[APPROVAL_SIGNER_ENDED\]/,
  );
  expect(text).not.toContain('restore');
  expect(text).not.toContain('missing');
});

test('sign-stage says who has approved and who can give the other approval', async () => {
  const place = await workplace({ authors: 2 });
  const first = await call(signStage, place, { stage: 'author', ...keyOf('ada') });
  expect(first.text).toContain('approved by ada, 1 of 2; amy can give the other');
  const second = await call(signStage, place, { stage: 'author', ...keyOf('amy') });
  expect(second.text).toContain('approved by ada, amy, 2 of 2\n');
});

test('sign-stage names who of a team can give the other approval', async () => {
  const place = await workplace();
  const text = `version: 1
name: test
principals: { amy: { key: amy.pub }, sue: { key: sue.pub }, pat: { key: pat.pub } }
teams: { security: [amy, sue], leads: [pat, amy] }
stages: [{ name: security, approvers: { security: 2, leads: 1 } }]
`;
  await writeFile(join(place.folder, 'policy.yaml'), text);
  const first = await call(signStage, place, { stage: 'security', ...keyOf('sue') });
  expect(first.text).toContain('approved by sue, 1 of 3; amy or pat can give one more');
  const second = await call(signStage, place, { stage: 'security', ...keyOf('pat') });
  expect(second.text).toContain('approved by sue, pat, 2 of 3; amy can give the other');
});
