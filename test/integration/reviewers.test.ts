// SPDX-License-Identifier: Apache-2.0
// The human who released a job into its environment: asked of a platform on loopback, signed along, shown, and counted as
// the person whom the policy knows by other keys.

import { createPublicKey } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { CountersignError } from '../../src/base/errors.ts';
import { command as signStage } from '../../src/commands/sign-stage/sign-stage.ts';
import { command as verifyAll } from '../../src/commands/verify-all/verify-all.ts';
import { Secret } from '../../src/base/secret.ts';
import { readSigningConfig } from '../../src/crypto/sigstore/sign/instance.ts';
import { createKeylessSigner } from '../../src/crypto/sigstore/sign/signer.ts';
import { proxyFromEnv } from '../../src/net/connect.ts';
import { createHttpClient } from '../../src/net/http.ts';
import { loadPolicy } from '../../src/policy/document/load.ts';
import { sifFileTarget } from '../../src/stage/sif-target.ts';
import { signStage as approve } from '../../src/stage/stage.ts';
import { FakeHost } from '../support/fake-host.ts';
import { newKey, runCommand } from '../support/run-command.ts';
import { typicalSif } from '../support/sif-builder.ts';
import { judgeBy, pgpPerson, stageRequest, x509Person } from '../support/layers.ts';
import { JOB, SigstoreInstance } from '../support/sigstore.ts';
import { temporaryFolder } from '../support/temporary.ts';

interface Platform {
  /** Rules of the environment. */
  rules: unknown;
  history: unknown;
  status: number;
  readonly asked: IncomingMessage[];
  readonly address: string;
}

const CAROL = { login: 'carol', id: 31 };
const REQUIRED = { protection_rules: [{ type: 'required_reviewers', reviewers: [{ type: 'User', reviewer: CAROL }] }] };

function released(by: object, environment = 'production', state = 'approved') {
  return { state, comment: 'change 17 <b>\u001b[31m', environments: [{ id: 1, name: environment }], user: by };
}

async function platform(): Promise<Platform> {
  const found: Platform = { rules: REQUIRED, history: [released(CAROL)], status: 200, asked: [], address: '' };
  const server = createServer((request, response) => {
    found.asked.push(request);
    response.writeHead(found.status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(request.url?.endsWith('/approvals') ? found.history : found.rules));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const address = server.address();
  return Object.assign(found, {
    address: `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`,
  });
}

async function place(stages = '  - { name: production, approvers: prod, reviewed: true }', more = '') {
  const folder = await temporaryFolder();
  const instance = await SigstoreInstance.start();
  onTestFinished(() => instance[Symbol.asyncDispose]());
  const api = await platform();
  const key = newKey();
  await writeFile(join(folder, 'carol.key'), key, { mode: 0o600 });
  await writeFile(join(folder, 'carol.pub'), createPublicKey(key).export({ type: 'spki', format: 'pem' }));
  await writeFile(join(folder, 'root.json'), instance.trustedRoot());
  await writeFile(join(folder, 'config.json'), instance.signingConfig());
  await writeFile(join(folder, 'app.sif'), typicalSif().bytes());
  await writeFile(
    join(folder, 'policy.yaml'),
    `version: 1
name: test
trust: { sigstore: { root: root.json, sct: 0 } }
principals:
  prod: { github: { repository: acme/app, environment: production, issuer: "${instance.issuer}" } }
  carol: { key: carol.pub, github-user: "31" }
stages:
${stages}
${more}`,
  );
  const job = { GITHUB_API_URL: api.address, GITHUB_REPOSITORY: 'acme/app', GITHUB_RUN_ID: '77' };
  const sign = async (texts: Readonly<Record<string, string>> = {}) => {
    const env = { SIGSTORE_ID_TOKEN: instance.token(), COUNTERSIGN_REVIEW_TOKEN: 'ghs_review', ...job };
    await using host = new FakeHost({ cwd: folder, now: new Date(), env });
    await writeFile(join(folder, 'review.token'), 'ghs_review\n', { mode: 0o600 });
    const given = {
      'subject-path': 'app.sif',
      stage: 'production',
      'signing-method': 'sigstore',
      'sigstore-instance': 'config.json',
      'policy-path': 'policy.yaml',
      'review-token-path': 'review.token',
      ...texts,
    };
    await runCommand(signStage, Object.fromEntries(Object.entries(given).filter(([, text]) => text !== '')), host);
  };
  const verify = async (kind?: 'actions') => {
    await using host = new FakeHost({ cwd: folder, now: new Date(), ...(kind ? { kind } : {}) });
    const result = await runCommand(verifyAll, { 'subject-path': 'app.sif', 'policy-path': 'policy.yaml' }, host);
    return { verdict: result.outputs['verdict'], text: result.text, json: JSON.stringify(result.json) };
  };
  return { folder, instance, api, sign, verify };
}

async function codeOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
  } catch (error) {
    if (error instanceof CountersignError) return error.code;
    throw error;
  }
  return 'none';
}

test('whoever released the job is in the approval and in the report, with their comment', async () => {
  const { api, sign, verify } = await place();
  await sign();
  expect(api.asked.map(({ url }) => url)).toEqual([
    '/repos/acme/app/environments/production',
    '/repos/acme/app/actions/runs/77/approvals',
  ]);
  expect(api.asked[0]?.headers.authorization).toBe('Bearer ghs_review');
  const { verdict, text, json } = await verify();
  expect(verdict).toBe('passed');
  expect(text).toContain('released by carol (31), as the platform told the job');
  expect(text).toContain('change 17');
  expect(text).not.toContain('\u001b');
  expect(json).toContain('"reviewers":[{"login":"carol","id":"31"}]');
  expect(json).not.toContain('ghs_review');
});

test.each<readonly [about: string, code: string, change: (api: Platform) => void]>([
  [
    'an environment that is not protected',
    'REVIEW_ENVIRONMENT_OPEN',
    (api) => Object.assign(api, { rules: { protection_rules: [] } }),
  ],
  [
    'rules of another kind',
    'REVIEW_ENVIRONMENT_OPEN',
    (api) => Object.assign(api, { rules: { protection_rules: [{ type: 'wait_timer' }] } }),
  ],
  ['a run that nobody released', 'REVIEW_MISSING', (api) => Object.assign(api, { history: [] })],
  [
    'a release that was refused',
    'REVIEW_MISSING',
    (api) => Object.assign(api, { history: [released(CAROL, 'production', 'rejected')] }),
  ],
  [
    'a release into another environment',
    'REVIEW_MISSING',
    (api) => Object.assign(api, { history: [released(CAROL, 'staging')] }),
  ],
  ['a token that may not ask', 'REVIEW_UNREADABLE', (api) => Object.assign(api, { status: 403 })],
])('%s is refused, and nothing is stored', async (_about, code, change) => {
  const { folder, api, sign } = await place();
  change(api);
  const before = await readFile(join(folder, 'app.sif'));
  expect(await codeOf(sign())).toBe(code);
  expect((await readFile(join(folder, 'app.sif'))).equals(before)).toBe(true);
});

test('without a token a stage that must be reviewed is not signed', async () => {
  const { sign } = await place();
  expect(await codeOf(sign({ 'review-token-path': '' }))).toBe('REVIEW_MISSING');
});

test('the next step of a stage that must be reviewed gives the token that this takes', async () => {
  const { verify } = await place();
  expect((await verify()).text).toContain('--signing-method sigstore --review-token-path TOKEN ');
  const step = 'signing-method: sigstore, review-token: "${{ github.token }}", ';
  expect((await verify('actions')).text).toContain(step);
});

test('an approval without reviewer does not count where the policy came to ask for one', async () => {
  const { folder, sign, verify } = await place('  - { name: production, approvers: prod }');
  await sign({ 'review-token-path': '' });
  expect((await verify()).verdict).toBe('passed');
  const policy = await readFile(join(folder, 'policy.yaml'), 'utf8');
  await writeFile(
    join(folder, 'policy.yaml'),
    policy.replace('approvers: prod }', 'approvers: prod, reviewed: true }'),
  );
  const { verdict, json } = await verify();
  expect(verdict).toBe('failed');
  expect(json).toContain('APPROVAL_NOT_REVIEWED');
});

describe('a job whose certificate names no environment', () => {
  const { environment: _none, ...job } = JOB;

  async function outside() {
    const found = await place('  - { name: production, approvers: prod }');
    found.instance.job = job;
    const path = join(found.folder, 'policy.yaml');
    const policy = (await readFile(path, 'utf8')).replace(', environment: production', '');
    await writeFile(path, policy);
    const ask = () => writeFile(path, policy.replace('approvers: prod }', 'approvers: prod, reviewed: true }'));
    return { ...found, path, ask };
  }

  test('is told before it signs that no reviewer can count', async () => {
    const { ask, sign } = await outside();
    await ask();
    expect(await codeOf(sign({ environment: 'production' }))).toBe('REVIEW_MISSING');
  });

  test.each([{ reviewers: 'carol:31' }, { reviewers: 'carol:31', reviewedEnvironment: 'production' }])(
    'cannot say who released it: %j',
    async (run) => {
      const { folder, instance, path, ask, verify } = await outside();
      const now = new Date();
      const services = readSigningConfig(await readFile(join(folder, 'config.json')), now);
      const { trust } = await loadPolicy(path);
      const token = async () => new Secret(instance.token());
      const http = createHttpClient({ proxy: proxyFromEnv({}) });
      const signer = await createKeylessSigner({
        services,
        token,
        trust: trust.sigstore,
        http,
        witnesses: http,
        now: () => now,
        retries: 0,
      });
      const judge = await judgeBy(await loadPolicy(path), now);
      await approve(
        sifFileTarget(join(folder, 'app.sif')),
        judge,
        stageRequest(signer, 'production', now, { native: 'none', run }),
      );
      expect((await verify()).verdict).toBe('passed');
      await ask();
      const { verdict, json } = await verify();
      expect(verdict).toBe('failed');
      expect(json).toContain('APPROVAL_NOT_REVIEWED');
    },
  );
});

test('whoever is called by the number of another is somebody else', async () => {
  const stages = '  - { name: author, approvers: carol }\n  - { name: production, approvers: prod }';
  const { api, sign, verify } = await place(stages, 'distinct: [[author, production]]\n');
  api.history = [released({ login: '31', id: 32 })];
  await sign({
    stage: 'author',
    'signing-method': 'key',
    'key-path': 'carol.key',
    'sigstore-instance': '',
    'review-token-path': '',
  });
  await sign();
  expect((await verify()).verdict).toBe('passed');
});

const BY_HAND = {
  key: { 'signing-method': 'key', 'key-path': 'carol.key' },
  pgp: { 'signing-method': 'pgp', 'key-path': 'carol.asc' },
  x509: {
    'signing-method': 'x509',
    'key-path': 'carol.pem',
    'certificate-path': 'carol.crt',
    'certificate-chain-path': 'chain.crt',
  },
} as const;

/** Author by a key of carol's, which the policy knows of all kinds, and production by a job. */
async function twoStages() {
  const stages = '  - { name: author, approvers: carol }\n  - { name: production, approvers: prod }';
  const one = await place(stages, 'distinct: [[author, production]]\n');
  const { folder } = one;
  const [pgp, certified] = [await pgpPerson('carol', new Date()), await x509Person('carol', new Date())];
  const { certificate = '', intermediates = '' } = certified;
  const files = {
    'carol.asc': pgp.privateKey,
    'ring.asc': pgp.publicKey,
    'carol.pem': certified.privateKey,
    'carol.crt': certificate,
    'chain.crt': intermediates,
    'ca.crt': certified.publicKey,
  };
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text, { mode: 0o600 });
  const { identity } = pgp.signer;
  const fingerprint = identity.method === 'pgp' ? identity.fingerprint : '';
  const path = join(folder, 'policy.yaml');
  const keys = `pgp: ${fingerprint}, x509: { anchors: ca.crt, san: "email:carol@example.org" }`;
  const policy = (await readFile(path, 'utf8'))
    .replace('carol: {', `carol: { ${keys},`)
    .replace('trust: {', 'trust: { keyrings: ring.asc,');
  await writeFile(path, policy);
  return one;
}

describe('distinct finds the person behind an approval', () => {
  test.each(Object.entries(BY_HAND))('by %s in whoever released the job', async (_method, by) => {
    const first = { stage: 'author', 'sigstore-instance': '', 'review-token-path': '', ...by };
    const one = await twoStages();
    await one.sign(first);
    expect(await codeOf(one.sign())).toBe('STAGE_SELF_CHECK_FAILED');
    const two = await twoStages();
    two.api.history = [released({ login: 'dave', id: 32 })];
    await two.sign(first);
    await two.sign();
    expect((await two.verify()).verdict).toBe('passed');
  });
});
