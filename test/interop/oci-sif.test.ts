// SPDX-License-Identifier: Apache-2.0
// What is read out of an OCI-SIF, as cosign itself sees it.

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { toBase64 } from '../../src/base/bytes.ts';
import { readOciSif } from '../../src/image/sif/oci-sif.ts';
import { openSif } from '../../src/sif/sif.ts';
import { openFileSource } from '../../src/sif/source.ts';
import { hasPeers, runPeer } from '../support/peers.ts';
import { temporaryFolder } from '../support/temporary.ts';
import { vectorPath } from '../support/vectors.ts';

describe.skipIf(!hasPeers('cosign'))('cosign (skipped without it)', () => {
  test('takes the payload and signature that an OCI-SIF holds', async () => {
    await using source = await openFileSource(vectorPath('sif/oci-sif-cosign.sif'));
    const [found, ...more] = (await readOciSif(await openSif(source))).cosign;
    if (!found || more.length > 0) expect.fail('there is not one signature');
    const folder = await temporaryFolder();
    const [payload, signature] = [join(folder, 'payload'), join(folder, 'signature')];
    await writeFile(payload, found.signature.payload);
    await writeFile(signature, toBase64(found.signature.signature));
    const key = vectorPath('sif/oci-sif-cosign.pub');
    const flags = ['--key', key, '--signature', signature, '--insecure-ignore-tlog=true'];
    expect(await runPeer('cosign', ['verify-blob', ...flags, payload])).toMatchObject({ exitCode: 0 });
  });
});
