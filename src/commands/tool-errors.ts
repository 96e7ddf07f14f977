// SPDX-License-Identifier: Apache-2.0
// What can go wrong with an external program before it has given an answer. Running programs is the host's work;
// judging their answers is the work of whoever called them.

import { type CodeCatalogue, CountersignError, EXIT, type ErrorDetails } from '../base/errors.ts';

/** Codes of external programs. */
export const TOOL_CODES = {
  TOOL_FAILED: {
    when: 'an external program ended with an error',
    fix: 'read its own message, shown above or in the cause, and repeat',
  },
  TOOL_NOT_FOUND: {
    when: 'an external program that this command needs is not on PATH',
    fix: 'install the program that the message names, or add its folder to PATH',
  },
  TOOL_OUTPUT_TOO_LARGE: {
    when: 'an external program wrote more than the report or answer that was asked for may have, and was stopped',
    fix: 'run the program by hand and see what it writes; the limits are listed in docs/formats.md',
  },
  TOOL_START_FAILED: {
    when: 'an external program is there but cannot be started',
    fix: 'see the cause; check that the file is executable on this machine',
  },
  TOOL_TIMEOUT: {
    when: 'an external program ran longer than `timeout` and was stopped',
    fix: 'give a longer ⟨timeout⟩, or find out what the program waits for',
  },
  TOOL_UNSUPPORTED: {
    when: 'an external program is too old, or this system does not let it run',
    fix: 'do what the message says: update the program or change the system setting',
  },
} as const satisfies CodeCatalogue;

/** Code of an external program. */
type ToolCode = keyof typeof TOOL_CODES;

/** Whether a value is one of these codes. */
export function isToolCode(value: unknown): value is ToolCode {
  return typeof value === 'string' && Object.hasOwn(TOOL_CODES, value);
}

/** An external program is missing, cannot run, or ran too long: exit code 3. */
export class ToolError extends CountersignError {
  override readonly exitCode = EXIT.environment;
  constructor(code: ToolCode, message: string, details: ErrorDetails) {
    super(code, message, details);
  }
}
