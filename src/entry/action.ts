// SPDX-License-Identifier: Apache-2.0
// The life of one step of a workflow: take the inputs, run the command, then report, outputs, summary, and only then the
// failure. The only file that fails a step. The process ends by itself: process.exit would lose buffered output.

import { tmpdir } from 'node:os';
import { EXIT, SystemError, UsageError } from '../base/errors.ts';
import { ACTION_NAMES, type ActionName, findCommand, isActionName } from '../commands/commands.ts';
import { GITHUB_TOKEN_INPUT } from '../commands/inputs/common.ts';
import { holdsSecret } from '../commands/inputs/values.ts';
import type { Command, CommandSpec } from '../commands/spec.ts';
import { ActionsHost } from '../host/actions.ts';
import { escapeMarkdown } from '../report/wording.ts';
import type { Redact } from '../report/redacted-json.ts';
import { describeFailure, type Failure, inDocument } from './outcome.ts';
import { reportPlaces, writeReport } from './report-file.ts';
import { type RunOutcome, installExitHandlers, runCommand, surviveOutputErrors } from './run.ts';

/** Runs one of the five actions, or with `root` the one that the input `command` names. */
export async function runAction(name: ActionName | 'root'): Promise<void> {
  surviveOutputErrors();
  const host = actionsHost();
  const removeHandlers = installExitHandlers(host.temporary, (thrown) => failEarly(host, name, thrown));
  try {
    process.exitCode = await runStep(name, host);
  } catch (error) {
    process.exitCode = failEarly(host, name, error);
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
  const places = await reportPlaces(spec, texts, host);
  const ending = await runCommand(command, texts, host);
  const { exitCode, result, failure } = ending;
  const wanted = failure?.code === 'USAGE_CONFLICTING_INPUTS' ? places.byDefault : places.wanted;
  const reportPath = await writeReportFile(wanted, ending.json, host);
  const values: Readonly<Record<string, string>> = { ...outputsOf(ending), 'report-path': reportPath };
  for (const output of spec.outputs) host.output(output.name, values[output.name] ?? '');
  if (!/^false$/i.test(texts.get('show-summary') ?? ''))
    host.summary(summaryOf(ending, spec.name, host), tooLarge(spec.name));
  const text = result?.text.trimEnd() ?? '';
  if (text) host.info(text);
  host.showFindings();
  host.info(`${spec.name}: ${values['outcome']}; report: ${reportPath || 'none'}`);
  if (failure) fail(host, spec.name, failure);
  else if (exitCode !== EXIT.passed) host.fail(`${spec.name} failed: ${lastLine(text)}`);
  return exitCode;
}

/** The outputs that every step has, and those of its command. */
function outputsOf({ exitCode, result, failure }: Pick<RunOutcome, 'exitCode' | 'result' | 'failure'>) {
  const { verdict, ...rest } = result?.outputs ?? {};
  return {
    'error-code': failure?.code ?? '',
    ...rest,
    verdict: verdict || (exitCode === EXIT.passed ? 'passed' : 'failed'),
    outcome: exitCode === EXIT.passed ? 'passed' : exitCode === EXIT.failed ? 'failed' : 'error',
  };
}

/** What the command says of its result, and the failure if that says nothing of it. */
function summaryOf(
  { result, failure }: Pick<RunOutcome, 'result' | 'failure'>,
  name: string,
  host: ActionsHost,
): string {
  const markdown = result?.summary?.() ?? '';
  const { code } = failure ?? { code: '' };
  const saysWhy = markdown.includes(code) || markdown.includes(escapeMarkdown(code));
  return failure && !saysWhy
    ? `${markdown}${markdown && '\n'}${failureSummary(name, failure, (text) => host.redact(text))}`
    : markdown;
}

function tooLarge(name: string): string {
  return `### ${name}\n\nThe result is too large for this page; see the report file.\n`;
}

/** The end of a step whose command was not found, or that broke down. */
function failEarly(host: ActionsHost, name: string, thrown: unknown): number {
  const failure = describeFailure(thrown);
  const { exitCode } = failure;
  const ending = { exitCode, result: undefined, failure };
  try {
    for (const [output, value] of Object.entries(outputsOf(ending))) host.output(output, value);
  } catch (error) {
    // The step fails as it would have, also when that is why.
    if (!(error instanceof SystemError)) throw error;
  }
  host.summary(summaryOf(ending, name, host), tooLarge(name));
  fail(host, name, failure);
  return exitCode;
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
  for (const input of spec.inputs) {
    const { name, type, actionDefault } = input;
    const isSecret = holdsSecret(input);
    const text = host.input(name, isSecret || type === 'text');
    const path = isSecret ? host.input(`${name}-path`, false) : '';
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

async function writeReportFile(path: string, json: unknown, host: ActionsHost): Promise<string> {
  try {
    await writeReport(path, json, host);
    return path;
  } catch (error) {
    const { code, message, hint } = describeFailure(error);
    host.finding(`${code}: the report was not written: ${message}; ${hint}`);
    return '';
  }
}

/** The commands end their text with what was decided. */
function lastLine(text: string): string {
  const last = text.trimEnd().split('\n').at(-1)?.trim() ?? '';
  return last.replace(/^failed: /, '') || 'see the report';
}

function fail(host: ActionsHost, name: string, failure: Failure): void {
  for (const cause of failure.causes) host.info(`cause: ${cause}`);
  if (failure.stack) host.debug(failure.stack);
  const at = inDocument(failure);
  const location = at === '' ? failure.location : undefined;
  host.fail(`${name}: ${at}${failure.message} [${failure.code}]\nhint: ${failure.hint}`, location);
}

const MAX_LINE = 2000;

/** Markdown: one item each for error, hint and causes. Secrets go before texts are cut and escaped. */
export function failureSummary(name: string, failure: Failure, redact: Redact): string {
  const item = (label: string, text: string) => {
    const lines = redact(text).split(/\r?\n/);
    return `- ${label}: ${lines.map((line) => escapeMarkdown(line, MAX_LINE)).join('<br>')}\n`;
  };
  const items = [
    item('error', `${inDocument(failure)}${failure.message}`),
    item('hint', failure.hint),
    ...failure.causes.map((cause) => item('cause', cause)),
  ];
  return `### ${name}: ${failure.code}\n\n${items.join('')}`;
}
