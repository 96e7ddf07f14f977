// SPDX-License-Identifier: Apache-2.0
// All codes that a user may meet, by area: `countersign help CODE` and docs/errors.md read them here. The catalogues
// themselves live beside the code that uses them.

import { BUILD_CODES } from '../commands/build/errors.ts';
import { STAGE_CODES } from '../stage/errors.ts';
import { POLICY_CODES } from '../policy/errors.ts';
import { POLICY_REASONS } from '../policy/reasons.ts';
import {
  BREAK_GLASS_REASONS,
  ENDING_REASONS,
  EVIDENCE_REASONS,
  GRANT_REASONS,
  OBJECT_REASONS,
  TIME_REASONS,
} from '../policy/special-reasons.ts';
import { type CodeCatalogue, type CodeDoc, DATA_CODES, SYSTEM_CODES, USAGE_CODES } from '../base/errors.ts';
import { NETWORK_CODES } from '../net/errors.ts';
import { TOOL_CODES } from '../commands/tool-errors.ts';
import { GATE_CODES, GATE_REASONS } from '../gates/errors.ts';
import { TAG_REASONS } from '../image/registry/expected-tag.ts';
import { OCI_SIF_REASONS } from '../image/sif/oci-sif.ts';
import { REGISTRY_CODES } from '../oci/errors.ts';
import { SCAN_CODES } from '../scan/errors.ts';
import { SIF_CODES } from '../sif/errors.ts';
import { SIGNATURE_CODES, SIGNATURE_REASONS } from '../crypto/errors.ts';
import { TRUST_CODES } from '../commands/trust/errors.ts';
import { KEYRING_CODES } from '../commands/key/errors.ts';
import { KEY_CODES } from '../crypto/external/errors.ts';
import { TIMESTAMP_REASONS } from '../crypto/timestamp/reasons.ts';
import { KEYLESS_CODES } from '../crypto/sigstore/sign/errors.ts';
import { SIGSTORE_REASONS } from '../crypto/sigstore/reasons.ts';

const BUG_CODES = {
  BUG: {
    when: 'something happened that this software does not expect; nothing was decided and no approval was given',
    fix: 'report it with the version, the command and the output of `--verbose` (in a job: of a run with debug logging)',
  },
} as const satisfies CodeCatalogue;

/** The codes of one area of the source. */
export interface CodeArea {
  readonly title: string;
  /** What the codes of this area have in common, one sentence. */
  readonly about: string;
  readonly codes: CodeCatalogue;
}

/** All codes by area, in the order of the error page. */
export const CODE_AREAS: readonly CodeArea[] = [
  { title: 'Usage', about: 'An input is missing or wrong: exit code 2.', codes: USAGE_CODES },
  { title: 'Policy document', about: 'The policy cannot be used as it is: exit code 2.', codes: POLICY_CODES },
  { title: 'Stages and layers', about: 'A layer cannot be added or read.', codes: STAGE_CODES },
  { title: 'SIF images', about: 'The image file is damaged, hostile or not a SIF.', codes: SIF_CODES },
  { title: 'Keys and signatures', about: 'A key, certificate or signature cannot be used.', codes: SIGNATURE_CODES },
  {
    title: 'Keys outside the process',
    about: 'gpg, a plugin or a token holds the key, and does not sign as it should (docs/keys.md).',
    codes: KEY_CODES,
  },
  {
    title: 'Keyrings and key servers',
    about: 'A key is not where it was looked for.',
    codes: KEYRING_CODES,
  },
  { title: 'Keyless signing', about: 'A job cannot sign without a key: exit code 3.', codes: KEYLESS_CODES },
  {
    title: 'Fetching trust',
    about: 'The trusted root of a Sigstore instance cannot be had: exit code 3, and nothing is written.',
    codes: TRUST_CODES,
  },
  { title: 'Building', about: 'An image cannot be built.', codes: BUILD_CODES },
  { title: 'Scanners and SBOMs', about: 'A report cannot be made, read or judged.', codes: SCAN_CODES },
  {
    title: 'Registries',
    about: 'A registry or an OCI layout folder refuses or answers wrongly.',
    codes: REGISTRY_CODES,
  },
  { title: 'Network', about: 'A request got no usable answer.', codes: NETWORK_CODES },
  {
    title: 'External programs',
    about: 'A program that a command needs is missing or does not run.',
    codes: TOOL_CODES,
  },
  {
    title: 'Gates of other tools',
    about: 'A gate’s configuration cannot be written or read: exit code 2.',
    codes: GATE_CODES,
  },
  { title: 'Files and disks', about: 'The file system said no.', codes: SYSTEM_CODES },
  { title: 'Documents', about: 'A document is not what it claims to be.', codes: DATA_CODES },
  {
    title: 'Reasons about stages and layers',
    about: 'Given in a verdict: why a stage, a layer or an image failed, or a remark on one that passed.',
    codes: POLICY_REASONS,
  },
  {
    title: 'Reasons about evidence',
    about: 'Given in a verdict: what an approval lists and does not find, or what a stage requires.',
    codes: EVIDENCE_REASONS,
  },
  {
    title: 'Reasons about endings',
    about: 'Given in a verdict: what counted once and does not any more, or soon will not.',
    codes: ENDING_REASONS,
  },
  {
    title: 'Reasons about grants',
    about: 'Given in a verdict, as remarks: who vouches for whom, and why a grant does not hold.',
    codes: GRANT_REASONS,
  },
  {
    title: 'Reasons about broken glass',
    about: 'Given in a verdict: which stage somebody let be skipped, and why that does not count.',
    codes: BREAK_GLASS_REASONS,
  },
  {
    title: 'Reasons about tags',
    about: 'Given in a verdict with `expect-tag`: why a tag does not name the image by the word of whoever publishes.',
    codes: TAG_REASONS,
  },
  {
    title: 'Reasons about OCI-SIFs',
    about: 'Given in a verdict: what a cosign signature inside an OCI-SIF does not cover, or why it does not count.',
    codes: OCI_SIF_REASONS,
  },
  {
    title: 'Reasons about signatures',
    about: 'Given in a verdict: why one signature or certificate does not count.',
    codes: SIGNATURE_REASONS,
  },
  {
    title: 'Reasons about objects',
    about: 'Given in a verdict under a policy that tells the objects of an image apart.',
    codes: OBJECT_REASONS,
  },
  {
    title: 'Reasons about times',
    about: 'Given in a verdict: why an approval does not count for when it was given.',
    codes: TIME_REASONS,
  },
  {
    title: 'Reasons about timestamps',
    about: 'Given in a verdict, as remarks: why a timestamp beside a signature proves no time.',
    codes: TIMESTAMP_REASONS,
  },
  {
    title: 'Reasons of other tools’ gates',
    about: 'Given by `simulate`: why a gate of another tool lets an image pass or not.',
    codes: GATE_REASONS,
  },
  {
    title: 'Reasons about keyless signatures',
    about: 'Given in a verdict: why a keyless signature, which its key did make, does not count.',
    codes: SIGSTORE_REASONS,
  },
  { title: 'Bugs', about: 'Exit code 70.', codes: BUG_CODES },
];

/** The entry of a code, or undefined. */
export function findCode(code: string): CodeDoc | undefined {
  return CODE_AREAS.map(({ codes }) => (Object.hasOwn(codes, code) ? codes[code] : undefined)).find(
    (doc) => doc !== undefined,
  );
}
