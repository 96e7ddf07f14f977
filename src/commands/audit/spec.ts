// SPDX-License-Identifier: Apache-2.0
// The inputs and outputs of report as data.

import { COMMON_INPUTS, COMMON_OUTPUTS } from '../inputs/common.ts';
import type { CommandSpec, InputsOf } from '../spec.ts';
import { CONNECTION_INPUTS } from '../inputs/registry.ts';
import { SUBJECT_INPUTS } from '../inputs/subjects.ts';
import { TRUST_INPUTS } from '../inputs/trust.ts';
import { WITHOUT_INPUTS } from '../verify-all/without.ts';

/** What `report` takes. */
export const spec = {
  name: 'report',
  summary: 'Account for a period, or find the images that contain or rest on something',
  description:
    '`report period FILE…` reads the files that `report-path` of verify-all, push-oras and pull left, and signed verdicts (which need trust inputs), and lists every image that was judged from `from` on and before `to`: approvers, exceptions, who approved their own work, what is missing. The same files give the same bytes. `report find IMAGE…` says which images contain a component by their signed SBOMs, or rest on a key, a person or a CA: since when, by whom, where; with `without`, which would not pass any more. It checks signatures and reads no data. Both fail when something that was given could not be looked into, for then the answer is not complete. See docs/audit.md.',
  positional: 'task',
  inputs: [
    {
      name: 'task',
      type: 'list',
      file: 'read',
      required: true,
      description: '`period` and the reports, or `find` and the images: files or globs, for `find` also references.',
      example: 'period reports/*.json',
    },
    {
      name: 'from',
      type: 'time',
      description: 'Begin of the period, RFC 3339; a verdict of this very time is part of it.',
      example: '2026-01-01T00:00:00Z',
    },
    {
      name: 'to',
      type: 'time',
      description: 'End of the period, RFC 3339; a verdict of this very time is not part of it.',
      example: '2026-04-01T00:00:00Z',
    },
    {
      name: 'output-format',
      type: 'enum',
      values: ['json', 'csv', 'oscal', 'html'],
      default: 'json',
      description:
        'Form of the file `output-path`: the whole account, a table, OSCAL 1.2 assessment results, or a page to read in a browser.',
    },
    {
      name: 'output-path',
      type: 'path',
      file: 'document',
      description: 'File that receives the account. Default: none, only the text is shown.',
      example: 'period.json',
    },
    {
      name: 'purl',
      type: 'string',
      description:
        'Component that `find` looks for in SBOMs: a package URL. Without a version or qualifiers it stands for all of them.',
      example: 'pkg:npm/left-pad@1.3.0',
    },
    {
      name: 'key',
      type: 'string',
      description:
        'Key that `find` looks for among signers: OpenPGP fingerprint, base64 SHA-256 of a public key (SPKI), or SHA-256 of a certificate in hex.',
      example: '3F2A7C1109B45D6E8A901B2C3D4E5F60718293A4',
    },
    {
      name: 'principal',
      type: 'string',
      description: 'Principal of the policy that `find` looks for among signers.',
      example: 'alice',
    },
    {
      name: 'ca',
      type: 'string',
      description:
        'Certificate authority that `find` looks for in the chains of signers: its whole name, or one part of it.',
      example: 'CN=Issuing CA 2',
    },
    ...WITHOUT_INPUTS,
    ...SUBJECT_INPUTS,
    ...TRUST_INPUTS,
    ...CONNECTION_INPUTS,
    ...COMMON_INPUTS,
  ],
  outputs: COMMON_OUTPUTS,
} as const satisfies CommandSpec;

/** The values of its inputs. */
export type ReportInputs = InputsOf<typeof spec.inputs>;
