// SPDX-License-Identifier: Apache-2.0
// A guide followed literally: its policies are written, its commands run in their order, and what it shows is compared.
//
//   ```yaml     the policy, `countersign.yaml`; without `version` its keys take the place of those before, principals join them
//   ```sh       commands, each of which must end with 0; a backslash continues a line, `#` begins a comment
//   ```console  `$ command` and lines of what it prints, in their order; `…` stands for anything; its exit code is not asked

import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import { parse, stringify } from 'yaml';
import { type LineOptions, runLine } from './command-line.ts';
import { PROJECT } from './sources.ts';

interface Block {
  readonly kind: string;
  readonly text: string;
}

export interface GuideOptions {
  /** `docs/guides/NAME.md`. */
  readonly name: string;
  readonly cwd: string;
  /** What stands for words of the page. */
  readonly words?: Readonly<Record<string, string>>;
  /** The time of the next command. */
  readonly clock: () => Date;
  /** Programs that are not here: their lines are passed over. */
  readonly without?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

interface Policy {
  readonly version?: number;
  readonly principals?: object;
}

/** Does what the page says; gives the number of commands that were run. */
export async function followGuide({
  name,
  cwd,
  words = {},
  clock,
  without = [],
  env = {},
}: GuideOptions): Promise<number> {
  const page = readFileSync(join(PROJECT, 'docs', 'guides', `${name}.md`), 'utf8');
  const filled = Object.entries(words).reduce((text, [word, value]) => text.replaceAll(word, value), page);
  const blocks: readonly Block[] = [...filled.matchAll(/^```(yaml|sh|console)\n([\s\S]*?)^```$/gm)].map(
    ([, kind = '', text = '']) => ({ kind, text }),
  );
  let policy: Policy = {};
  let commands = 0;
  const run = async (line: string) => {
    commands += 1;
    const options: LineOptions = { cwd, env, now: clock() };
    return await runLine(line, options);
  };
  for (const { kind, text } of blocks)
    if (kind === 'yaml') {
      const given: Policy = parse(text);
      policy = given.version
        ? given
        : { ...policy, ...given, principals: { ...policy.principals, ...given.principals } };
      const written = given.version
        ? text
        : stringify(policy, { defaultStringType: 'QUOTE_DOUBLE', defaultKeyType: 'PLAIN' });
      await writeFile(join(cwd, 'countersign.yaml'), written);
    } else if (kind === 'sh') {
      for (const line of commandsIn(text)) {
        if (without.some((program) => line.startsWith(`${program} `))) continue;
        const { exitCode, text: printed } = await run(line);
        expect(exitCode, `${line}\n${printed}`).toBe(0);
      }
    } else {
      const [command = '', ...shown] = text.trim().split('\n');
      const { text: printed } = await run(command.replace(/^\$ /, ''));
      expectShown(printed, shown, command);
    }
  return commands;
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
