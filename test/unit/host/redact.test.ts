// SPDX-License-Identifier: Apache-2.0
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ambientSecrets, childEnvironment } from '../../../src/host/process-host.ts';
import { isInGateWord, Redactor, withoutWorkflowCommands } from '../../../src/host/secrets.ts';
import { printable, visibleLine, visibleLines } from '../../../src/base/text.ts';
import { escapeHtml, escapeMarkdown, escapeMermaid } from '../../../src/report/wording.ts';

describe('the redactor', () => {
  test('removes the longest secret first, so that nothing of it is left', () => {
    const redactor = new Redactor();
    redactor.add('pass');
    redactor.add('passphrase');
    expect(redactor.apply('my passphrase and my pass')).toBe('my *** and my ***');
  });

  test('takes every character of a secret literally', () => {
    const redactor = new Redactor();
    redactor.add('a.*$&(b');
    expect(redactor.apply('axxb a.*$&(b')).toBe('axxb ***');
  });

  test('ignores texts that would riddle the log', () => {
    const redactor = new Redactor();
    expect(redactor.add('}')).toEqual([]);
    expect(redactor.add('a')).toEqual([]);
    expect(redactor.add(' \n\t \r\n ')).toEqual([]);
    expect(redactor.apply('{a} \n\t')).toBe('{a} \n\t');
  });

  test('leaves nothing of secrets that overlap', () => {
    const redactor = new Redactor();
    redactor.add('abcdef');
    redactor.add('defghi');
    expect(redactor.apply('>abcdefghi<')).toBe('>***<');
  });

  test('finds each line of a secret of several lines, whatever its line ends, but for the frame of a key', () => {
    const redactor = new Redactor();
    redactor.add('-----BEGIN X-----\r\nfirst-line\r\n}\rsecond-line\n-----END X-----\n');
    expect(redactor.apply('a first-line b\nsecond-line }')).toBe('a *** b\n*** }');
    expect(redactor.apply('-----BEGIN X-----')).toBe('-----BEGIN X-----');
  });

  test('finds a secret in headers, addresses and documents', () => {
    const secret = 'p+ä"s/ w\\rd';
    const redactor = new Redactor();
    redactor.add(secret);
    const encoded = [
      Buffer.from(secret).toString('base64'),
      Buffer.from(secret).toString('base64url'),
      ...['u', 'us', 'use', 'user'].map((user) => Buffer.from(`${user}:${secret}`).toString('base64')),
      encodeURIComponent(secret),
      new URLSearchParams({ q: secret }).toString(),
      JSON.stringify({ secret }),
    ];
    for (const text of encoded) expect(redactor.apply(`x ${text} y`), text).toContain('***');
    expect(redactor.apply(`x ${encodeURIComponent(secret)} y`)).toBe('x *** y');
  });

  test('finds a secret in what reports escaped, wherever it stands', () => {
    const escapes = [escapeMarkdown, escapeHtml, escapeMermaid, printable, visibleLine, visibleLines];
    const secret = fc.string({ unit: 'binary', minLength: 12, maxLength: 24 }).filter((text) => {
      const clean = text.trim();
      return clean.length >= 12 && clean.isWellFormed() && !/[\r\n*]/.test(clean);
    });
    fc.assert(
      fc.property(secret, fc.constantFrom('', 'www', 'w', '1', ' ', '&'), (text, before) => {
        const redactor = new Redactor();
        redactor.add(text);
        for (const escape of escapes) {
          const shown = redactor.apply(escape(`${before}${text.trim()} after`));
          expect(shown).toContain('***');
          expect(shown).not.toContain(escape(text.trim()));
          expect(redactor.apply(shown)).toBe(shown);
        }
      }),
    );
  });

  test('finds what is left of a secret where a text was cut', () => {
    const redactor = new Redactor();
    redactor.add('long|secret-of-the-house');
    for (const escape of [printable, escapeMarkdown, escapeMermaid]) {
      const shown = redactor.apply(escape(`before long|secret-of-the-house`, 20));
      expect(shown).toMatch(/^before \*\*\*…$/);
    }
    expect(redactor.apply('long|secret of another house… long|…')).toBe('long|secret of another house… long|…');
  });

  test('is as fast with a key of many lines', () => {
    const redactor = new Redactor();
    const lines = Array.from({ length: 5000 }, (_, index) => `${index} line of a long key ${index * 7919}`);
    redactor.add(lines.join('\n'));
    const text = 'a line of a log, and nothing secret in it; '.repeat(20);
    const startMs = performance.now();
    for (let count = 0; count < 500; count += 1) redactor.apply(text);
    expect(performance.now() - startMs).toBeLessThan(3000);
    expect(redactor.apply(`x ${lines[4321]} y`)).toBe('x *** y');
  });

  test('looks for what nobody gave from eight characters on, unless it is given, too', () => {
    const redactor = new Redactor();
    expect(redactor.add('user:pass'.slice(5), 'found')).toEqual([]);
    redactor.add('hunter22\nshort', 'found');
    expect(redactor.apply('passed hunter22 short')).toBe('passed *** short');
    redactor.add('pass');
    expect(redactor.apply('passed hunter22')).toBe('***ed ***');
  });

  test('does not take what a short secret has in common with a digest for the secret', () => {
    const redactor = new Redactor();
    redactor.add('cafe');
    const digest = `sha256:${'0cafe1'.repeat(10)}abcd`;
    expect(redactor.apply(`the cafe of ${digest}`)).toBe(`the *** of ${digest}`);
    redactor.add('0123456789abcdef0123');
    expect(redactor.apply('0123456789abcdef0123'.repeat(3))).toBe('*********');
  });
});

describe('printable text', () => {
  test('keeps lines and tabs, shows other control and direction characters', () => {
    expect(visibleLines('a\r\n\tb\u001b[0m\u0007\u009b\u202e\u2066')).toBe(
      'a\n\tb\\u001b[0m\\u0007\\u009b\\u202e\\u2066',
    );
    expect(visibleLines('lone \r return')).toBe('lone \\u000d return');
  });

  test('shows what hides or turns text: Arabic letter mark, soft hyphen, separators, tags, joiners', () => {
    for (const code of [0x61c, 0xad, 0x85, 0x200b, 0x200d, 0x2028, 0x2029, 0x2060, 0xfeff, 0xe0001, 0xe0041, 0x3164]) {
      const hex = code.toString(16);
      expect(visibleLines(`a${String.fromCodePoint(code)}b`)).toBe(
        hex.length > 4 ? `a\\u{${hex}}b` : `a\\u${hex.padStart(4, '0')}b`,
      );
      expect(visibleLine(`a${String.fromCodePoint(code)}b`)).toBe(`a\\u{${hex}}b`);
    }
    expect(visibleLines('ü ✓ ⚠\ufe0f 漢字 e\u0301')).toBe('ü ✓ ⚠\ufe0f 漢字 e\u0301');
  });

  test('workflow commands are made harmless at every line', () => {
    expect(withoutWorkflowCommands('ok\n  ::add-path::/tmp\n::error::x\ntext ::not:: ##[error]y')).toBe(
      'ok\n  \\::add-path::/tmp\n\\::error::x\ntext ::not:: # #[error]y',
    );
  });
});

describe('the environment of a child', () => {
  test('keeps what was found, so that a helper that reads it there can be asked again', () => {
    const redactor = new Redactor();
    redactor.add('correct horse', 'found');
    const environment = { REG_PASS_ENV: 'correct horse' };
    expect(childEnvironment(environment, redactor)).toEqual(environment);
    redactor.add('correct horse');
    expect(childEnvironment(environment, redactor)).toEqual({});
  });

  test('holds no input, no token and no registered secret', () => {
    const redactor = new Redactor();
    redactor.add('hunter22');
    const environment = {
      PATH: '/bin:/hunter22',
      LANG: 'C',
      INPUT_KEY: 'k',
      'INPUT_KEY-PATH': 'p',
      COUNTERSIGN_KEY: 'k',
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: 't',
      SIGSTORE_ID_TOKEN: 'u',
      ACTIONS_RUNTIME_TOKEN: 't',
      GITHUB_TOKEN: 't',
      COSIGN_PASSWORD: 'p',
      COPY: 'x=hunter22',
      EMPTY: undefined,
    };
    expect(childEnvironment(environment, redactor)).toEqual({ PATH: '/bin:/hunter22', LANG: 'C' });
  });
});

describe('secrets of the environment', () => {
  test('are the tokens of the job and the password of a proxy', () => {
    const environment = {
      GITHUB_TOKEN: 'one',
      GH_TOKEN: 'two',
      ACTIONS_RUNTIME_TOKEN: 'three',
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'four',
      COSIGN_PASSWORD: 'five',
      https_proxy: 'http://me:p%40ss@proxy.example:3128',
      HTTP_PROXY: 'me:secret@proxy.example',
      NO_PROXY: 'a:b@c',
      OTHER_TOKEN: 'six',
      EMPTY: undefined,
    };
    const pair = (text: string) => Buffer.from(text).toString('base64');
    expect(ambientSecrets(environment).map(({ text }) => text)).toEqual([
      'one',
      'two',
      'three',
      'four',
      'five',
      'p%40ss',
      'p@ss',
      pair('me:p@ss'),
      'secret',
      pair('me:secret'),
    ]);
  });

  test('are given where a variable holds nothing else, and found in an address', () => {
    const environment = { COSIGN_PASSWORD: 'pass', HTTP_PROXY: 'http://user:word@proxy' };
    const redactor = new Redactor();
    for (const { text, origin } of ambientSecrets(environment)) redactor.add(text, origin);
    expect(redactor.apply('a pass and a word')).toBe('a *** and a word');
  });

  test('do not keep a proxy, or a token under another name that was given to a child, from it', () => {
    const environment = {
      https_proxy: 'http://me:hunter22@proxy',
      GH_TOKEN: 'ghs_12345678',
      FOR_CHILD: 'ghs_12345678',
    };
    const redactor = new Redactor();
    for (const { text, origin } of ambientSecrets(environment)) redactor.add(text, origin);
    const { https_proxy, FOR_CHILD } = environment;
    expect(childEnvironment(environment, redactor)).toEqual({ https_proxy, FOR_CHILD });
    expect(redactor.apply('hunter22 ghs_12345678')).toBe('*** ***');
  });
});

test('what is in the word of a gate is known', () => {
  expect(['pass', 'true', 'failed', 'als'].every(isInGateWord)).toBe(true);
  expect(['passe-partout', 'hunter22'].filter(isInGateWord)).toEqual([]);
});
