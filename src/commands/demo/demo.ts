// SPDX-License-Identifier: Apache-2.0
// demo: the whole path on one small image, then three attacks. Runs the real commands one after another with throw-away
// keys in a temporary folder; needs no network, no root and no Apptainer.

import { copyFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Host } from '../host.ts';
import { attachEvidence } from '../../stage/evidence.ts';
import { describeFile } from '../../image/inspect.ts';
import { counted } from '../../base/text.ts';
import { EXIT, SystemError } from '../../base/errors.ts';
import { Secret } from '../../base/secret.ts';
import { deleteObjects } from '../../sif/edit/append.ts';
import { createSigner } from '../../crypto/signer.ts';
import { COMMON_INPUTS, COMMON_OUTPUTS } from '../inputs/common.ts';
import { DEMO_PROVENANCE, DEMO_REPORT, DEMO_SBOM, type DemoKeys, demoPolicy, writeDemoKeys } from './material.ts';
import { type Command, type CommandResult, type CommandSpec, type CommonInputs, defineCommand } from '../spec.ts';

const spec = {
  name: 'demo',
  summary: 'Show the whole path on a small image, then three attacks on it',
  description:
    'Makes throw-away OpenPGP, X.509 and P-256 keys, attaches provenance, SBOM and scan findings to a small image made by Apptainer, approves it at three stages, verifies, publishes to an OCI layout, pulls it back and verifies again. Then it alters a byte, removes an approval, and adds an outsider’s valid signature, and shows what verify-all says each time.',
  inputs: [...COMMON_INPUTS],
  outputs: [...COMMON_OUTPUTS],
} as const satisfies CommandSpec;

/** One step: what is done, what it printed, and whether that is what should happen. */
interface Step {
  readonly title: string;
  readonly text: string;
  readonly asExpected: boolean;
}

interface Stageful {
  readonly folder: string;
  readonly keys: DemoKeys;
  readonly host: Host;
}

async function run(_inputs: CommonInputs, host: Host): Promise<CommandResult> {
  const folder = await host.temporaryFolder();
  const keys = await writeDemoKeys(folder, host.now());
  await copyDemoImage(join(folder, 'app.sif'));
  await writeFile(join(folder, 'countersign.yaml'), demoPolicy(keys));
  const demo: Stageful = { folder, keys, host };
  const steps: Step[] = [];
  for (const take of [...PATH, ...ATTACKS]) {
    const result = await take(demo);
    host.info(`${result.asExpected ? '✓' : '✗'} ${result.title}`);
    steps.push(result);
  }
  const failed = steps.filter(({ asExpected }) => !asExpected);
  const verdict = failed.length === 0 ? 'passed' : 'failed';
  const text = steps
    .map(({ title, text: printed }, index) => `── ${index + 1}. ${title}\n${printed.trimEnd()}\n`)
    .join('\n');
  const end =
    failed.length === 0
      ? 'demo: every step did what it should, and every attack was noticed\n'
      : `demo: ${failed.length} of ${counted(steps.length, 'step')} did NOT do what they should: ${failed.map(({ title }) => title).join('; ')}\n`;
  return {
    exitCode: EXIT[verdict],
    json: { schema: 'countersign/demo/v1', verdict, steps },
    text: `${text}\n${end}`,
    outputs: { verdict },
  };
}

type StepFunction = (demo: Stageful) => Promise<Step>;

const PATH: readonly StepFunction[] = [
  attest,
  (demo) => sign(demo, 'author'),
  (demo) => sign(demo, 'security'),
  (demo) => sign(demo, 'production'),
  (demo) =>
    verify(demo, {
      title: 'Verify all three approvals against the policy',
      image: 'app.sif',
      expect: 'passed',
      whole: true,
    }),
  publish,
  pullBack,
  (demo) => verify(demo, { title: 'Verify what was pulled back', image: 'pulled.sif', expect: 'passed' }),
];

const ATTACKS: readonly StepFunction[] = [
  async (demo) => {
    await flipByte(demo.folder);
    return verify(demo, {
      title: 'Attack: one byte of the root file system is changed',
      image: 'flipped.sif',
      expect: 'failed',
    });
  },
  async (demo) => {
    await copyWithout('security', demo, 'removed.sif');
    return verify(demo, { title: 'Attack: the security approval is removed', image: 'removed.sif', expect: 'failed' });
  },
  async (demo) => {
    await forgeProduction(demo);
    return verify(demo, {
      title: 'Attack: an outsider signs production with a valid key of their own',
      image: 'forged.sif',
      expect: 'failed',
    });
  },
];

async function attest(demo: Stageful): Promise<Step> {
  const { folder, keys } = demo;
  await writeFile(join(folder, 'sbom.cdx.json'), JSON.stringify(DEMO_SBOM));
  await writeFile(join(folder, 'trivy.json'), JSON.stringify(DEMO_REPORT));
  await attachProvenance(demo);
  const { command } = await import('../scan-attest/scan-attest.ts');
  const result = await call(command, demo, {
    'subject-path': 'app.sif',
    'sbom-path': 'sbom.cdx.json',
    'scan-report': 'trivy.json',
    'policy-path': 'countersign.yaml',
    'signing-method': 'key',
    'key-path': keys.ci.keyPath,
  });
  return step('Attach build provenance, SBOM and scan findings as signed evidence', result, EXIT.passed);
}

async function attachProvenance({ folder, keys, host }: Stageful): Promise<void> {
  const now = host.now();
  const key = new Secret(await readFile(keys.ci.keyPath));
  const signer = await createSigner({
    method: 'key',
    key,
    passphrase: undefined,
    certificate: undefined,
    certificateChain: undefined,
    now,
  });
  const statements = [{ predicateType: 'https://slsa.dev/provenance/v1', predicate: DEMO_PROVENANCE }];
  await attachEvidence({ path: join(folder, 'app.sif'), statements, signer, now });
}

async function sign(demo: Stageful, stage: 'author' | 'security' | 'production'): Promise<Step> {
  const { command } = await import('../sign-stage/sign-stage.ts');
  const result = await call(command, demo, {
    'subject-path': 'app.sif',
    stage,
    'policy-path': 'countersign.yaml',
    ...demo.keys.stages[stage].inputs,
  });
  return step(`Approve as ${stage} (${demo.keys.stages[stage].title})`, result, EXIT.passed);
}

interface Expectation {
  readonly title: string;
  readonly image: string;
  readonly expect: 'passed' | 'failed';
  /** With its lists of layers, evidence and coverage. */
  readonly whole?: boolean;
}

async function verify(demo: Stageful, { title, image, expect, whole = false }: Expectation): Promise<Step> {
  const { command } = await import('../verify-all/verify-all.ts');
  const result = await call(command, demo, { 'subject-path': image, 'policy-path': 'countersign.yaml' });
  const done = step(title, result, EXIT[expect]);
  return whole ? { ...done, text: result.text } : done;
}

async function publish(demo: Stageful): Promise<Step> {
  const { command } = await import('../push-oras/push-oras.ts');
  const result = await call(command, demo, {
    'subject-path': 'app.sif',
    reference: `oci:${join(demo.folder, 'registry')}:1.0`,
    'policy-path': 'countersign.yaml',
  });
  return step('Publish to an OCI layout folder, refused unless the verdict is passed', result, EXIT.passed);
}

async function pullBack(demo: Stageful): Promise<Step> {
  const { command } = await import('../pull.ts');
  const result = await call(command, demo, {
    reference: `oci:${join(demo.folder, 'registry')}:1.0`,
    'image-path': 'pulled.sif',
    'policy-path': 'countersign.yaml',
  });
  const same = Buffer.compare(
    await readFile(join(demo.folder, 'app.sif')),
    await readFile(join(demo.folder, 'pulled.sif')).catch(() => Buffer.alloc(0)),
  );
  const pulled = step('Pull it back, byte for byte', result, EXIT.passed);
  return { ...pulled, asExpected: pulled.asExpected && same === 0 };
}

function step(title: string, result: CommandResult, expected: number): Step {
  return { title, text: brief(result.text), asExpected: result.exitCode === expected };
}

/** A report without its lists of layers, evidence and coverage: they are shown once. */
function brief(text: string): string {
  return text.replace(/^ {2}(?:layers|evidence|coverage|remarks)\n(?: {4}.*\n)+/gm, '').replace(/\n{2,}/g, '\n');
}

/** Runs a command as the command line would, in the demo's folder. */
async function call(command: Command, demo: Stageful, texts: Readonly<Record<string, string>>): Promise<CommandResult> {
  const { host, folder } = demo;
  const ready = await command.prepare({
    texts: new Map(Object.entries(texts)),
    cwd: folder,
    mask: (text) => host.mask(text),
    readStdin: (limitBytes) => host.readStdin(limitBytes),
  });
  return ready.run(quiet(host));
}

/** The demo prints the commands' results itself. */
function quiet(host: Host): Host {
  return {
    kind: host.kind,
    env: host.env,
    cwd: host.cwd,
    cache: undefined,
    temporaryFolder: () => host.temporaryFolder(),
    now: () => host.now(),
    cpuMs: () => host.cpuMs(),
    debug: (text) => host.debug(text),
    info: () => undefined,
    warning: () => undefined,
    finding: () => undefined,
    group: (_title, body) => body(),
    progress: () => ({ update: () => undefined, finish: () => undefined }),
    mask: (text, origin) => host.mask(text, origin),
    readStdin: (limitBytes) => host.readStdin(limitBytes),
    run: (request) => host.run(request),
    tokenChild: host.tokenChild,
    which: (program) => host.which(program),
  };
}

async function flipByte(folder: string): Promise<void> {
  const bytes = await readFile(join(folder, 'app.sif'));
  const { sif } = await describeFile(join(folder, 'app.sif'));
  const objects = sif?.objects ?? [];
  const partition = objects.find(({ type }) => type === 'partition') ?? objects[0];
  const at = (partition?.offset ?? 0) + Math.floor((partition?.sizeBytes ?? 0) / 2);
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  await writeFile(join(folder, 'flipped.sif'), bytes);
}

/** A copy of the image without its layers of a stage. */
async function copyWithout(wanted: string, { folder, host }: Stageful, name: string): Promise<void> {
  const path = join(folder, name);
  await copyFile(join(folder, 'app.sif'), path);
  const { layers } = await describeFile(path);
  const removed = layers.filter(({ stage }) => stage === wanted);
  const ids = removed.map(({ where }) => Number(where.replace('object ', '')));
  await deleteObjects(path, ids, { now: host.now() });
}

/** The image as production found it, approved by somebody whom the policy does not know. */
async function forgeProduction(demo: Stageful): Promise<void> {
  await copyWithout('production', demo, 'forged.sif');
  const { command } = await import('../sign-stage/sign-stage.ts');
  await call(command, demo, {
    'subject-path': 'forged.sif',
    stage: 'production',
    'signing-method': 'key',
    'key-path': demo.keys.outsider.keyPath,
  });
}

/** The image ships with the project: beside the sources, or beside the bundled command. */
async function copyDemoImage(target: string): Promise<void> {
  for (const place of ['../../../assets/demo/hello.sif', '../assets/demo/hello.sif', '../../assets/demo/hello.sif']) {
    try {
      await copyFile(fileURLToPath(new URL(place, import.meta.url)), target);
      return;
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
    }
  }
  throw new SystemError('FILE_NOT_FOUND', 'the demo image assets/demo/hello.sif is not there', {
    hint: 'run the demo from a complete copy of the project',
  });
}

/** The command, as the entries load it. */
export const command = defineCommand(spec, run);
