// SPDX-License-Identifier: Apache-2.0
// One run of a command, the same for a step of a workflow and for the command line: inputs, event gate, time limit,
// command. Whatever is thrown becomes an ending, so that each face only has to show how it ended.

import { setFlagsFromString } from 'node:v8';
import { EXIT, isErrnoException, SystemError, UsageError } from '../base/errors.ts';
import { isJsonObject, type JsonValue, parseJson } from '../base/json.ts';
import { LIMITS } from '../base/limits.ts';
import { prepareTermination } from '../base/termination.ts';
import { assertNodeQuiet, type Host } from '../commands/host.ts';
import { PRIVILEGED_INPUTS, SIGNING_INPUTS } from '../commands/inputs/common.ts';
import { type Command, type CommandResult, type CommandSpec, type CommonInputs, hasInputs } from '../commands/spec.ts';
import type { RawInputs } from '../commands/inputs/values.ts';
import { readFileBounded } from '../files/files.ts';
import { ambientSecrets, type TemporaryFolder } from '../host/process-host.ts';
import { stopRunningTools } from '../host/run-tool.ts';
import { describeFailure, type Failure, failureJson, failureOf } from './outcome.ts';

/** The host of an entry: besides what commands may ask of it, the entry sets the time limit of external programs. */
export interface EntryHost extends Host {
  toolTimeoutMs: number | undefined;
}

/** How a run ended. */
export interface RunOutcome {
  readonly exitCode: number;
  /** What the command handed back; undefined when it was not run to its end. */
  readonly result: CommandResult | undefined;
  /** Why the command did nothing, or not everything. */
  readonly failure: Failure | undefined;
  /** The result as JSON, or the failure. */
  readonly json: unknown;
  /** The input `report-path`. */
  readonly reportPath: string | undefined;
}

/** Else V8 keeps 64 MiB and more of what nobody needs any longer, where an image gives it much to read. */
const KEEP_YOUNG_SMALL = '--semi-space-growth-factor=1';
/** And lets what it holds grow to several times of what is needed before it looks. */
const KEEP_OLD_SMALL = '--heap-growing-percent=50';

/** Runs a command on the texts that were given. Never throws. */
export async function runCommand(
  command: Command,
  texts: ReadonlyMap<string, string>,
  host: EntryHost,
): Promise<RunOutcome> {
  setFlagsFromString(KEEP_YOUNG_SMALL);
  setFlagsFromString(KEEP_OLD_SMALL);
  try {
    const raw: RawInputs = {
      texts,
      cwd: host.cwd,
      mask: (text) => host.mask(text),
      readStdin: (limitBytes) => host.readStdin(limitBytes),
    };
    const prepared = await command.prepare(raw);
    const { timeout, reportPath } = prepared.inputs;
    assertNoDebugOutput(command.spec, prepared.inputs, host);
    await assertTrustedEvent(command.spec, prepared.inputs, host);
    host.toolTimeoutMs = timeout;
    const result = await prepared.run(host);
    const { exitCode, error, json } = result;
    return { exitCode, result, failure: error && failureOf(error, exitCode), json, reportPath };
  } catch (error) {
    const failure = describeFailure(error);
    const { exitCode } = failure;
    return { exitCode, result: undefined, failure, json: failureJson(failure), reportPath: undefined };
  }
}

/** Caused by people or services with write access to the repository, on code that is already in it. */
const TRUSTED_EVENTS: ReadonlySet<string> = new Set([
  'branch_protection_rule',
  'create',
  'delete',
  'deployment',
  'deployment_status',
  'merge_group',
  'push',
  'registry_package',
  'release',
  'repository_dispatch',
  'schedule',
  'workflow_dispatch',
]);

/**
 * Refuses a signing or publishing command on an event that people without write access can trigger.
 * @throws UsageError USAGE_UNTRUSTED_EVENT
 */
export async function assertTrustedEvent(
  { name: command, privileged }: Pick<CommandSpec, 'name' | 'privileged'>,
  inputs: CommonInputs,
  { kind, env }: Pick<Host, 'kind' | 'env'>,
): Promise<void> {
  if (privileged === undefined || (privileged === 'with-key' && !signs(inputs))) return;
  if (hasInputs(inputs, PRIVILEGED_INPUTS) && inputs.allowUntrustedEvent) return;
  const event = env['GITHUB_EVENT_NAME'] ?? '';
  if (kind === 'terminal' && event === '' && env['GITHUB_ACTIONS'] !== 'true') return;
  if (TRUSTED_EVENTS.has(event)) return;
  if (event === 'pull_request') {
    const path = env['GITHUB_EVENT_PATH'];
    const payload = path ? await readFileBounded(path, LIMITS.reportBytes).catch(() => undefined) : undefined;
    // From a branch of the repository itself it is trusted; for forks GitHub gives the job no secrets.
    if (isSameRepository(payload)) return;
    throw new UsageError('USAGE_UNTRUSTED_EVENT', `${command} runs on ${event} of a fork, where there are no secrets`, {
      hint: `run ${command} on push or workflow_dispatch, after the change is merged; verify-all works on ${event}`,
    });
  }
  throw new UsageError(
    'USAGE_UNTRUSTED_EVENT',
    `${command} runs on the event ${JSON.stringify(event)}, which people without write access can trigger`,
    {
      hint: `run ${command} in a job on a trusted event (push, release, workflow_dispatch), or set ⟨allow-untrusted-event=true⟩ when no code or data of theirs reaches this job`,
    },
  );
}

function signs(inputs: CommonInputs): boolean {
  return hasInputs(inputs, SIGNING_INPUTS) && (inputs.signingMethod !== undefined || inputs.key !== undefined);
}

/** An unreadable payload counts as a fork: the check fails closed. */
function isSameRepository(payload: Uint8Array | undefined): boolean {
  if (!payload) return false;
  try {
    const event = parseJson(payload, 'the event');
    if (!isJsonObject(event) || !isJsonObject(event['pull_request'])) return false;
    const base = repositoryId(event['pull_request']['base']);
    return base !== undefined && base === repositoryId(event['pull_request']['head']);
  } catch {
    return false;
  }
}

function repositoryId(side: JsonValue | undefined): number | undefined {
  if (side === undefined || !isJsonObject(side) || !isJsonObject(side['repo'])) return undefined;
  const id = side['repo']['id'];
  return typeof id === 'number' ? id : undefined;
}

/** A run that has a secret prints nothing that Node has to say. What it comes upon later is refused then. */
function assertNoDebugOutput(
  spec: Pick<CommandSpec, 'inputs'>,
  { given }: Pick<CommonInputs, 'given'>,
  host: Pick<Host, 'kind' | 'env'>,
): void {
  if (!host.env['NODE_DEBUG']) return;
  const hasSecret = spec.inputs.some(({ name, type }) => type === 'secret' && given.has(name));
  if (hasSecret || ambientSecrets(host.env).length > 0) assertNodeQuiet(host);
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
const UNCAUGHT = ['uncaughtException', 'unhandledRejection'] as const;

/** The run goes on, and decides the exit code, when what it prints can be printed no longer. */
export function surviveOutputErrors(): void {
  const streams = [
    { stream: process.stdout, name: 'standard output' },
    { stream: process.stderr, name: 'standard error' },
  ] as const;
  let failed = false;
  for (const { stream, name } of streams)
    stream.on('error', (error) => {
      if (failed || (isErrnoException(error) && error.code === 'EPIPE')) return;
      failed = true;
      process.once('exit', () => {
        if (!process.exitCode) process.exitCode = EXIT.environment;
      });
      const { message, code, hint } = unwritable(name, error);
      if (stream !== process.stderr) process.stderr.write(`error: ${message} [${code}]\nhint: ${hint}\n`);
    });
}

function unwritable(name: string, cause: Error): SystemError {
  const full = isErrnoException(cause) && (cause.code === 'ENOSPC' || cause.code === 'EDQUOT');
  return new SystemError(
    full ? 'DISK_FULL' : 'FILE_WRITE_FAILED',
    full ? `no space left for ${name}` : `cannot write to ${name}: ${cause.message}`,
    { cause, hint: 'send the output elsewhere; see what was done before you repeat it: only its result is missing' },
  );
}

/**
 * Installs the handlers; the returned function removes them, and is to be called when the run has come to its end.
 * @param report prints what was thrown, synchronously, and returns the exit code
 */
export function installExitHandlers(temporary: TemporaryFolder, report: (thrown: unknown) => number): () => void {
  // Node writes a report when somebody asks for one or it ends itself: without logins and keys of the environment.
  process.report.excludeEnv = true;
  const cleanUp = () => {
    remove();
    stopRunningTools();
    temporary.removeNow();
    return prepareTermination();
  };
  const onUncaught = (thrown: unknown) => {
    void cleanUp();
    // Whatever else is under way must not go on to sign or publish.
    process.exit(report(thrown));
  };
  // Node would end with a warning about its own inner affairs, or as if all were well.
  const onIdle = () => onUncaught(new Error('the run came to a standstill before its end'));
  const onSignal = (name: NodeJS.Signals) => {
    const end = () => process.kill(process.pid, name);
    const waiting = cleanUp();
    if (waiting) void waiting.then(end);
    else end();
  };
  const remove = () => {
    for (const name of SIGNALS) process.removeListener(name, onSignal);
    for (const name of UNCAUGHT) process.removeListener(name, onUncaught);
    process.removeListener('beforeExit', onIdle);
  };
  for (const name of SIGNALS) process.on(name, onSignal);
  for (const name of UNCAUGHT) process.on(name, onUncaught);
  process.on('beforeExit', onIdle);
  return remove;
}
