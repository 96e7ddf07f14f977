// SPDX-License-Identifier: Apache-2.0
// The policy document: every key it may have, declared once. The reader, the types and schema/policy.schema.json come
// from this declaration. What one key says about another is parse.ts; the files a policy names are load.ts; of which files
// and profiles it is put together is compose/.

import { WHETHER } from './comparison-field.ts';
import { DENY_FIELD } from './deny-field.ts';
import * as f from './fields.ts';
import { POLICY_LIMITS } from './model.ts';
import { PRINCIPAL, PRINCIPAL_NAME } from './principal-field.ts';
import { mapped, record } from './record.ts';
import { GROUPS, NAME, STAGE } from './stage-field.ts';
import { TRUST } from './trust-field.ts';

const { distinct, stages } = POLICY_LIMITS;
const TEAM = mapped(f.many(NAME, { unique: f.valueOf }), (members) => ({ members }));

/** What a policy says, once it is put together. */
export const MEMBERS = {
  version: { about: 'Version of this format.', field: f.whole(1, 1) },
  name: { about: 'Name of the policy; recorded in every approval given under it.', field: f.line({ limit: 100 }) },
  trust: {
    about: 'Public keys and certificates that no principal names. Paths are relative to the policy file.',
    field: TRUST,
    absent: {
      keyrings: [],
      intermediates: [],
      certificates: [],
      timestamps: [],
      crls: [],
      revocation: undefined,
      sigstore: [],
    },
  },
  principals: {
    about: 'People and services by name, each with one or more credentials. Thresholds count principals.',
    field: record(PRINCIPAL_NAME, PRINCIPAL),
  },
  teams: {
    about: 'Principals and other teams under a name, which may stand wherever a principal may.',
    field: record(PRINCIPAL_NAME, TEAM),
    absent: [],
  },
  stages: {
    about: 'The stages an image passes, in order.',
    field: f.list(f.located(STAGE), { max: stages, unique: ({ value }) => value.name.value }),
  },
  distinct: {
    about: 'Groups of stages of which nobody may fill two.',
    field: f.located(f.list(f.list(NAME, { min: 2, max: stages, unique: f.valueOf }), { min: 0, max: distinct })),
    absent: undefined,
  },
  objects: {
    about: 'What is asked of the parts of every image. Default: nothing.',
    field: f.object({
      mustBeEncrypted: {
        about: 'Every partition holds an encrypted file system. Default: false.',
        field: WHETHER,
        absent: false,
      },
      unsigned: {
        about: 'Groups that need no approval as long as they hold data partitions alone. Default: none.',
        field: GROUPS,
        absent: [],
      },
    }),
    absent: undefined,
  },
  deny: {
    about: 'What does not count any more: keys, certificates, principals, contents, statements. Default: nothing.',
    field: f.list(DENY_FIELD, { max: POLICY_LIMITS.deny }),
    absent: [],
  },
} as const satisfies Readonly<Record<string, f.Member>>;

/** The whole document. */
export const POLICY = f.object(MEMBERS);
