// SPDX-License-Identifier: Apache-2.0
// Bundles and statements: a damaged bundle is valid only over the very payload that was signed; an approver who signs a
// damaged approval gives it to nothing but the image that it names.

import { CountersignError } from '../../../src/base/errors.ts';
import { isJsonObject, type JsonValue, parseJson } from '../../../src/base/json.ts';
import { laneName } from '../../../src/image/sif/signature-objects.ts';
import { openBundle } from '../../../src/image/open-bundles.ts';
import { encodePae, parseBundle } from '../../../src/attest/bundle.ts';
import { encodeBundle } from '../../../src/attest/sign.ts';
import { isNativeDsse, parseForeignEnvelope, parseNativeDsse } from '../../../src/attest/native-dsse.ts';
import { parseSimpleSigning } from '../../../src/oci/cosign/cosign.ts';
import { equalBytes, utf8 } from '../../../src/base/bytes.ts';
import { IN_TOTO_PAYLOAD_TYPE, parseStatement } from '../../../src/attest/statement.ts';
import { NOW } from '../../support/layers.ts';
import { openSif, readObject } from '../../../src/sif/sif.ts';
import { memorySource } from '../../../src/sif/source.ts';
import { Breach, type Target } from '../engine.ts';
import { filesBelow, STATEMENT_WORDS } from '../seeds.ts';
import { type Crew, crewOf, signedImages, verdictOf } from './images.ts';
import { withData } from '../sif.ts';

/** A bundle in the lane of an image. */
interface InLane {
  readonly id: number;
  readonly bundle: Uint8Array;
  readonly payload: Uint8Array;
  readonly stage: string;
}

async function bundlesIn(image: Uint8Array): Promise<readonly InLane[]> {
  const opened = await openSif(memorySource(image, 'image.sif'));
  const found: InLane[] = [];
  for (const object of opened.objects) {
    const bundle = await readObject(opened, object, 1 << 20);
    if (!object.name.startsWith('countersign/')) continue;
    const [, kind, label = ''] = object.name.split('/');
    const stage = kind === 'approval' ? label : '';
    found.push({ id: object.id, bundle, payload: parseBundle(bundle).envelope.payload, stage });
  }
  return found;
}

async function crewAndImage(): Promise<{ crew: Crew; image: Uint8Array; lane: readonly InLane[] }> {
  const crew = await crewOf();
  const image = (await signedImages(crew, 7, 3)).at(-1) ?? new Uint8Array();
  return { crew, image, lane: await bundlesIn(image) };
}

/** Bundles of ours and of cosign. */
export const bundleTarget: Target = {
  name: 'bundle',
  async prepare() {
    const { crew, lane } = await crewAndImage();
    const payloads = lane.map(({ payload }) => payload);
    const foreign = (await filesBelow('oci/store', '')).filter((bytes) => Buffer.from(bytes).includes('dsseEnvelope'));
    return {
      seeds: [...lane.map(({ bundle }) => bundle), ...foreign],
      words: STATEMENT_WORDS,
      async check(bytes) {
        const found = { place: { in: 'sif', object: 1 }, bytes } as const;
        const opened = await openBundle(found, crew.judge.verifier, NOW);
        if ('problem' in opened) return opened.problem.code;
        const { payload, payloadType, signature } = opened.bundle.envelope;
        if (opened.check.status === 'valid' && !payloads.some((known) => equalBytes(known, payload)))
          throw new Breach('a payload that nobody signed has a valid signature');
        const again = parseBundle(encodeBundle({ material: opened.bundle.material, payloadType, payload, signature }));
        if (again.payloadDigest !== opened.bundle.payloadDigest) throw new Breach('written anew it is another one');
        return opened.check.status;
      },
    };
  },
};

/** Statements that an approver signs, whatever is in them. */
export const signedStatementTarget: Target = {
  name: 'signed-statement',
  async prepare() {
    const { crew, image, lane } = await crewAndImage();
    const approvals = lane.filter(({ stage }) => stage !== '');
    const signers = new Map([
      ['author', crew.alice.signer],
      ['security', crew.bob.signer],
      ['production', crew.carol.signer],
    ]);
    const [content] = approvals.flatMap(({ payload }) => subjectsOf(payload));
    return {
      seeds: approvals.map(({ payload }) => payload),
      words: STATEMENT_WORDS,
      async check(payload, seed) {
        const { id, stage } = approvals[seed] ?? { id: 0, stage: '' };
        const signer = signers.get(stage);
        if (!signer) throw new Breach('nobody is there to sign');
        const signature = await signer.signPae(encodePae(IN_TOTO_PAYLOAD_TYPE, payload), NOW);
        const data = encodeBundle({ material: signer.material, payloadType: IN_TOTO_PAYLOAD_TYPE, payload, signature });
        const verdict = await verdictOf(
          withData(image, id, { data, name: laneName('approval', stage, data) }),
          crew.judge,
        );
        if (verdict.verdict !== 'passed') return 'failed';
        if (!subjectsOf(payload).includes(content)) throw new Breach('passed by an approval of something else');
        return 'passed';
      },
    };
  },
};

/** Digests that a statement names, by a reader of its own. */
function subjectsOf(payload: Uint8Array): readonly unknown[] {
  try {
    const value: unknown = JSON.parse(Buffer.from(payload).toString('utf8'));
    const subject: unknown = Object(value)['subject'];
    return Array.isArray(subject) ? subject.map((one: unknown) => Object(Object(one)['digest'])['sha256']) : [];
  } catch {
    return [];
  }
}

/** Everything that may be signed, without a signature: read, or refused, and the same when read again. */
export const documentTarget: Target = {
  name: 'documents',
  async prepare() {
    const { lane } = await crewAndImage();
    const cosign = (await filesBelow('oci/store', '')).filter((bytes) => bytes[0] === 0x7b);
    return {
      seeds: [
        ...lane.map(({ payload }) => payload),
        ...cosign,
        ...(await filesBelow('apptainer/dsse', '.json')),
        utf8(SIMPLE_SIGNING),
      ],
      words: [...STATEMENT_WORDS, 'critical', 'optional', 'identity', 'image', 'docker-reference'],
      check: readAsEverything,
    };
  },
};

const SIMPLE_SIGNING = JSON.stringify({
  critical: {
    identity: { 'docker-reference': 'registry.example.org/app' },
    image: { 'docker-manifest-digest': `sha256:${'0'.repeat(64)}` },
    type: 'cosign container image signature',
  },
  optional: { stage: 'author', creator: 'x', timestamp: 1 },
});

function readAsEverything(bytes: Uint8Array): string {
  const json = attempt(() => parseJson(bytes, 'the document'));
  if (json !== undefined) assertSameTwice(json);
  const signing = parseSimpleSigning(bytes);
  if (signing && json === undefined) throw new Breach('a payload that is no JSON');
  const read = [
    json !== undefined && 'json',
    signing && 'cosign',
    attempt(() => parseStatement(bytes)) && 'statement',
    attempt(() => parseForeignEnvelope(bytes)) && 'envelope',
    isNativeDsse(bytes) && attempt(() => parseNativeDsse(bytes)) && 'native',
  ].filter((word) => typeof word === 'string');
  return read.join(' ') || 'refused';
}

function assertSameTwice(value: JsonValue): void {
  const text = JSON.stringify(value);
  if (JSON.stringify(parseJson(text, 'the same')) !== text) throw new Breach('written anew it is another one');
  if (isJsonObject(value) && Object.getPrototypeOf(value) !== null) throw new Breach('an object with a prototype');
}

function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof CountersignError) return undefined;
    throw error;
  }
}
