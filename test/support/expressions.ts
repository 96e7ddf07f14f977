// SPDX-License-Identifier: Apache-2.0
// The expressions of workflow files, as far as ours use them: literals, contexts, ==, !=, &&, ||, format and the
// functions of status.
// See https://docs.github.com/en/actions/reference/workflows-and-actions/expressions

export interface Contexts {
  readonly [name: string]: unknown;
}

type Value = string | number | boolean | null;

/** A text with its `${{ … }}` parts replaced by what they say. */
export function interpolate(text: string, contexts: Contexts): string {
  return text.replace(/\$\{\{([\s\S]*?)\}\}/g, (_, inner: string) => asText(evaluate(inner, contexts)));
}

/** Whether a step or job runs: without a function of status only when nothing has failed. */
export function condition(text: string | undefined, contexts: Contexts, failed: boolean): boolean {
  const inner = (text ?? '').replace(/^\s*\$\{\{|\}\}\s*$/g, '').trim();
  if (!/\b(?:success|failure|always|cancelled)\(/.test(inner) && failed) return false;
  return inner === '' || isTrue(evaluate(inner, { ...contexts, 'failure()': failed, 'success()': !failed }));
}

function evaluate(text: string, contexts: Contexts): Value {
  const tokens = text.match(/'(?:[^']|'')*'|[A-Za-z_][\w.-]*\(?|\d+|==|!=|&&|\|\||[(),]/g) ?? [];
  const parser = new Parser(tokens, contexts);
  const value = parser.or();
  parser.end();
  return value;
}

class Parser {
  readonly #tokens: string[];
  readonly #contexts: Contexts;

  constructor(tokens: readonly string[], contexts: Contexts) {
    this.#tokens = [...tokens];
    this.#contexts = contexts;
  }

  or(): Value {
    let left = this.and();
    while (this.#take('||')) {
      const right = this.and();
      left = isTrue(left) ? left : right;
    }
    return left;
  }

  and(): Value {
    let left = this.equality();
    while (this.#take('&&')) {
      const right = this.equality();
      left = isTrue(left) ? right : left;
    }
    return left;
  }

  equality(): Value {
    const left = this.atom();
    if (this.#take('==')) return asText(left) === asText(this.atom());
    return this.#take('!=') ? asText(left) !== asText(this.atom()) : left;
  }

  atom(): Value {
    const token = this.#tokens.shift() ?? '';
    if (token === '(') {
      const value = this.or();
      this.#need(')');
      return value;
    }
    if (token.startsWith("'")) return token.slice(1, -1).replaceAll("''", "'");
    if (/^\d+$/.test(token)) return Number(token);
    if (token.endsWith('(')) return this.#call(token.slice(0, -1));
    return token.split('.').reduce<unknown>((from, name) => member(from, name), this.#contexts) as Value;
  }

  end(): void {
    if (this.#tokens.length > 0) throw new Error(`not understood: ${this.#tokens.join(' ')}`);
  }

  #call(name: string): Value {
    const given: Value[] = [];
    while (!this.#take(')')) {
      given.push(this.or());
      this.#take(',');
      if (this.#tokens.length === 0) throw new Error(`${name}( is not closed`);
    }
    if (name === 'format')
      return asText(given[0] ?? '').replace(/\{(\d+)\}/g, (_, index: string) => asText(given[Number(index) + 1] ?? ''));
    const status = this.#contexts[`${name}()`];
    if (typeof status !== 'boolean') throw new Error(`no function ${name}`);
    return status;
  }

  #take(token: string): boolean {
    if (this.#tokens[0] !== token) return false;
    this.#tokens.shift();
    return true;
  }

  #need(token: string): void {
    if (!this.#take(token)) throw new Error(`${token} is missing`);
  }
}

function member(from: unknown, name: string): unknown {
  return typeof from === 'object' && from !== null ? (Reflect.get(from, name) ?? null) : null;
}

function isTrue(value: Value): boolean {
  return value !== null && value !== '' && value !== false && value !== 0;
}

function asText(value: Value): string {
  return value === null ? '' : String(value);
}
