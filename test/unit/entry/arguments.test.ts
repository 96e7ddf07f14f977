// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import type { CommandSpec } from '../../../src/commands/spec.ts';
import { readArguments } from '../../../src/entry/command-line.ts';

const spec: CommandSpec = {
  name: 'try',
  summary: 'Try',
  description: 'Tries.',
  positional: 'subject-path',
  inputs: [
    { name: 'subject-path', type: 'paths', description: 'Paths.' },
    { name: 'stage', type: 'string', description: 'Stage.' },
    { name: 'dry-run', type: 'boolean', description: 'Dry.' },
    { name: 'key', type: 'secret', description: 'Key.' },
    { name: 'certificate', type: 'pem', description: 'Certificate.' },
    { name: 'show-summary', type: 'boolean', only: 'action', description: 'Summary.' },
  ],
  outputs: [],
};

const texts = (args: readonly string[], env = {}) => Object.fromEntries(readArguments(spec, args, env).texts);

function thrownBy(body: () => unknown): unknown {
  try {
    body();
  } catch (error) {
    return error;
  }
  return undefined;
}

describe('arguments', () => {
  test('a boolean followed by true or false takes it, as an action’s input would; other words stay paths', () => {
    expect(texts(['--dry-run', 'false', 'a.sif'])).toEqual({ 'dry-run': 'false', 'subject-path': 'a.sif' });
    expect(texts(['--dry-run', 'true', '--stage', 'x'])).toEqual({ 'dry-run': 'true', stage: 'x' });
    expect(texts(['--dry-run', 'a.sif', 'true'])).toEqual({ 'dry-run': 'true', 'subject-path': 'a.sif\ntrue' });
    expect(texts(['--dry-run=false', 'true'])).toEqual({ 'dry-run': 'false', 'subject-path': 'true' });
  });

  test('a value follows its flag or an equals sign', () => {
    expect(texts(['--stage', 'author'])).toEqual({ stage: 'author' });
    expect(texts(['--stage=a=b'])).toEqual({ stage: 'a=b' });
  });

  test('a boolean stands alone or has its value after an equals sign', () => {
    expect(texts(['--dry-run'])).toEqual({ 'dry-run': 'true' });
    expect(texts(['--dry-run=false'])).toEqual({ 'dry-run': 'false' });
  });

  test('repeated list flags and positional arguments are lines of one list', () => {
    expect(texts(['--subject-path', 'a.sif', 'b.sif', '--subject-path=c.sif'])).toEqual({
      'subject-path': 'a.sif\nc.sif\nb.sif',
    });
  });

  test('after a double dash everything is a positional argument', () => {
    expect(texts(['--', '--stage'])).toEqual({ 'subject-path': '--stage' });
  });

  test('the general flags are recognised anywhere', () => {
    expect(readArguments(spec, ['a.sif', '--json', '-h', '--quiet'], {})).toMatchObject({
      json: true,
      help: true,
      quiet: true,
      verbose: false,
    });
  });

  test.each([
    [['--stage', 'a', '--stage', 'b'], 'USAGE_CONFLICTING_INPUTS'],
    [['--stage'], 'USAGE_INVALID_INPUT'],
    [['--stage', '--dry-run'], 'USAGE_INVALID_INPUT'],
    [['--json=yes'], 'USAGE_INVALID_INPUT'],
    [['--no-such-flag'], 'USAGE_UNKNOWN_INPUT'],
    [['-x'], 'USAGE_UNKNOWN_INPUT'],
    [['--show-summary'], 'USAGE_UNKNOWN_INPUT'],
  ])('%j is refused with %s', (args, code) => {
    expect(() => texts(args)).toThrow(expect.objectContaining({ code }));
  });

  test('an unknown flag gets the nearest known one', () => {
    expect(() => texts(['--stagge', 'author'])).toThrow(expect.objectContaining({ hint: 'did you mean --stage?' }));
    expect(() => texts(['--subject', 'a'])).toThrow(expect.objectContaining({ hint: 'did you mean --subject-path?' }));
  });

  test.each([
    ['--keys', '--key-path'],
    ['--Policy', '--policy-path'],
    ['--anchors', '--trust-anchors'],
    ['--username', '--registry-username'],
    ['--registry', '--registry-username'],
    ['--dry_run', '--dry-run'],
  ])('%s is told to be %s, which can be followed', (written, meant) => {
    const known: CommandSpec = {
      ...spec,
      inputs: [
        ...spec.inputs,
        ...['policy-path', 'trust-anchors', 'registry-username'].map((name) => ({
          name,
          type: 'string' as const,
          description: 'More.',
        })),
      ],
    };
    expect(() => readArguments(known, [written, 'a'], {})).toThrow(
      expect.objectContaining({ hint: `did you mean ${meant}?` }),
    );
  });

  test('the text of a key or certificate may follow its flag, and no other flag', () => {
    const pem = '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----';
    expect(texts(['--stage', pem])).toEqual({ stage: pem });
    expect(() => texts(['--stage', '-----begin'])).toThrow(expect.objectContaining({ code: 'USAGE_INVALID_INPUT' }));
    const secret = thrownBy(() => texts(['--key', '-----BEGIN PRIVATE KEY-----\nhunter22']));
    expect(`${JSON.stringify(secret)} ${String(secret)}`).not.toContain('hunter22');
  });

  test('a flag is switched off by a value', () => {
    expect(() => texts(['--no-dry-run'])).toThrow(expect.objectContaining({ hint: 'write --dry-run=false' }));
  });

  test.each([[['--key', 'hunter22']], [['--key=hunter22']]])('a secret in %j is refused and not repeated', (args) => {
    const refusal = thrownBy(() => texts(args));
    expect(refusal).toMatchObject({ code: 'USAGE_INVALID_INPUT', hint: expect.stringContaining('COUNTERSIGN_KEY') });
    expect(`${JSON.stringify(refusal)} ${String(refusal)}`).not.toContain('hunter22');
  });

  test('keys and certificates come from files, from standard input or from the environment', () => {
    expect(texts(['--key-path', '-'])).toEqual({ 'key-path': '-' });
    expect(texts([], { COUNTERSIGN_KEY: 'k', COUNTERSIGN_CERTIFICATE_PATH: 'c.pem', COUNTERSIGN_STAGE: 'x' })).toEqual({
      key: 'k',
      'certificate-path': 'c.pem',
    });
  });

  test.each([
    [['--stage', '']],
    [['--stage=']],
    [['--stage', '  ']],
    [['--subject-path', 'a', '--subject-path', '']],
    [['a', '']],
  ])('an empty value in %j is refused: a variable that is not set must not switch a check off', (args) => {
    expect(() => texts(args)).toThrow(
      expect.objectContaining({ code: 'USAGE_INVALID_INPUT', message: expect.stringContaining('is empty') }),
    );
  });

  test('a flag wins over the environment', () => {
    expect(texts(['--key-path', 'k.pem'], { COUNTERSIGN_KEY: 'k' })).toEqual({ 'key-path': 'k.pem' });
  });

  test('a second argument for a command that takes one is refused', () => {
    const single: CommandSpec = { ...spec, positional: 'stage' };
    expect(() => readArguments(single, ['a', 'b'], {})).toThrow(
      expect.objectContaining({ code: 'USAGE_UNKNOWN_INPUT' }),
    );
    expect(() => readArguments(single, ['a', '--stage', 'b'], {})).toThrow(
      expect.objectContaining({ code: 'USAGE_CONFLICTING_INPUTS' }),
    );
  });
});
