// SPDX-License-Identifier: Apache-2.0
// The gates that must let an image pass before it is published: asked with what was read for the verdict, before a byte or a
// tag is visible to anybody.

import { UsageError } from '../../base/errors.ts';
import { GATE_REASONS } from '../../gates/errors.ts';
import { type GateVerdict, SIMULATED_GATES, type SimulatedGate } from '../../gates/verdict.ts';
import type { RegistryImage } from '../../image/registry/image.ts';
import type { SifExamination } from '../../image/sif/examine.ts';
import type { Criteria } from '../../image/verify.ts';
import { formatPlace, type Reference } from '../../oci/reference.ts';
import type { LoadedPolicy } from '../../policy/document/load.ts';
import type { Stage } from '../../policy/document/model.ts';
import type { CommandError, InputsOf } from '../spec.ts';
import type { InputSpec } from '../inputs/spec.ts';
import { clusterTarget, VERDICT_KEY_INPUT } from './cluster-inputs.ts';
import { containersTarget, LOOKASIDE_URL_INPUT, SIGNED_REPOSITORY_INPUT } from './containers-inputs.ts';
import { gateLines } from './lines.ts';

/** What a command needs that asks gates before it publishes. */
export const REQUIRE_GATES_INPUTS = [
  {
    name: 'require-gates',
    type: 'list',
    description:
      'Gates of other tools that must let the image pass, one a line: `ecl` (Apptainer’s execution control list, for a SIF) `containers-policy` (policy.json of podman and skopeo, for a promoted image) and `kyverno` (a cluster’s gate, for a promoted image), as `export` writes them from the policy. When one would deny the image nothing is published, and the reason is said. Needs a policy; not with `stage`.',
    example: 'ecl',
  },
  SIGNED_REPOSITORY_INPUT,
  LOOKASIDE_URL_INPUT,
  VERDICT_KEY_INPUT,
] as const satisfies readonly InputSpec[];

type Inputs = InputsOf<typeof REQUIRE_GATES_INPUTS> & {
  readonly stage: string | undefined;
  readonly workingDirectory: string;
};

/** Where the image will be. */
interface Destination {
  readonly reference: Reference;
  readonly tags: readonly string[];
}

/** Asks the gates about one image, and remembers what they said. */
export class RequiredGates {
  readonly verdicts: GateVerdict[] = [];
  readonly #gates: readonly SimulatedGate[];
  readonly #criteria: Criteria | undefined;
  readonly #destination: Destination;
  readonly #inputs: Inputs;

  /** @throws UsageError USAGE_INVALID_INPUT, USAGE_MISSING_INPUT, USAGE_CONFLICTING_INPUTS */
  constructor(inputs: Inputs, criteria: Criteria | undefined, destination: Destination) {
    this.#gates = gatesFrom(inputs, criteria);
    this.#criteria = criteria;
    this.#destination = destination;
    this.#inputs = inputs;
  }

  /** Whether a SIF file that was examined may be published. @throws GateError, SifError */
  readonly admitsFile = async ({ image, digests }: SifExamination): Promise<boolean> => {
    for (const gate of this.#gates)
      this.verdicts.push(
        gate === 'ecl'
          ? await this.#byList(image, digests)
          : await undecided(gate, 'a SIF is no image that it is asked about'),
      );
    return this.#admits();
  };

  /** Whether an image may be promoted. @throws GateError, SifError, RegistryError, NetworkError */
  readonly admitsImage = async (image: RegistryImage): Promise<boolean> => {
    const judges = {
      ecl: () => this.#listOf(image),
      'containers-policy': () => this.#byContainers(image),
      kyverno: () => this.#byKyverno(image),
    };
    for (const gate of this.#gates) this.verdicts.push(await judges[gate]());
    return this.#admits();
  };

  /** What is said when a gate would deny the image; undefined when none would. */
  refusal(): { readonly stored: readonly []; readonly note: string; readonly error: CommandError } | undefined {
    const denied = this.verdicts.filter(({ verdict }) => verdict !== 'allowed');
    const [first] = denied.flatMap(({ gate, reasons }) => reasons.map((reason) => ({ gate, ...reason })));
    if (!first) return undefined;
    const note = denied.flatMap((verdict) => gateLines('required gate', verdict)).map((line) => `${line}\n`);
    const message = `nothing was published: ${first.gate} would deny the image: ${first.message}`;
    return { stored: [], note: note.join(''), error: { code: 'GATE_WOULD_DENY', message, hint: first.hint } };
  }

  /** Why an image was not published, as the end of a line. */
  why(name: string): string {
    return this.#admits() ? `the verdict about ${name} failed` : `a required gate would deny ${name}`;
  }

  /** For the JSON result. */
  get json(): { readonly gates?: readonly GateVerdict[] } {
    return this.#gates.length === 0 ? {} : { gates: this.verdicts };
  }

  #admits(): boolean {
    return this.verdicts.every(({ verdict }) => verdict === 'allowed');
  }

  #asked(): { readonly loaded: LoadedPolicy; readonly stages: readonly Stage[]; readonly now: Date } {
    const { policy: loaded, stages, now } = this.#criteria ?? {};
    if (!loaded || !now) throw new Error('gates are required without a policy');
    return { loaded, now, stages: loaded.policy.stages.filter(({ name }) => stages?.includes(name) ?? true) };
  }

  async #byList(image: SifExamination['image'], digests?: SifExamination['digests']): Promise<GateVerdict> {
    const { exportList } = await import('../../gates/ecl/files.ts');
    const { judgeByList } = await import('../../gates/ecl/simulate.ts');
    const { ringVerifier } = await import('../../gates/ecl/ring-verifier.ts');
    const { loaded, stages, now } = this.#asked();
    const { list, keyring } = await exportList(loaded, [{ folder: '', stages, never: false }], now);
    const verifier = await ringVerifier(keyring);
    return judgeByList(image, { list, verifier, now, folder: '', ...(digests ? { digests } : {}) });
  }

  async #listOf({ shape, repository }: RegistryImage): Promise<GateVerdict> {
    if (shape.is !== 'sif') return undecided('ecl', 'the list is about SIF images, and this is none');
    const { registrySource } = await import('../../image/registry/image.ts');
    const { openSif } = await import('../../sif/sif.ts');
    return this.#byList(await openSif(registrySource(repository, shape.layer)));
  }

  async #byKyverno(image: RegistryImage): Promise<GateVerdict> {
    const { reference } = this.#destination;
    if (reference.in !== 'registry' || !image.repository.listAsOthers)
      return undecided('kyverno', 'Kyverno looks for no signatures in folders');
    const { judgeByKyverno } = await import('../../gates/kubernetes/simulate.ts');
    const { wantedSummaries } = await import('../../gates/kubernetes/wanted.ts');
    const { loaded, stages, now } = this.#asked();
    const { verdictKeys } = await clusterTarget({ ...this.#inputs, repository: [formatPlace(reference)] });
    return judgeByKyverno(image, wantedSummaries(loaded, stages, { verdictKeys, now, readsNames: true }).wanted, now);
  }

  async #byContainers(image: RegistryImage): Promise<GateVerdict> {
    const { reference, tags } = this.#destination;
    if (reference.in !== 'registry') return undecided('containers-policy', 'podman looks for no signatures in folders');
    const { exportContainers } = await import('../../gates/containers/export.ts');
    const { gateOfExport } = await import('../../gates/containers/installed.ts');
    const { judgeRegistryImage } = await import('../../gates/containers/simulate.ts');
    const { loaded, stages, now } = this.#asked();
    const name = formatPlace(reference);
    const target = containersTarget({ ...this.#inputs, repository: [name] });
    const limited = { ...loaded, policy: { ...loaded.policy, stages } };
    const gate = await gateOfExport(await exportContainers(limited, target, now));
    const byTag = await Promise.all(
      tags.map(async (tag) => ({ tag, verdict: await judgeRegistryImage(image, { name, tag }, { gate, now }) })),
    );
    const [first] = byTag;
    if (!first)
      return undecided('containers-policy', 'no tag is published, and podman may ask for the image by any name');
    const worst = byTag.find(({ verdict: { verdict } }) => verdict !== 'allowed');
    return worst && byTag.length > 1 ? aboutTag(worst.tag, worst.verdict) : (worst ?? first).verdict;
  }
}

function gatesFrom({ requireGates, stage }: Inputs, criteria: Criteria | undefined): readonly SimulatedGate[] {
  const gates = SIMULATED_GATES.filter((gate) => requireGates.includes(gate));
  const strange = requireGates.find((name) => !SIMULATED_GATES.some((gate) => gate === name));
  if (strange !== undefined)
    throw new UsageError('USAGE_INVALID_INPUT', `require-gates has ${JSON.stringify(strange)}`, {
      hint: `give ${SIMULATED_GATES.join(' or ')}, one a line`,
    });
  if (gates.length > 0 && !criteria?.policy)
    throw new UsageError('USAGE_MISSING_INPUT', 'require-gates is given without a policy', {
      hint: 'give ⟨policy-path⟩: what the gates ask is made from the policy',
    });
  if (gates.length > 0 && stage !== undefined)
    throw new UsageError('USAGE_CONFLICTING_INPUTS', 'require-gates is given with stage', {
      hint: 'run sign-stage first, then push without ⟨stage⟩: the gates are asked about the signatures that are there',
    });
  return gates;
}

function aboutTag(tag: string, verdict: GateVerdict): GateVerdict {
  const reasons = verdict.reasons.map((reason) => ({ ...reason, message: `tag ${tag}: ${reason.message}` }));
  return { ...verdict, reasons };
}

async function undecided(gate: SimulatedGate, message: string): Promise<GateVerdict> {
  const hint = GATE_REASONS.GATE_NOT_DECIDED.fix;
  return { gate, verdict: 'unknown', words: null, reasons: [{ code: 'GATE_NOT_DECIDED', message, hint }] };
}
