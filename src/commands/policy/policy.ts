// SPDX-License-Identifier: Apache-2.0
// policy check: is this policy file usable, and what does it say? policy sign: a signature over it and every file that it
// names, for whoever requires one.

import { resolve } from 'node:path';
import type { Host } from '../host.ts';
import { type LoadedPolicy, loadPolicy, profilesIn } from '../../policy/document/load.ts';
import { EXIT, UsageError } from '../../base/errors.ts';
import { asOfLine, counted, printable, visibleLine } from '../../base/text.ts';
import type { TrustMaterial } from '../../crypto/verifier.ts';
import { createVerifier } from '../../crypto/lazy-verifier.ts';
import { COMMON_INPUTS, COMMON_OUTPUTS, PRIVILEGED_INPUTS, SIGNING_INPUTS } from '../inputs/common.ts';
import { pinFrom, POLICY_CHOICE_INPUTS } from '../inputs/policy-signer.ts';
import { diffPolicies, JUDGING_INPUTS, recordFacts, testPolicy, twoPaths } from './judge.ts';
import { type CommandResult, type CommandSpec, defineCommand, type InputsOf, unknownTask } from '../spec.ts';
import { type KeyringEntry, renderPolicySummary, summarizePolicy } from './summary.ts';
import { signStatement } from '../../attest/sign.ts';
import { sha256 } from '../../base/bytes.ts';
import { writeFileAtomic } from '../../files/files.ts';
import { signaturePath } from '../../policy/signed/signature.ts';
import { encodeSignedPolicy, type Reading } from '../../policy/signed/statement.ts';
import { signerFrom, type SigningInputs } from '../inputs/signing.ts';

const spec = {
  name: 'policy',
  summary: 'Check a policy file and show what it says',
  description:
    '`policy files FILE` prints the policy’s path and those of all files, folders and beginnings of patterns that it names, one a line. `policy check FILE` reads a policy and every file it names, refuses it with file, line and column when anything is wrong, and shows principals, teams, stages and certificates, who can do what in words, and warnings, which `--strict` makes fail. It fails when nobody could have a stage approved with the keys as they are: revoked, expired, in no keyring, or the same for two people. `policy sign FILE` signs the policy, in all its profiles, and every file that it names, into `FILE.sigstore.json`. `policy test CASES FILE` compares verdicts with expected ones, of images or of facts that `policy record FILE` wrote to `facts-path` about the image of `subject-path` or `subject-name`, `policy diff OLD NEW` says which of the images of `subject-path` and `subject-name` change their verdict and why; both exit with 1 when something differs. See docs/policy.md.',
  positional: 'task',
  privileged: 'with-key',
  inputs: [
    {
      name: 'task',
      type: 'list',
      file: 'read',
      required: true,
      description:
        '`check`, `sign`, `record` or `files` and the path of the policy; `test`, the path of the cases and that of the policy; `diff` and the paths of two policies.',
      example: 'check countersign.yaml',
    },
    {
      name: 'strict',
      type: 'boolean',
      default: 'false',
      description: 'Fail also when there are warnings.',
    },
    ...POLICY_CHOICE_INPUTS,
    ...JUDGING_INPUTS,
    ...SIGNING_INPUTS,
    ...PRIVILEGED_INPUTS,
    ...COMMON_INPUTS,
  ],
  outputs: COMMON_OUTPUTS,
} as const satisfies CommandSpec;

type Inputs = InputsOf<typeof spec.inputs>;

async function run(inputs: Inputs, host: Host): Promise<CommandResult> {
  const [action, file, ...rest] = inputs.task;
  const { profile } = inputs;
  const pin = await pinFrom(inputs);
  const judging = { inputs, host, choice: { profile, pin } };
  const words = inputs.task.slice(1);
  if (action === 'test') {
    const [cases, policy] = twoPaths(action, words, inputs.workingDirectory);
    return testPolicy({ cases, policy }, judging);
  }
  if (action === 'diff') {
    // Two profiles of one file may be compared; a path that is given twice is in the list once.
    const [only] = words.length === 1 && inputs.newProfile !== undefined ? words : [];
    const [before, after] = twoPaths(action, only ? [only, only] : words, inputs.workingDirectory);
    return diffPolicies({ before, after }, judging);
  }
  if (action === 'record' && file !== undefined && rest.length === 0)
    return recordFacts(resolve(inputs.workingDirectory, file), judging);
  if (action === 'sign' && file !== undefined && rest.length === 0)
    return signPolicy(resolve(inputs.workingDirectory, file), inputs, host);
  if (action === 'files' && file !== undefined && rest.length === 0)
    return filesResult(await loadPolicy(resolve(inputs.workingDirectory, file), { profile, pin }));
  if (action === 'check' && file === undefined)
    throw new UsageError('USAGE_MISSING_INPUT', 'policy check was given no policy file, and looks for none by itself', {
      hint: 'name the file: countersign policy check countersign.yaml',
    });
  if (action !== 'check' || file === undefined || rest.length > 0)
    throw unknownTask('policy', inputs.task, {
      hint: 'write countersign policy check FILE, for instance countersign policy check countersign.yaml, countersign policy sign FILE, or countersign policy files FILE',
    });
  return checkPolicy(await loadPolicy(resolve(inputs.workingDirectory, file), { profile, pin }), inputs, host);
}

async function checkPolicy(loaded: LoadedPolicy, inputs: Inputs, host: Host): Promise<CommandResult> {
  // What verify-all would refuse about keys and certificates is wrong with the policy too.
  await createVerifier(loaded.trust);
  const now = inputs.now ?? host.now();
  const summary = await summarizePolicy(loaded, await keysOf(loaded.trust, now), now);
  const refused = summary.problems.length > 0 || (inputs.strict && summary.warnings.length > 0);
  const verdict = refused ? 'failed' : 'passed';
  return {
    exitCode: EXIT[verdict],
    outputs: { verdict },
    text: renderPolicySummary(summary) + asOfLine(inputs.now),
    json: summary,
  };
}

/** Whoever watches these for changes notices each one that a verdict can depend on. @throws UsageError for what is no line */
function filesResult({ path, files: read, roots, digest }: LoadedPolicy): CommandResult {
  const strange = [path, ...roots].find((one) => visibleLine(one) !== one);
  if (strange !== undefined)
    throw new UsageError('USAGE_INVALID_INPUT', `${JSON.stringify(strange)} has invisible characters`, {
      hint: 'rename the file, and name it so in the policy',
    });
  return {
    exitCode: EXIT.passed,
    outputs: { verdict: 'passed' },
    text: [path, ...roots].map((one) => `${one}\n`).join(''),
    json: { schema: 'countersign/policy-files/v1', policy: digest, path, files: read.map((file) => file.path), roots },
  };
}

/** Loads OpenPGP code only for policies that use it. */
async function keysOf(trust: TrustMaterial, now: Date): Promise<readonly KeyringEntry[]> {
  if (trust.keyrings.length === 0) return [];
  const { readKeyring } = await import('../../crypto/pgp/ring.ts');
  const { expiryOf, keyProblem, partProblem } = await import('../../crypto/pgp/key.ts');
  const { hintOf } = await import('../../crypto/pgp/pgp.ts');
  const entries: KeyringEntry[] = [];
  for (const [fingerprint, key] of await readKeyring(trust)) {
    const hints: string[] = [];
    for (const part of [key, ...key.subkeys]) if (!(await partProblem(key, part, { now }))) hints.push(hintOf(part));
    entries.push({
      fingerprint,
      userIds: key.getUserIDs(),
      expires: (await expiryOf(key, now)) ?? null,
      problem: hints.length > 0 ? undefined : (await keyProblem(key, now))?.message,
      hints,
    });
  }
  return entries;
}

/**
 * Signs the policy at an absolute path, for all of its profiles.
 * @throws UsageError USAGE_MISSING_INPUT, USAGE_INVALID_INPUT; PolicyError, SignatureError, SystemError, DataError
 */
async function signPolicy(
  path: string,
  inputs: SigningInputs & Pick<Inputs, 'now'>,
  host: Host,
): Promise<CommandResult> {
  if (inputs.signingMethod === 'sigstore')
    throw new UsageError('USAGE_INVALID_INPUT', 'a policy cannot be signed without a key', {
      hint: 'give pgp, key or x509 as ⟨signing-method⟩',
    });
  if (inputs.now)
    throw new UsageError('USAGE_CONFLICTING_INPUTS', 'a policy is signed at present, and now is given', {
      hint: 'leave ⟨now⟩ out',
    });
  const signer = await signerFrom(inputs, host);
  if (!signer)
    throw new UsageError('USAGE_MISSING_INPUT', 'signing-method and key are missing', {
      hint: 'give ⟨signing-method⟩ and ⟨key⟩ of whoever answers for the policy',
    });
  const profiles = await profilesIn(path);
  const readings: Reading[] = [];
  for (const profile of profiles.length > 0 ? profiles : [undefined])
    readings.push({ profile: profile ?? null, files: (await loadPolicy(path, { profile })).files });
  const payload = encodeSignedPolicy(readings);
  const output = signaturePath(path);
  await writeFileAtomic(output, await signStatement(payload, signer, { now: host.now() }));
  const files = new Map(readings.flatMap((reading) => reading.files.map(({ name, bytes }) => [name, sha256(bytes)])));
  return {
    exitCode: EXIT.passed,
    outputs: { verdict: 'passed' },
    text: [
      `${printable(output)}: signs ${counted(files.size, 'file')}`,
      ...[...files].map(([name, digest]) => `  ${digest}  ${printable(name)}`),
      '',
    ].join('\n'),
    json: {
      schema: 'countersign/policy-sign/v1',
      signature: output,
      profiles,
      files: [...files].map(([name, digest]) => ({ name, digest })),
    },
  };
}

/** `countersign policy check FILE`. */
export const command = defineCommand(spec, run);
