// SPDX-License-Identifier: Apache-2.0
// A guide followed literally: its policies are written, its commands run in their order, and what it shows is compared.
//
//   ```yaml     the policy, `countersign.yaml`; without `version` its keys take the place of those before, principals join them
//   ```ini      a file, whose name is the comment on the first line
//   ```sh       commands, each of which must end with 0; a backslash continues a line, `#` begins a comment
//   ```console  `$ command` and lines of what it prints, in their order; `…` stands for anything; its exit code is not asked

import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import { parse, stringify } from 'yaml';
import { type LineResult, runLine } from './command-line.ts';
import { PROJECT } from './sources.ts';

export interface GuideOptions {
  /** `docs/guides/NAME.md`. */
  readonly name: string;
  readonly cwd: string;
  /** What stands for words of the page; asked before each block. */
  readonly words?: () => Readonly<Record<string, string>>;
  /** The time of the next command. */
  readonly clock: () => Date;
  /** Does a line in another way, and says so; or does what has to be there before it. */
  readonly before?: (line: string) => Promise<'done' | undefined>;
  /** Looks at what a line printed. */
  readonly after?: (line: string, printed: string) => void;
  readonly env?: Readonly<Record<string, string>>;
}

interface Policy {
  readonly version?: number;
  readonly principals?: object;
}

/** Does what the page says; gives the number of commands that were run. */
export async function followGuide(options: GuideOptions): Promise<number> {
  const { name, cwd, words = () => ({}) } = options;
  const page = readFileSync(join(PROJECT, 'docs', 'guides', `${name}.md`), 'utf8');
  const blocks = [...page.matchAll(/^```(yaml|ini|sh|console)\n([\s\S]*?)^```$/gm)];
  let policy: Policy = {};
  let commands = 0;
  for (const [, kind = '', raw = ''] of blocks) {
    const text = filled(raw, words());
    if (kind === 'yaml') {
      const given: Policy = parse(text);
      policy = given.version ? given : joined(policy, given);
      await writeFile(join(cwd, 'countersign.yaml'), given.version ? text : written(policy));
    } else if (kind === 'ini') {
      await writeFile(join(cwd, /^# (\S+)\n/.exec(text)?.[1] ?? ''), text);
    } else if (kind === 'sh') {
      for (const line of commandsIn(text)) {
        commands += 1;
        const { exitCode, text: printed } = await runOne(line, options);
        expect(exitCode, `${line}\n${printed}`).toBe(0);
      }
    } else {
      commands += 1;
      const [command = '', ...shown] = text.trim().split('\n');
      const { text: printed } = await runOne(command.replace(/^\$ /, ''), options);
      expectShown(printed, shown, command);
    }
  }
  return commands;
}

async function runOne(line: string, { cwd, env = {}, clock, before, after }: GuideOptions): Promise<LineResult> {
  if ((await before?.(line)) === 'done') return { exitCode: 0, text: '' };
  const result = await runLine(line, { cwd, env, now: clock() });
  after?.(line, result.text);
  return result;
}

function filled(text: string, words: Readonly<Record<string, string>>): string {
  return Object.entries(words).reduce((all, [word, value]) => all.replaceAll(word, value), text);
}

/** As somebody would edit it: keys are replaced, principals join those that are there. */
function joined(policy: Policy, given: Policy): Policy {
  return { ...policy, ...given, principals: { ...policy.principals, ...given.principals } };
}

function written(policy: Policy): string {
  return stringify(policy, { defaultStringType: 'QUOTE_DOUBLE', defaultKeyType: 'PLAIN' });
}

function commandsIn(text: string): readonly string[] {
  return text
    .replace(/\\\n\s*/g, '')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'));
}

/** Every line shown is in what was printed, after the one before it. */
function expectShown(printed: string, shown: readonly string[], command: string): void {
  const lines = printed.split('\n').map((line) => line.trim());
  let at = 0;
  for (const wanted of shown.map((line) => line.trim()).filter((line) => line !== '' && line !== '…')) {
    const parts = wanted.split('…').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
    const pattern = new RegExp(`^${parts.join('.*')}$`);
    const found = lines.findIndex((line, index) => index >= at && pattern.test(line));
    expect(found, `${command}\nnot shown: ${wanted}\n${printed}`).toBeGreaterThanOrEqual(0);
    at = found + 1;
  }
}
