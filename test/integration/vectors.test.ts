// SPDX-License-Identifier: Apache-2.0
// Every known image of the reference against verify-all without a policy: the same verdict as Apptainer 1.4.5 gave. What
// Apptainer can be asked and verify-all cannot stands in a table with the reason.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { command } from '../../src/commands/verify-all/verify-all.ts';
import type { CommandResult } from '../../src/commands/spec.ts';
import type { Verdict } from '../../src/policy/verdict.ts';
import { CountersignError } from '../../src/base/errors.ts';
import { FakeHost } from '../support/fake-host.ts';
import { runCommand } from '../support/run-command.ts';
import { vectorPath } from '../support/vectors.ts';
import { temporaryFile } from '../support/temporary.ts';

interface Recorded {
  readonly exit: number;
  readonly error?: string;
}
interface Expected {
  readonly images: Readonly<Record<string, { readonly verify: Readonly<Record<string, Recorded>> }>>;
}

const keys = (name: string): string => vectorPath(`apptainer/keys/${name}`);
const image = (name: string): string => vectorPath(`apptainer/images/${name}`);

/** When the certificates of the vectors are to be looked at, and a time after all their signatures. */
const NOW = '2026-12-01T00:00:00Z';

const CERTIFICATES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'certificate x509/code.pem + intermediates x509/int.pem + roots x509/root.pem': certificate('code.pem', 'root.pem', [
    'int.pem',
  ]),
  'without intermediates': certificate('code.pem', 'root.pem'),
  'roots = int.pem only': certificate('code.pem', 'int.pem'),
  'certificate expired.pem': certificate('expired.pem', 'root.pem', ['int.pem']),
  'certificate x509/noeku.pem + int + root': certificate('noeku.pem', 'root.pem', ['int.pem']),
  'certificate x509/tls.pem + int + root': certificate('tls.pem', 'root.pem', ['int.pem']),
};

function certificate(leaf: string, roots: string, intermediates: readonly string[] = []) {
  return {
    'signer-certificate': keys(`x509/${leaf}`),
    'trust-anchors': keys(`x509/${roots}`),
    ...(intermediates.length > 0
      ? { intermediates: intermediates.map((name) => keys(`x509/${name}`)).join('\n') }
      : {}),
  };
}

/** Calls of apptainer that have no counterpart in verify-all: where ours is deliberately stricter, and why. */
const WITHOUT_COUNTERPART: readonly (readonly [RegExp, string])[] = [
  [/^pgp-(group|object)\d$/, 'stricter: a whole image is verified, never a part of it'],
  [/^legacy/, 'stricter: legacy signatures protect neither header nor descriptors and never count'],
  [/^without roots$/, 'stricter: the roots of the operating system are not trusted'],
  [/^--ocsp-verify$/, 'stricter: no network during verification'],
  [/^(exec|ecl-)/, 'running an image is Apptainer’s'],
];

/** Our inputs for a way in which apptainer was called; undefined when there are none. */
function inputsFor(call: string): Readonly<Record<string, string>> | undefined {
  if (call === 'pgp') return { keyring: keys('private.asc') };
  if (call === 'pgp-empty-keyring') return { keyring: 'empty.asc' };
  if (call.startsWith('pgp-with:')) return { keyring: keys(call.slice('pgp-with:'.length)) };
  if (call.startsWith('key:')) return { 'public-key': keys(`${call.slice('key:'.length)}-public.pem`) };
  if (call.startsWith('key-with:')) return { 'public-key': keys(call.slice('key-with:'.length)) };
  const certificates = CERTIFICATES[call];
  if (!certificates && !WITHOUT_COUNTERPART.some(([pattern]) => pattern.test(call)))
    throw new Error(`the vectors have a call that this test does not know: ${call}`);
  return certificates;
}

const { images } = JSON.parse(readFileSync(vectorPath('apptainer/expected.json'), 'utf8')) as Expected;
const calls = Object.entries(images)
  .filter(([name]) => existsSync(image(name)))
  .flatMap(([name, expected]) => Object.entries(expected.verify).map(([call, recorded]) => ({ name, call, recorded })));
const mapped = calls.flatMap(({ name, call, recorded }) => {
  const inputs = inputsFor(call);
  return inputs ? [{ name, call, recorded, inputs }] : [];
});

async function verify(name: string, inputs: Readonly<Record<string, string>>): Promise<CommandResult> {
  await using host = new FakeHost();
  return runCommand(command, { 'subject-path': image(name), now: NOW, ...inputs }, host);
}

describe('images of the reference', () => {
  test.each(mapped)('$name by $call', async ({ name, call, recorded, inputs }) => {
    const emptyKeyring = await temporaryFile(Buffer.alloc(0), 'empty.asc');
    const given = call === 'pgp-empty-keyring' ? { keyring: emptyKeyring } : inputs;
    // Apptainer fails the image; a key that can never verify anything is an error of ours about its file.
    if (call.includes('v6-')) {
      await expect(verify(name, given)).rejects.toMatchObject({ code: 'SIGNATURE_TRUST_UNREADABLE' });
      return;
    }
    const { json, exitCode, text } = await verify(name, given);
    const verdict = recorded.exit === 0 ? 'passed' : 'failed';
    expect((json as Verdict).verdict, `${recorded.error ?? 'passed'}\n${text}`).toBe(verdict);
    expect(exitCode).toBe(verdict === 'passed' ? 0 : 1);
  });

  const legacy = Object.keys(images).filter((name) => name.includes('signed-legacy'));
  test.each(legacy)('%s: its legacy signatures are shown and do not count', async (name) => {
    const { json } = await verify(name, { keyring: keys('private.asc') });
    const [verdict] = (json as Verdict).images;
    const native = verdict?.layers.filter(({ kind }) => kind === 'native-legacy') ?? [];
    expect(native.length).toBeGreaterThan(0);
    for (const { status, reasons } of native) {
      expect(status).toBe('untrusted');
      expect(reasons.map(({ code }) => code)).toContain('NATIVE_LEGACY_INSECURE');
    }
    expect(verdict?.coverage.every(({ covered }) => !covered)).toBe(true);
  });

  test('every image is refused without anything to trust', async () => {
    for (const name of readdirSync(vectorPath('apptainer/images'))) {
      const code = await verify(name, {}).then(
        () => 'no error',
        (error: unknown) => (error instanceof CountersignError ? error.code : error),
      );
      expect(code).toBe('USAGE_MISSING_INPUT');
    }
  });
});
