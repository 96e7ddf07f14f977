// SPDX-License-Identifier: Apache-2.0
// How credentials end, as docs/endings.md has it in tables: what ends, where in the chain, and what proves that the approval is
// older. OpenSSL and GnuPG make keys, certificates, lists and revocations. OpenSSL judges every chain and timestamp, now and at
// the time of the approval; GnuPG and Apptainer judge the OpenPGP keys.

import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { toSecond } from '../../src/base/text.ts';
import { Secret } from '../../src/base/secret.ts';
import { createSigner } from '../../src/crypto/signer.ts';
import { parseCertificate } from '../../src/crypto/x509/certificate.ts';
import { crlObject } from '../../src/image/carried-crls.ts';
import { appendObjects } from '../../src/sif/edit/append.ts';
import { apptainerKeyring } from '../support/apptainer.ts';
import {
  authorityOf,
  BETWEEN,
  cellsOf,
  certified,
  type Chain,
  chainIn,
  day,
  derOf,
  EARLIER,
  type Lists,
  listsOf,
  MADE,
  NOW,
  opensslBelieves,
  PLACES,
  SIGNED,
  SINCE,
  STAGES,
  tableOf,
  threeWays,
  type Where,
} from '../support/endings.ts';
import { GPG_REASON, GpgHome } from '../support/gpg.ts';
import { keyPerson, type Person, policyFor } from '../support/layers.ts';
import { type OpensslRevocation, OpensslParty } from '../support/openssl-ca.ts';
import { hasPeers, runPeer } from '../support/peers.ts';
import type { TimestampAuthority } from '../support/timestamp-authority.ts';

const SIGNER = 'keyUsage=critical,digitalSignature\nextendedKeyUsage=codeSigning\nsubjectAltName=email:ada@example.org';
const TSA = 'keyUsage=critical,digitalSignature\nextendedKeyUsage=critical,timeStamping';
const WAYS = ['no proof', 'own timestamp', "later approval's"];
const page = `${await readFile(new URL('../../docs/endings.md', import.meta.url), 'utf8')}\n`;

let folder = '';
let zoe: Person;
let good: Chain;
let clock: { readonly chain: Chain; readonly tsa: TimestampAuthority; readonly lists: readonly string[] };

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'countersign-test-'));
  zoe = await keyPerson('zoe', 'p256');
  good = await chainIn(folder, { leaf: SIGNER });
  const chain = await chainIn(folder, { leaf: TSA, name: 'time-' });
  clock = { chain, tsa: await authorityOf(chain), lists: await listsOf(chain) };
  return () => rm(folder, { recursive: true });
});

async function policyOf(ada: Person, more: Parameters<typeof policyFor>[2] = {}) {
  return policyFor([ada, zoe], STAGES, { timestamps: await clock.chain.anchor.pem(), ...more });
}

async function imagesBy(ada: Person, tsa = clock.tsa, more: Parameters<typeof policyFor>[2] = {}) {
  return threeWays(folder, { policy: await policyOf(ada, more), ada, zoe, tsa });
}

describe.skipIf(!hasPeers('openssl'))('X.509 (skipped without openssl)', () => {
  const rows: string[][] = [];

  async function row(
    [what, where]: readonly [string, Where],
    paths: readonly string[],
    { chain = good, ada, lists, deny, asked = true }: Row,
  ) {
    const policy = await policyOf(ada, deny === undefined ? {} : { deny });
    const cells = (await cellsOf(paths, { policy, lists: [...lists, ...clock.lists] })).map(({ cell }) => cell);
    const anchor = { pem: async () => ada.publicKey };
    const opinions = [];
    for (const at of asked ? [NOW, SIGNED] : [])
      opinions.push((await chain.leaf.verdict(lists, at, [anchor])) === 'OK' ? 'accepts' : 'refuses');
    // Never more lenient than OpenSSL is now without proof, and at the time of the approval with it.
    const [none, own, later] = cells;
    if (opinions[0] === 'refuses') expect(none, what).not.toBe('counts');
    if (opinions[1] === 'refuses') expect([own, later], what).not.toContain('counts');
    rows.push([what, where, ...cells, ...(asked ? opinions : ['–', '–'])]);
  }

  interface Row {
    readonly chain?: Chain;
    readonly ada: Person;
    readonly lists: readonly string[];
    readonly deny?: string;
    readonly asked?: boolean;
  }

  test('as documented', async () => {
    const ada = await certified(good);
    const paths = await imagesBy(ada);
    const lists = await listsOf(good);
    for (const where of PLACES) await row(['valid', where], paths, { ada, lists });
    for (const where of PLACES) {
      const chain = await chainIn(folder, { leaf: SIGNER, where, until: BETWEEN });
      const person = await certified(chain);
      await row(['expired', where], await imagesBy(person), { chain, ada: person, lists: await listsOf(chain) });
    }
    const revocations: readonly [string, Omit<OpensslRevocation, 'of'>][] = [
      ['revoked before the approval', { at: EARLIER }],
      ['revoked after it', { at: BETWEEN }],
      ['superseded after it', { at: BETWEEN, reason: 'superseded' }],
      ['revoked after it, invalid since before', { at: BETWEEN, compromisedAt: EARLIER }],
      ['revoked after it, invalid since after', { at: BETWEEN, compromisedAt: SINCE }],
      ['compromised, the list says not since when', { at: BETWEEN, reason: 'keyCompromise' }],
    ];
    for (const [what, entry] of revocations)
      for (const where of PLACES)
        await row([what, where], paths, {
          ada,
          lists: await listsOf(good, { revoked: [{ of: good[where], ...entry }] }),
        });
    for (const [what, since] of [
      ['compromised since before, says the policy', EARLIER],
      ['compromised since after, says the policy', SINCE],
    ] as const)
      for (const where of PLACES) {
        const { hint } = parseCertificate(derOf(await good[where].pem()));
        const deny = `{ key: "${hint}", since: "${toSecond(since)}", reason: stolen }`;
        await row([what, where], paths, { ada, lists, deny, asked: false });
      }
    await strangers(ada, paths);
    for (const where of PLACES) {
      const chain = await chainIn(folder, { leaf: SIGNER, where, usage: 'serverAuth' });
      const person = await certified(chain);
      // OpenSSL 3.0 has no purpose of code signing.
      const more = { chain, ada: person, lists: await listsOf(chain), asked: false };
      await row(['for another purpose', where], await imagesBy(person), more);
    }
    for (const [what, silent] of [
      ['its list is stale', (where: Where): Lists => ({ stale: where })],
      ['its list is missing', (where: Where): Lists => ({ missing: where })],
    ] as const)
      for (const where of PLACES) await row([what, where], paths, { ada, lists: await listsOf(good, silent(where)) });
    expect(page).toContain(
      `${tableOf(['certificate', 'which', ...WAYS, '`openssl` now', '`openssl` then'], rows)}\n\n`,
    );
  });

  /** The leaf beside a CA that did not issue it, a CA below another root, a root that the policy does not have. */
  async function strangers(ada: Person, paths: readonly string[]) {
    const other = await chainIn(folder, { leaf: SIGNER });
    const lists = [...(await listsOf(good)), ...(await listsOf(other))];
    const leaf = await certified(good, other.intermediate);
    await row(['of an unknown issuer', 'leaf'], await imagesBy(leaf), {
      chain: { ...good, leaf: good.leaf.below(other.intermediate) },
      ada: { ...leaf, publicKey: await other.anchor.pem() },
      lists,
    });
    const root = await OpensslParty.create('root', folder);
    await row(['of an unknown issuer', 'intermediate'], paths, { ada: { ...ada, publicKey: await root.pem() }, lists });
    const stranger = await OpensslParty.create('stranger', folder);
    await row(['of an unknown issuer', 'anchor'], paths, { ada: { ...ada, publicKey: await stranger.pem() }, lists });
  }

  test('with `revocation: warn` silence alone fails nothing', async () => {
    const ada = await certified(good);
    const paths = await imagesBy(ada);
    const policy = await policyOf(ada);
    for (const silent of [{ stale: 'leaf' }, { missing: 'intermediate' }] as const) {
      const lists = [...(await listsOf(good, silent)), ...clock.lists];
      for (const { cell } of await cellsOf(paths, { policy, lists, revocation: 'warn' })) expect(cell).toBe('counts');
    }
  });
});

describe.skipIf(!hasPeers('openssl', 'gpg'))('timestamp authorities (skipped without openssl and gpg)', () => {
  const END = 'until: "2026-06-01"';
  let ended: readonly (readonly [Person, Parameters<typeof policyFor>[2], readonly string[]])[];

  beforeAll(async () => {
    const chain = await chainIn(folder, { leaf: SIGNER, where: 'leaf', until: BETWEEN });
    await using home = await GpgHome.create(MADE, { primary: 120 });
    ended = [
      [await personOf(home), {}, []],
      [await keyPerson('ada'), { windows: { ada: END } }, []],
      [await certified(chain), {}, await listsOf(chain)],
    ];
  });

  const rows: string[][] = [];

  async function row(
    [what, where]: readonly [string, Where],
    { chain, tsa, lists }: typeof clock,
    images: readonly (readonly string[])[],
  ) {
    const found = new Set<string>();
    for (const [index, [ada, more, own]] of ended.entries()) {
      const policy = await policyFor([ada, zoe], STAGES, { ...more, timestamps: await chain.anchor.pem() });
      const [none, ...proven] = await cellsOf(images[index] ?? [], { policy, lists: [...own, ...lists] });
      expect(none?.cell, what).not.toBe('counts');
      // In every format alike: it counts, or its key has ended and the timestamp is told to prove nothing.
      for (const { cell, time } of proven) expect(cell === 'counts', `${what} ${cell} ${time}`).toBe(time === 'proves');
      found.add(proven.map(({ time }) => time).join(' '));
    }
    expect([...found], what).toHaveLength(1);
    const [times = ''] = found;
    const opinions: string[] = [];
    for (const at of [NOW, SIGNED]) opinions.push(await opensslBelieves(chain, tsa, { at, lists }));
    if (opinions[1] === 'refuses') expect(times, what).not.toContain('proves');
    rows.push([what, where, ...times.split(' '), ...opinions]);
  }

  const stampedBy = (tsa: TimestampAuthority) => Promise.all(ended.map(([ada, more]) => imagesBy(ada, tsa, more)));

  test('as documented', { timeout: 600_000 }, async () => {
    const images = await stampedBy(clock.tsa);
    for (const where of PLACES) await row(['good', where], clock, images);
    for (const [what, wish] of [
      ['expired since', { until: BETWEEN }],
      ['had expired before', { until: day('02-25') }],
      ['for another purpose', { usage: 'serverAuth' }],
    ] as const)
      for (const where of PLACES) {
        const chain = await chainIn(folder, { leaf: TSA, name: 'time-', where, ...wish });
        const tsa = await authorityOf(chain);
        await row([what, where], { chain, tsa, lists: await listsOf(chain) }, await stampedBy(tsa));
      }
    for (const [what, entry] of [
      ['superseded before', { at: EARLIER, reason: 'superseded' }],
      ['superseded since', { at: BETWEEN, reason: 'superseded' }],
      ['revoked since without a reason', { at: BETWEEN }],
      ['compromised since', { at: BETWEEN, reason: 'keyCompromise' }],
      ['invalid since after the stamp', { at: BETWEEN, compromisedAt: SINCE }],
    ] as const)
      for (const where of PLACES) {
        const lists = await listsOf(clock.chain, { revoked: [{ of: clock.chain[where], ...entry }] });
        await row([what, where], { ...clock, lists }, images);
      }
    for (const silent of ['stale', 'missing'] as const)
      for (const where of PLACES) {
        const lists = await listsOf(clock.chain, { [silent]: where });
        await row([`its list is ${silent}`, where], { ...clock, lists }, images);
      }
    expect(page).toContain(
      `${tableOf(
        ['authority', 'which', 'own timestamp', "later approval's", '`openssl ts` now', '`openssl ts` then'],
        rows,
      )}\n\n`,
    );
  });
});

/** Our signer takes the primary key, as Apptainer does, unless that is kept elsewhere. */
async function personOf(home: GpgHome, part: 'primary' | 'subkey' = 'primary'): Promise<Person> {
  const what = part === 'primary' ? '--export-secret-keys' : '--export-secret-subkeys';
  const exported = await home.run(MADE, ['--armor', what, home.fingerprint]);
  const none = { passphrase: undefined, certificate: undefined, certificateChain: undefined };
  const signer = await createSigner({ method: 'pgp', key: new Secret(Buffer.from(exported)), ...none, now: SIGNED });
  return { name: 'ada', signer, privateKey: '', publicKey: await publicKeyOf(home) };
}

function publicKeyOf(home: GpgHome): Promise<string> {
  return home.run(NOW, ['--armor', '--export', home.fingerprint]);
}

describe.skipIf(!hasPeers('gpg', 'openssl', 'apptainer'))(
  'OpenPGP and bare keys (skipped without gpg, openssl and apptainer)',
  () => {
    type Part = 'primary' | 'subkey';
    const PARTS = ['primary', 'subkey'] as const;

    test('OpenPGP as documented', { timeout: 600_000 }, async () => {
      const rows: string[][] = [];
      const states: readonly [string, (home: GpgHome, part: Part) => Promise<unknown>][] = [
        ['valid', async () => undefined],
        ['expired', async () => undefined],
        ['retired before the approval', (home, part) => home.revoke(EARLIER, part, GPG_REASON.retired)],
        ['retired after it', (home, part) => home.revoke(BETWEEN, part, GPG_REASON.retired)],
        ['superseded after it', (home, part) => home.revoke(BETWEEN, part, GPG_REASON.superseded)],
        ['compromised', (home, part) => home.revoke(BETWEEN, part, GPG_REASON.compromised)],
        ['revoked without a reason', (home, part) => home.revoke(BETWEEN, part, GPG_REASON.none)],
        ['compromised since before, says the policy', async () => undefined],
        ['compromised since after, says the policy', async () => undefined],
        ['unknown', (home, part) => home.forget(part)],
        [
          'not for signing',
          (home, part) => home.edit(BETWEEN, `${part === 'subkey' ? 'key 1\n' : ''}change-usage\nS\nQ\nsave\n`),
        ],
      ];
      for (const [what, end] of states)
        for (const part of PARTS) {
          await using home = await GpgHome.create(MADE, what === 'expired' ? { [part]: 120 } : {});
          const ada = await personOf(home, part);
          const paths = await imagesBy(ada);
          await home.sign(SIGNED, Buffer.from('x'), part);
          await end(home, part);
          const publicKey = await publicKeyOf(home);
          const since = /since (before|after)/.exec(what)?.[1];
          const time = toSecond(since === 'before' ? EARLIER : SINCE);
          const key = part === 'primary' ? home.fingerprint : home.subkey;
          const deny = since ? { deny: `{ key: ${key}, since: "${time}", reason: stolen }` } : {};
          const cells = (await cellsOf(paths, { policy: await policyOf({ ...ada, publicKey }, deny), lists: [] })).map(
            ({ cell }) => cell,
          );
          const opinions = since
            ? ['–', '–']
            : [word(await home.verdict(NOW)), await apptainerOn(paths[0] ?? '', publicKey)];
          rows.push([what, part, ...cells, ...opinions]);
        }
      expect(page).toContain(`${tableOf(['OpenPGP key', 'which', ...WAYS, '`gpg`', '`apptainer verify`'], rows)}\n\n`);
    });

    const word = (said: string) => (said === 'GOODSIG' ? 'accepts' : 'refuses');

    async function apptainerOn(path: string, publicKey: string): Promise<string> {
      const file = join(await mkdtemp(join(folder, 'key-')), 'key.asc');
      await writeFile(file, publicKey);
      const env = await apptainerKeyring(file);
      return (await runPeer('apptainer', ['verify', '--local', path], { env })).exitCode === 0 ? 'accepts' : 'refuses';
    }

    test('Apptainer passes over a list that travels along', async () => {
      await using home = await GpgHome.create(MADE);
      const [path = ''] = await imagesBy(await personOf(home));
      await appendObjects(path, [crlObject(derOf((await listsOf(good))[0] ?? ''))], { now: SIGNED });
      expect(await apptainerOn(path, await publicKeyOf(home))).toBe('accepts');
    });

    test('bare keys as documented', async () => {
      const ada = await keyPerson('ada');
      const paths = await imagesBy(ada);
      const rows: string[][] = [];
      const hint = ada.signer.identity.hint ?? '';
      const deny = (since: Date) => `{ key: "${hint}", since: "${toSecond(since)}", reason: stolen }`;
      const states: readonly [string, Person, Parameters<typeof policyFor>[2]][] = [
        ['valid', ada, {}],
        ['`until` has passed', ada, { windows: { ada: 'until: "2026-05-31"' } }],
        ['`until` had passed before', ada, { windows: { ada: 'until: "2026-02-25"' } }],
        ['`from` is later', ada, { windows: { ada: 'from: "2026-06-01"' } }],
        ['denied', ada, { deny: `{ key: "${hint}", reason: stolen }` }],
        ['compromised since before, says the policy', ada, { deny: deny(EARLIER) }],
        ['compromised since after, says the policy', ada, { deny: deny(SINCE) }],
        ['unknown', await keyPerson('ada'), {}],
      ];
      for (const [what, person, more] of states) {
        const found = await cellsOf(paths, { policy: await policyOf(person, more) });
        rows.push([what, 'key', ...found.map(({ cell }) => cell)]);
      }
      expect(page).toContain(`${tableOf(['bare key', 'which', ...WAYS], rows)}\n\n`);
    });
  },
);
