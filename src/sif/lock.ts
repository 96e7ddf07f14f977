// SPDX-License-Identifier: Apache-2.0
// Who may change an image now.

/** The right to change one image file; give it back with dispose. */
export interface ImageLock extends AsyncDisposable {
  readonly path: string;
}

export async function lockImage(path: string, options: { readonly waitMs?: number } = {}): Promise<ImageLock> {
  throw new Error(`${path} ${options.waitMs}`);
}
