// SPDX-License-Identifier: Apache-2.0
// What may be printed: no registered secret, no terminal control sequence, no workflow command hidden in a text that
// came from an image, a registry or a tool.

const REPLACEMENT = '***';

/** Remembers the texts that must never be printed and removes them from everything that is. */
export class Redactor {
  /** Longest first, so that a secret containing another one disappears whole. */
  #secrets: readonly string[] = [];

  /** Registers a text; texts under 4 characters are ignored, they would riddle the log. */
  add(text: string): boolean {
    if (text.length < 4 || this.#secrets.includes(text)) return false;
    this.#secrets = [...this.#secrets, text].sort((a, b) => b.length - a.length);
    return true;
  }

  apply(text: string): string {
    return this.#secrets.reduce((result, secret) => result.replaceAll(secret, REPLACEMENT), text);
  }

  /** Whether a text is, or in the case of longer secrets contains, a registered one. */
  knows(text: string): boolean {
    return this.#secrets.some((secret) => text === secret || (secret.length >= 8 && text.includes(secret)));
  }
}

/** The text with control characters made visible; line ends and tabs stay. */
export function printable(text: string): string {
  // biome-ignore lint: control characters are what is looked for
  // oxlint-disable-next-line no-control-regex
  const controls = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;
  return text.replace(/\r\n/g, '\n').replace(controls, visible);
}

function visible(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/** The text with everything the runner would take for a workflow command made harmless. */
export function withoutWorkflowCommands(text: string): string {
  return text.replace(/^(\s*)::/gm, '$1\\::').replaceAll('##[', '# #[');
}
