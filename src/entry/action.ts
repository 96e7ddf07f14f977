// SPDX-License-Identifier: Apache-2.0
// One step of a workflow: read the inputs, run the command, then report, outputs, summary, and only then the failure.
// The only file that fails a step. The process ends by itself: process.exit would lose buffered output.

import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { ACTION_NAMES, type ActionName, findCommand, isActionName } from '../commands/commands.ts';
import { GITHUB_TOKEN_INPUT } from '../commands/inputs/common.ts';
import { checkedFiles } from '../commands/inputs/files.ts';
import { type Inputs, readInputs } from '../commands/inputs/inputs.ts';
import type { Command, CommandResult, CommandSpec } from '../commands/spec.ts';
import { assertTrustedEvent } from '../commands/inputs/event.ts';
import { ActionsHost } from '../host/actions.ts';
import { EXIT, UsageError } from '../base/errors.ts';
import { readFileBounded } from '../files/files.ts';
import { LIMITS } from '../base/limits.ts';
import { failureSummary } from './failure-summary.ts';
import { describeFailure, type Failure, failureJson, failureOf, inDocument } from './outcome.ts';
import { writeReport } from './report-file.ts';
import { outliveOutput, prepareWayOut } from './shutdown.ts';

/** The runner refuses a larger summary; the margin is for what other parts of the step may add. */
const MAX_SUMMARY_BYTES = 1_000_000;

interface Ending {
  readonly exitCode: number;
  readonly json: unknown;
  readonly outputs: Readonly<Record<string, string>>;
  readonly summary: string | undefined;
  readonly text: string;
  readonly failure: Failure | undefined;
}

/** Runs one of the five actions, or with `root` the one that the input `command` names. */
export async function runAction(name: ActionName | 'root'): Promise<void> {
  outliveOutput();
  const host = actionsHost();
  const removeHandlers = prepareWayOut(host.temporary, (thrown) => {
    host.output('verdict', 'failed');
    return fail(host, name, describeFailure(thrown));
  });
  try {
    process.exitCode = await runStep(name, host);
  } catch (error) {
    host.output('verdict', 'failed');
    process.exitCode = fail(host, name, describeFailure(error));
  } finally {
    await host.temporary.remove();
    removeHandlers();
  }
}

function actionsHost(): ActionsHost {
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !isInput(name)));
  return new ActionsHost({
    env,
    cwd: env['GITHUB_WORKSPACE'] ?? process.cwd(),
    temporaryBase: env['RUNNER_TEMP'] ?? tmpdir(),
    now: () => new Date(),
    write: (text) => void process.stdout.write(text),
  });
}

async function runStep(name: ActionName | 'root', host: ActionsHost): Promise<number> {
  const command = await loadCommand(name === 'root' ? commandInput(host) : name);
  const { spec } = command;
  const texts = takeInputs(spec, host);
  if (name === 'root') warnOfOthers(spec, host);
  forgetInputs();
  const wantedReport = await reportPathFrom(spec, texts, host);
  const ending = await runGuarded(command, texts, host);
  const conflict = ending.failure?.code === 'USAGE_CONFLICTING_INPUTS';
  const reportPath = await writeReportFile(conflict ? defaultReport(spec, host) : wantedReport, ending.json, host);
  setOutputs(spec, host, {
    ...ending.outputs,
    verdict: ending.outputs['verdict'] || (ending.exitCode === EXIT.passed ? 'passed' : 'failed'),
    'report-path': reportPath,
  });
  if (!/^false$/i.test(texts.get('show-summary') ?? '')) await addSummary(host, spec.name, ending.summary);
  if (ending.text) host.info(ending.text.trimEnd());
  host.showFindings();
  host.info(`${spec.name}: ${ending.exitCode === EXIT.passed ? 'passed' : 'failed'}; report: ${reportPath || 'none'}`);
  if (ending.failure) return fail(host, spec.name, ending.failure);
  if (ending.exitCode !== EXIT.passed) host.fail(`${spec.name} failed: ${lastLine(ending.text)}`);
  return ending.exitCode;
}

/** Runs the command; whatever it throws becomes an ending, so that outputs and report are written in every case. */
async function runGuarded(command: Command, texts: ReadonlyMap<string, string>, host: ActionsHost): Promise<Ending> {
  try {
    const inputs = await readInputs(command.spec, {
      texts,
      cwd: host.cwd,
      mask: (text) => host.mask(text),
      readStdin: () => host.readStdin(),
    });
    await assertEvent(command.spec, inputs, host);
    if (hasInput(command.spec, 'timeout')) host.toolTimeoutMs = inputs.number('timeout');
    return endingOf(await command.run(inputs, host));
  } catch (error) {
    const failure = describeFailure(error);
    return {
      exitCode: failure.exitCode,
      json: failureJson(failure),
      outputs: {},
      summary: failureSummary(command.spec.name, failure, (text) => host.redact(text)),
      text: '',
      failure,
    };
  }
}

function endingOf(result: CommandResult): Ending {
  const { exitCode, json, outputs, summary, text, error } = result;
  return { exitCode, json, outputs, summary, text, failure: error && failureOf(error, exitCode) };
}

async function loadCommand(name: ActionName): Promise<Command> {
  const entry = findCommand(name);
  if (!entry) throw new Error(`no command ${name}`);
  return entry.load();
}

function commandInput(host: ActionsHost): ActionName {
  const name = host.input('command', false);
  if (isActionName(name)) return name;
  const known = ACTION_NAMES.join(', ');
  throw name === ''
    ? new UsageError('USAGE_MISSING_INPUT', 'the input command is missing', { hint: `give one of ${known}` })
    : new UsageError('USAGE_INVALID_INPUT', `command is ${JSON.stringify(name.slice(0, 120))}`, {
        hint: `give one of ${known}`,
      });
}

/** The raw inputs of a command, by name. */
function takeInputs(spec: CommandSpec, host: ActionsHost): ReadonlyMap<string, string> {
  const texts = new Map<string, string>();
  for (const { name, type, actionDefault } of spec.inputs) {
    const holdsSecret = type === 'secret' || type === 'pem';
    const text = host.input(name, holdsSecret || type === 'text');
    const path = holdsSecret ? host.input(`${name}-path`, false) : '';
    if (path !== '') texts.set(`${name}-path`, path);
    // The runner's default cannot be told from a value; a file was certainly meant.
    if (text !== '' && (path === '' || actionDefault === undefined)) texts.set(name, text);
  }
  return texts;
}

/**
 * The root action has the inputs of all commands: those given for another one have no effect. The runner always gives the
 * token.
 */
function warnOfOthers(spec: CommandSpec, host: ActionsHost): void {
  const own = new Set([GITHUB_TOKEN_INPUT, ...spec.inputs].flatMap(({ name }) => [name, `${name}-path`]));
  const given = Object.keys(process.env).filter((name) => isInput(name) && process.env[name]?.trim());
  for (const name of given.map((variable) => variable.slice('INPUT_'.length).toLowerCase()))
    if (name !== 'command' && !own.has(name)) host.warning(`${spec.name} has no input ${name}; it is not used`);
}

/** Children of any library would inherit them. */
function forgetInputs(): void {
  for (const name of Object.keys(process.env).filter(isInput)) delete process.env[name];
}

function isInput(name: string): boolean {
  return /^INPUT_/i.test(name);
}

function hasInput(spec: CommandSpec, name: string): boolean {
  return spec.inputs.some((input) => input.name === name);
}

async function assertEvent(spec: CommandSpec, inputs: Inputs, host: ActionsHost): Promise<void> {
  if (!spec.privileged) return;
  const path = host.env['GITHUB_EVENT_PATH'];
  const payload = path ? await readFileBounded(path, LIMITS.reportBytes).catch(() => undefined) : undefined;
  assertTrustedEvent(spec.name, { env: host.env, payload, allowed: inputs.boolean('allow-untrusted-event') });
}

/** Where nothing may be written, which the run will fail with, the report goes where it goes by default. */
async function reportPathFrom(
  spec: CommandSpec,
  texts: ReadonlyMap<string, string>,
  host: ActionsHost,
): Promise<string> {
  const wanted = texts.get('report-path');
  const folder = resolve(host.cwd, texts.get('working-directory') ?? '.');
  const usable = wanted !== undefined && (await checkedFiles(spec, texts, folder).catch(() => undefined));
  if (wanted !== undefined && usable) return resolve(folder, wanted);
  return defaultReport(spec, host);
}

function defaultReport({ name }: CommandSpec, { env }: ActionsHost): string {
  return join(env['RUNNER_TEMP'] ?? tmpdir(), `countersign-${name}-${randomBytes(4).toString('hex')}.json`);
}

async function writeReportFile(path: string, json: unknown, host: ActionsHost): Promise<string> {
  try {
    await writeReport(path, json, (text) => host.redact(text));
    return path;
  } catch (error) {
    const { code, message, hint } = describeFailure(error);
    host.finding(`${code}: the report was not written: ${message}; ${hint}`);
    return '';
  }
}

function setOutputs(spec: CommandSpec, host: ActionsHost, values: Readonly<Record<string, string>>): void {
  for (const { name } of spec.outputs) host.output(name, values[name] ?? '');
}

async function addSummary(host: ActionsHost, name: string, markdown: string | undefined): Promise<void> {
  if (markdown === undefined) return;
  const fits = Buffer.byteLength(markdown) <= MAX_SUMMARY_BYTES;
  await host.summary(fits ? markdown : `### ${name}\n\nThe result is too large for this page; see the report file.\n`);
}

/** The commands end their text with what was decided. */
function lastLine(text: string): string {
  const last = text.trimEnd().split('\n').at(-1)?.trim() ?? '';
  return last.replace(/^failed: /, '') || 'see the report';
}

function fail(host: ActionsHost, name: string, failure: Failure): number {
  for (const cause of failure.causes) host.info(`cause: ${cause}`);
  if (failure.stack) host.debug(failure.stack);
  const at = inDocument(failure);
  const location = at === '' ? failure.location : undefined;
  host.fail(`${name}: ${at}${failure.message} [${failure.code}]\nhint: ${failure.hint}`, location);
  return failure.exitCode;
}
