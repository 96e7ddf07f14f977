// SPDX-License-Identifier: Apache-2.0
// A process that pushes a blob into a layout folder and says how it went: `node layout-child.ts FOLDER BYTES`.

import { systemClock } from '../../src/base/clock.ts';
import { sha256 } from '../../src/base/bytes.ts';
import { CountersignError } from '../../src/base/errors.ts';
import { openRepository } from '../../src/oci/open.ts';
import { memoryBlob } from '../../src/oci/referrers/bundles.ts';
import { someBytes } from './registry-session.ts';

const [folder = '', bytes = ''] = process.argv.slice(2);
const options = { access: 'push', clock: systemClock(), credentials: { env: {} } } as const;
const { repository } = await openRepository({ in: 'layout', folder, tag: undefined, digest: undefined }, options);
const blob = someBytes(Number(bytes));
try {
  process.stdout.write((await repository.pushBlob(sha256(blob), memoryBlob(blob))).outcome);
} catch (error) {
  if (!(error instanceof CountersignError)) throw error;
  process.stdout.write(error.code);
}
