// SPDX-License-Identifier: Apache-2.0
// The inputs and outputs of scan-attest as data.

import {
  COMMON_INPUTS,
  COMMON_OUTPUTS,
  PRIVILEGED_INPUTS,
  REFERENCE_OUTPUT,
  SIGNING_INPUTS,
} from '../inputs/common.ts';
import { ATTESTATION_TAG_INPUT, EVIDENCE_SIGNER_INPUTS } from '../evidence/signer.ts';
import { CONNECTION_INPUTS } from '../inputs/registry.ts';
import type { CommandSpec, InputsOf } from '../spec.ts';
import type { InputSpec } from '../inputs/spec.ts';
import { SUBJECT_INPUTS } from '../inputs/subjects.ts';

const SCAN_INPUTS = [
  {
    name: 'sbom-path',
    type: 'paths',
    description:
      'SBOM files, one path a line: CycloneDX JSON from 1.2 on, SPDX JSON 2.2 or 2.3, or SPDX 3 JSON-LD. XML, YAML and tag-value files are refused. With several subjects write `SUBJECT=FILE`.',
    example: 'image.cdx.json',
  },
  {
    name: 'scan-report',
    type: 'paths',
    description:
      'Scanner reports, one path a line: Trivy JSON, Grype JSON, OSV-Scanner JSON, or SARIF 2.1.0 of any tool; the format is recognised by content. With several subjects write `SUBJECT=FILE`.',
    example: 'trivy.json',
  },
  {
    name: 'predicate-type',
    type: 'string',
    description:
      'Type of the predicate in `predicate-path`, a URI; both are needed. Any type but those that count as approvals: verification summaries come from `sign-stage` alone.',
    example: 'https://in-toto.io/attestation/test-result/v0.1',
  },
  {
    name: 'predicate-path',
    type: 'paths',
    description:
      'Predicate to attest as further evidence, a file with one JSON object of at most 10 MiB. It is attached like an SBOM, also when the verdict is failed. Several files, one a line, become statements of the same type. With several subjects write `SUBJECT=FILE`.',
    example: 'test-result.json',
  },
  {
    name: 'scanner',
    type: 'enum',
    values: ['none', 'auto', 'trivy', 'grype', 'osv-scanner'],
    default: 'none',
    description:
      'Scanner from PATH to run over each image; `auto` takes the first that is there and can read the image. Images in registries are fetched first, every platform of them. Trivy needs `unsquashfs` to read a SIF file; osv-scanner reads the SBOM, so it needs `sbom-path`. Nothing is installed.',
  },
  {
    name: 'scanner-args',
    type: 'list',
    description:
      'Further arguments for the scanner, one a line: `--name` or `--name=value`, as a list and never through a shell. Those that say what is scanned, what the exit code means, or what the report is and where it goes are refused.',
    example: '--offline-scan',
  },
  {
    name: 'fail-on',
    type: 'enum',
    values: ['critical', 'high', 'medium', 'low', 'negligible', 'none'],
    default: 'high',
    description:
      'Findings of this severity or worse fail the verdict unless the allow list has them; `none` only reports.',
  },
  {
    name: 'unknown-severity',
    type: 'enum',
    values: ['critical', 'high', 'medium', 'low', 'negligible'],
    default: 'high',
    description: 'The severity that a finding without a severity is taken to have.',
  },
  {
    name: 'allow-path',
    type: 'path',
    description:
      'Allow list, YAML or JSON: `allow:` and entries with `id`, `reason` and `expires` (the last day, YYYY-MM-DD), optionally `package`, `version`, `purl` and `location`. No wildcards; an expired entry allows nothing.',
    example: 'allow.yaml',
  },
  {
    name: 'count-suppressed',
    type: 'boolean',
    default: 'false',
    description:
      'Also judge findings that the scanner’s own configuration hides (ignore files, SARIF suppressions). By default they are counted and reported, but do not fail the verdict.',
  },
  {
    name: 'allow-empty-scan',
    type: 'boolean',
    default: 'false',
    description:
      'Accept a report that shows that the scanner recognised no operating system and no package. By default that fails, because nothing was scanned.',
  },
  {
    name: 'attest-failed',
    type: 'boolean',
    default: 'false',
    description:
      'Sign and attach evidence even when the verdict is failed. By default nothing is signed then, and SBOM and predicates become unsigned files: other tools take any signed statement for a signature.',
  },
] as const satisfies readonly InputSpec[];

const STORE_INPUTS = [
  {
    name: 'store',
    type: 'enum',
    values: ['auto', 'file'],
    default: 'auto',
    description:
      'Where signed evidence goes: `auto` puts it into a SIF file (beside it what is larger than 1 MiB) or attaches it to an image in a registry or layout folder; `file` leaves the image as it is and writes `IMAGE.KIND.sigstore.json`.',
  },
  {
    name: 'bundle-folder',
    type: 'path',
    file: 'folder',
    description:
      'Folder that receives a copy of every statement, as `IMAGE.KIND.sigstore.json` when signed and `IMAGE.KIND.intoto.json` when not. Default: beside the image (for registries: the working directory), and only for what is nowhere else.',
    example: 'bundles',
  },
  ATTESTATION_TAG_INPUT,
  {
    name: 'sarif-path',
    type: 'path',
    file: 'document',
    description:
      'File that receives the findings as SARIF 2.1.0 for code scanning, allowed and suppressed ones marked so; written only if something was scanned. Default in a job: a new file in the runner’s temporary folder; on the command line: none.',
    example: 'findings.sarif',
  },
] as const satisfies readonly InputSpec[];

/** What scan-attest takes and gives. */
export const SCAN_ATTEST_SPEC = {
  name: 'scan-attest',
  summary: 'Judge scanner findings and attach SBOM and findings to the image as signed evidence',
  description:
    'Takes SBOMs and scanner reports, or runs a scanner found on PATH, brings all findings into one list and judges it: findings of `fail-on` or worse fail the verdict unless the allow list has an unexpired entry for them. With a key it signs the SBOM, the findings (in-toto vulns 0.2) and any other predicate as evidence into the image; without one it writes the statements as files. Outputs and report are written first, then a failed verdict fails the step. A scanner that breaks off is an error, never an empty list of findings. The reports are taken as being about the subject: whoever signs answers for that.',
  positional: 'subject-path',
  privileged: 'with-key',
  action: { title: 'countersign: scan and attest', icon: 'search', color: 'orange' },
  inputs: [
    ...SUBJECT_INPUTS,
    ...SCAN_INPUTS,
    ...SIGNING_INPUTS,
    ...EVIDENCE_SIGNER_INPUTS,
    ...STORE_INPUTS,
    ...CONNECTION_INPUTS,
    ...PRIVILEGED_INPUTS,
    ...COMMON_INPUTS,
  ],
  outputs: [
    ...COMMON_OUTPUTS,
    {
      name: 'sarif-path',
      description: 'Absolute path of the findings as SARIF 2.1.0. Empty when nothing was scanned.',
      example: '/home/runner/work/_temp/countersign-scan-attest-1f2e.sarif',
    },
    {
      name: 'findings-count',
      description: 'Number of findings of all images, each CVE or GHSA of a package counted once.',
      example: '12',
    },
    { name: 'blocking-count', description: 'Number of findings that fail the verdict.', example: '0' },
    {
      name: 'subjects',
      description:
        'JSON array of `name`, `digest` (content digest), `path` and `reference` (`place@sha256:…` of an image in a registry) of every image.',
      example: '[{"name":"demo.sif","digest":"sha256:…","path":"/images/demo.sif","reference":""}]',
    },
    {
      name: 'digest',
      description: 'Content digest when there is exactly one image, else empty.',
      example: 'sha256:1f2e…',
    },
    REFERENCE_OUTPUT,
    {
      name: 'bundle-path',
      description: 'Paths of the statements and bundles that are in files, one a line.',
      example: '/images/demo.sif.sbom.sigstore.json',
    },
    {
      name: 'evidence',
      description: 'JSON array: for each statement `subject`, `predicateType`, `signed`, `where`, `digest` and `path`.',
      example:
        '[{"subject":"demo.sif","predicateType":"https://cyclonedx.org/bom","signed":true,"where":"lane","digest":"sha256:…","path":null}]',
    },
  ],
} as const satisfies CommandSpec;

/** The values of the inputs of scan-attest. */
export type ScanInputs = InputsOf<typeof SCAN_ATTEST_SPEC.inputs>;
