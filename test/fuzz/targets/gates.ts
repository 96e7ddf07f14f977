// SPDX-License-Identifier: Apache-2.0
// Configuration of other gates, archives of policies, and policies of several files. What is read can be written and read
// again; an archive is taken only as it was signed.

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { equalBytes, utf8 } from '../../../src/base/bytes.ts';
import { CountersignError } from '../../../src/base/errors.ts';
import { readContainersPolicy } from '../../../src/gates/containers/policy-json.ts';
import { readRegistries, writeRegistries } from '../../../src/gates/containers/registries.ts';
import { readList, writeList } from '../../../src/gates/ecl/toml.ts';
import { decodeArchive, encodeArchive } from '../../../src/gates/trust-bundle/archive.ts';
import { bundleFiles, encodeTrustBundle, openTrustBundle } from '../../../src/gates/trust-bundle/trust-bundle.ts';
import { composePolicy } from '../../../src/policy/compose/compose.ts';
import { parseDocument } from '../../../src/policy/document/document.ts';
import { type LoadedPolicy, loadPolicy } from '../../../src/policy/document/load.ts';
import { judgeTrusting, keyPerson, NOW, type Person } from '../../support/layers.ts';
import { Breach, type Target } from '../engine.ts';
import { filesBelow, STATEMENT_WORDS } from '../seeds.ts';

const LIST_WORDS = [
  ...'activated legacyinsecure execgroup tagname mode dirpath keyfp whitelist whitestrict blacklist true false'.split(
    ' ',
  ),
  '[[execgroup]]',
  '[execgroup]',
  '"""',
  "'''",
  '\\u0041',
  'execgroup = [{}]',
  '1979-05-27T07:32:00Z',
];

/** Execution control lists. */
export const executionListTarget: Target = {
  name: 'execution-list',
  async prepare() {
    return {
      seeds: await filesBelow('gates', '.toml'),
      words: LIST_WORDS,
      check(bytes) {
        const list = readList(bytes, 'ecl.toml');
        const again = readList(utf8(writeList(list, [])), 'again.toml');
        if (JSON.stringify(again) !== JSON.stringify(list)) throw new Breach('written anew it is another one');
        return list.activated ? 'activated' : 'not activated';
      },
    };
  },
};

const CONTAINERS_WORDS = [
  ...'default transports docker atomic docker-daemon type reject insecureAcceptAnything signedBy sigstoreSigned'.split(
    ' ',
  ),
  ...'keyType GPGKeys keyPath keyPaths keyData signedIdentity matchRepoDigestOrExact exactRepository prefix'.split(' '),
  ...'signedPrefix fulcio caPath oidcIssuer subjectEmail rekorPublicKeyPath pki remapIdentity'.split(' '),
];
const REGISTRIES = [
  writeRegistries(['registry.example.org', 'registry.example.org/team/app'], 'file:///srv/signatures'),
  'default-docker:\n  sigstore: file:///a\n  sigstore-staging: file:///b\ndocker:\n  x: { use-sigstore-attachments: false }\n',
];

/** policy.json and registries.d of podman. */
export const containersTarget: Target = {
  name: 'containers-gate',
  async prepare() {
    const policies = await filesBelow('gates', '.json');
    return {
      seeds: [...policies, ...REGISTRIES.map(utf8)],
      words: [...CONTAINERS_WORDS, 'lookaside', 'lookaside-staging', 'default-docker:', '&a', '*a', '<<: *a', '!!str'],
      async check(bytes, seed) {
        if (seed >= policies.length) {
          const text = Buffer.from(bytes).toString('utf8');
          const { places } = await readRegistries(new Map([['a.yaml', text]]));
          return `${places.size > 0} places`;
        }
        const { transports } = readContainersPolicy(bytes, 'policy.json');
        const other: unknown = Object(JSON.parse(Buffer.from(bytes).toString('utf8')));
        const named = Object.keys(Object(Reflect.get(Object(other), 'transports')));
        if (named.some((name) => !transports.has(name))) throw new Breach('a transport that others read is lost');
        return 'read';
      },
    };
  },
};

/** Signed archives of a policy, and what else calls itself one. */
export const archiveTarget: Target = {
  name: 'trust-bundle',
  async prepare() {
    const [packer, alice] = [await keyPerson('packer'), await keyPerson('alice')];
    const policy = await storedPolicy(alice);
    const archive = await encodeTrustBundle(policy, await bundleFiles(policy), { signer: packer.signer, now: NOW });
    const whole = decodeArchive(archive);
    const { verifier } = await judgeTrusting([packer]);
    const inside = whole.map(({ bytes }) => bytes);
    await openTrustBundle(archive, { verifier, now: NOW });
    return {
      seeds: [archive, ...inside],
      words: ['ustar', '../x', '/x', 'a/../b', '\0', '00000000001\0', 'policy.yaml', ...STATEMENT_WORDS],
      async check(damaged, seed) {
        // One of the files, where not the archive itself.
        const bytes =
          seed === 0
            ? damaged
            : encodeArchive(whole.map((file, index) => (index === seed - 1 ? { ...file, bytes: damaged } : file)));
        const files = decodeArchive(bytes);
        if (files.some(({ name }) => name.startsWith('/') || name.split('/').includes('..')))
          throw new Breach('a name that leads out of the folder');
        const opened = await openTrustBundle(bytes, { verifier, now: NOW }).catch((error: unknown) => {
          if (error instanceof CountersignError) return undefined;
          throw error;
        });
        if (!opened) return 'an archive of something else';
        const same = opened.files.every((file, index) => {
          const known = whole[index + 1];
          return known?.name === file.name && equalBytes(known.bytes, file.bytes);
        });
        if (!same || opened.files.length !== whole.length - 1) throw new Breach('other files than were signed');
        return 'opened';
      },
    };
  },
};

async function storedPolicy({ name, publicKey }: Person): Promise<LoadedPolicy> {
  const folder = await mkdtemp(join(tmpdir(), 'countersign-fuzz-'));
  try {
    await writeFile(join(folder, `${name}.pub`), publicKey);
    const path = join(folder, 'policy.yaml');
    const stages = `stages: [{ name: author, approvers: ${name} }]`;
    await writeFile(path, `version: 1\nname: p\nprincipals: { ${name}: { key: ${name}.pub } }\n${stages}\n`);
    return await loadPolicy(path);
  } finally {
    await rm(folder, { recursive: true });
  }
}

const HEAD = 'version: 1\nname: top\nextends: base.yaml\n';
const BASE = `version: 1
name: base
extends: root.yaml
principals: { alice: { key: a.pub }, bob: { key: b.pub } }
profiles:
  strict: { replaces: stages, stages: [{ name: author, approvers: [alice, bob], threshold: 2 }] }
`;
const ROOT = 'version: 1\nname: root\nstages:\n  - { name: author, approvers: alice }\n';

/** Policies of several files, one of which is damaged. */
export const extendedPolicyTarget: Target = {
  name: 'extended-policy',
  async prepare() {
    const texts = [HEAD, BASE, ROOT].map(utf8);
    const asFirst = (bytes: Uint8Array) => {
      const path = '/p/top.yaml';
      return { path, name: undefined, bytes, node: parseDocument(bytes, path) };
    };
    await composePolicy(asFirst(utf8(HEAD)), {
      folder: '/p',
      profile: 'strict',
      read: async ({ path }) => utf8(path.endsWith('base.yaml') ? BASE : ROOT),
    });
    return {
      seeds: texts,
      words: [
        'extends:',
        'profiles:',
        'replaces:',
        'base.yaml',
        'root.yaml',
        './base.yaml',
        '../x',
        'strict:',
        '&a *a',
      ],
      async check(bytes, seed) {
        const [top = bytes, base = bytes, root = bytes] = texts.with(seed, bytes);
        let reads = 0;
        const read = async ({ path }: { readonly path: string }): Promise<Uint8Array> => {
          reads += 1;
          if (reads > 100) throw new Breach('it extends without end');
          return basename(path) === 'base.yaml' ? base : root;
        };
        const compose = () => composePolicy(asFirst(top), { folder: '/p', profile: 'strict', read });
        const [first, second] = [await compose(), await compose()];
        if (first.digest !== second.digest) throw new Breach('read anew it is another one');
        return `${first.files.length} files`;
      },
    };
  },
};

/** What a reader says, or the code with which it refuses. */
export function answerOf(read: () => unknown): string {
  try {
    read();
    return 'read';
  } catch (error) {
    if (error instanceof CountersignError) return error.code;
    throw error;
  }
}
