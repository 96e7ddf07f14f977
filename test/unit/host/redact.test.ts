// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import { childEnvironment } from '../../../src/host/child-environment.ts';
import { printable, Redactor, withoutWorkflowCommands } from '../../../src/host/redact.ts';

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
    expect(redactor.add('}')).toBe(false);
    expect(redactor.apply('{}')).toBe('{}');
  });
});

describe('printable text', () => {
  test('keeps lines and tabs, shows other control and direction characters', () => {
    expect(printable('a\r\n\tb\u001b[0m\u0007\u009b\u202e\u2066')).toBe('a\n\tb\\u001b[0m\\u0007\\u009b\\u202e\\u2066');
    expect(printable('lone \r return')).toBe('lone \\u000d return');
  });

  test('workflow commands are made harmless at every line', () => {
    expect(withoutWorkflowCommands('ok\n  ::add-path::/tmp\n::error::x\ntext ::not:: ##[error]y')).toBe(
      'ok\n  \\::add-path::/tmp\n\\::error::x\ntext ::not:: # #[error]y',
    );
  });
});

describe('the environment of a child', () => {
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
      ACTIONS_RUNTIME_TOKEN: 't',
      GITHUB_TOKEN: 't',
      COPY: 'x=hunter22',
      EMPTY: undefined,
    };
    expect(childEnvironment(environment, redactor)).toEqual({ PATH: '/bin:/hunter22', LANG: 'C' });
  });
});
