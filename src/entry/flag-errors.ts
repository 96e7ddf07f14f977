// SPDX-License-Identifier: Apache-2.0
// What can be wrong with the arguments of a command line, and what to write instead.

import { UsageError } from '../base/errors.ts';
import { nearest } from '../base/text.ts';
import type { InputSpec } from '../commands/inputs/spec.ts';
import { environmentName } from '../commands/inputs/values.ts';
import type { CommandSpec } from '../commands/spec.ts';

/** A value for a flag like `--json`, as written. */
export function valueOfSwitch(flag: string): UsageError {
  return new UsageError('USAGE_INVALID_INPUT', `${flag} takes no value`, { hint: `write ${flag} alone` });
}

/** No value for a flag that has one. */
export function noValue({ name }: InputSpec): UsageError {
  return new UsageError('USAGE_INVALID_INPUT', `--${name} has no value`, {
    hint: `give it a value, or write --${name}=VALUE when the value begins with a dash`,
  });
}

/** A variable of a script that is not set must not turn a verification off, or make it look at less. */
export function blankValue(what: string): UsageError {
  return new UsageError('USAGE_INVALID_INPUT', `${what} is empty`, {
    hint: 'give it a value, or leave it out; check that the variable which it comes from is set',
  });
}

/** A flag that has one value was given twice. */
export function givenTwice({ name }: InputSpec): UsageError {
  return new UsageError('USAGE_CONFLICTING_INPUTS', `--${name} was given more than once`, {
    hint: `give --${name} once`,
  });
}

/** A flag as written, with its name, that the command does not have. */
export function unknownFlag(written: string, name: string, known: readonly string[]): UsageError {
  const positive = name.startsWith('no-') ? name.slice(3) : undefined;
  const guess = guessFlag(name, known);
  return new UsageError('USAGE_UNKNOWN_INPUT', `no flag ${written}`, {
    hint:
      positive !== undefined && known.includes(positive)
        ? `write --${positive}=false`
        : guess
          ? `did you mean --${guess}?`
          : 'run the command with --help for its flags',
  });
}

/** The flag that was meant. Where a secret was, it is the one for its file; else a longer name that begins or ends so. */
function guessFlag(name: string, known: readonly string[]): string | undefined {
  const word = name.toLowerCase().replaceAll('_', '-');
  const fileOf = (flag: string | undefined) => known.find((one) => one === `${flag}-path`);
  const near = fileOf(word) ?? nearest(word, known);
  if (near !== undefined) return fileOf(near) ?? near;
  const longer = known.filter((one) => one.startsWith(`${word}-`) || one.endsWith(`-${word}`));
  return longer.length === 1 ? longer[0] : undefined;
}

/** A secret in an argument. */
export function secretFlag({ name }: InputSpec): UsageError {
  return new UsageError('USAGE_INVALID_INPUT', `--${name} would show a secret to every user of this machine`, {
    hint: `give --${name}-path FILE (or - for standard input), or set ${environmentName(name)}`,
  });
}

/** An argument too many; `takesOne` says whether the command takes any. */
export function tooManyArguments({ name }: CommandSpec, argument: string | undefined, takesOne: boolean): UsageError {
  return new UsageError('USAGE_UNKNOWN_INPUT', `unexpected argument ${JSON.stringify(argument?.slice(0, 120))}`, {
    hint: takesOne ? `${name} takes one argument` : `${name} takes flags only; see its --help`,
  });
}

/** The same input as a flag and as an argument. */
export function givenBothWays({ name }: InputSpec): UsageError {
  return new UsageError('USAGE_CONFLICTING_INPUTS', `${name} was given as a flag and as an argument`, {
    hint: 'give it once',
  });
}
