// SPDX-License-Identifier: Apache-2.0
// What docs/guides/university.md has besides its commands: a container, an overlay, a timestamp authority, 300 images.

import { copyFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { followGuide } from './guide.ts';
import { TimestampAuthority } from './timestamp-authority.ts';

export interface University {
  readonly cwd: string;
  /** Images in the folder. */
  readonly images: number;
  /** Does a line in another way, and says so. */
  readonly instead?: (line: string) => Promise<'done' | undefined>;
  readonly env?: Readonly<Record<string, string>>;
}

/** Follows the guide in a folder that has `app.sif` and `overlay.sqfs`; gives the number of commands. */
export async function followUniversity({ cwd, images, instead, env = {} }: University): Promise<number> {
  const clock = (): Date => new Date();
  await using tsa = new TimestampAuthority(clock);
  await writeFile(join(cwd, 'tsa.pem'), tsa.rootPem);
  const url = await tsa.serve();
  let fingerprint = '';
  let isFilled = false;
  const before = async (line: string) => {
    if (line.includes('images/*.sif') && !isFilled) {
      for (let at = 1; at <= images; at += 1) await copyFile(join(cwd, 'app.sif'), join(cwd, `images/c${at}.sif`));
      isFilled = true;
    }
    // What was approved a moment ago is proven to be older only when the error of the proof has passed.
    if (line.includes('-revoke')) await new Promise((resolve) => setTimeout(resolve, 3000));
    return await instead?.(line);
  };
  return await followGuide({
    name: 'university',
    cwd,
    clock,
    env,
    words: () => ({ ' TSA ': ` ${url} `, FINGERPRINT: fingerprint, '300 images': `${images} images` }),
    before,
    after: (_, printed) => {
      fingerprint ||= /fingerprint +([0-9A-F]{40})/.exec(printed)?.[1] ?? '';
    },
  });
}
