// SPDX-License-Identifier: Apache-2.0
// Apptainer's execution control list as data, the checks Apptainer makes of it, and which of its groups an image is in.

/** How a group reads its fingerprints: one of them, all of them, none of them. */
export const LIST_MODES = ['whitelist', 'whitestrict', 'blacklist'] as const;

/** One of the modes. */
export type ListMode = (typeof LIST_MODES)[number];

/** A group of the list: images in one folder, or everywhere. */
export interface ExecutionGroup {
  readonly tagName: string;
  readonly mode: ListMode;
  /** One folder without its subfolders; empty for images that are in no other group's folder. */
  readonly folder: string;
  /** Primary key fingerprints as written. */
  readonly fingerprints: readonly string[];
}

/** The list. @see https://github.com/apptainer/apptainer/blob/v1.4.5/internal/pkg/syecl/syecl.go */
export interface ExecutionList {
  /** False: the list is checked for mistakes and everything runs. */
  readonly activated: boolean;
  /** True: only the oldest, insecure signatures of the root file system are looked at. */
  readonly legacyInsecure: boolean;
  readonly groups: readonly (Omit<ExecutionGroup, 'mode'> & { readonly mode: string })[];
}

/** A mistake for which Apptainer refuses every image. */
export interface ListProblem {
  /** Apptainer's own. */
  readonly words: string;
  readonly message: string;
}

/** The first mistake in the list; undefined when it is sound, as far as can be told without the machine it is for. */
export function listProblem({ groups }: ExecutionList): ListProblem | undefined {
  const folders = new Set<string>();
  for (const { folder, mode, fingerprints, tagName } of groups) {
    const of = `of group ${JSON.stringify(tagName)}`;
    const dirpath = `the dirpath ${JSON.stringify(folder)} ${of}`;
    if (folders.has(folder))
      return problem(
        `a specific dirpath can only appear in one execgroup: ${folder}`,
        `${dirpath} is in another one too`,
      );
    folders.add(folder);
    if (folder.includes('\0')) return problem('invalid argument', `${dirpath} has a null character`);
    if (folder !== '' && !isOwnCleanForm(folder))
      return problem(
        'all execgroup dirpath`s should be fully cleaned with symlinks resolved',
        `${dirpath} is no absolute path without dots and a slash at its end`,
      );
    if (!isListMode(mode))
      return problem(
        'the mode field can only be either: whitelist, whitestrict, blacklist',
        `the mode ${of} is ${JSON.stringify(mode)}`,
      );
    const wrong = fingerprints.find((fingerprint) => !/^[0-9A-Fa-f]{40}$/.test(fingerprint));
    if (wrong !== undefined)
      return problem(
        'expecting a 40 chars hex fingerprint string',
        `the fingerprint ${JSON.stringify(wrong)} ${of} is not 40 hex digits`,
      );
  }
  return undefined;
}

function problem(words: string, message: string): ListProblem {
  return { words, message };
}

/** True for a path that is its own clean form and has no control characters, which TOML does not hold as they are. */
export function isCleanFolder(path: string): boolean {
  return isOwnCleanForm(path) && path.isWellFormed() && !/\p{Cc}/u.test(path);
}

function isOwnCleanForm(path: string): boolean {
  if (path === '/') return true;
  const parts = path.split('/');
  return path.startsWith('/') && !parts.slice(1).some((part) => part === '' || part === '.' || part === '..');
}

/** True for a mode that Apptainer knows. */
export function isListMode(mode: string): mode is ListMode {
  return LIST_MODES.some((known) => known === mode);
}

/** The group of an image in this folder; undefined when there is none, and nothing there runs. */
export function groupFor({ groups }: ExecutionList, folder: string): ExecutionList['groups'][number] | undefined {
  return groups.find((group) => group.folder === folder) ?? groups.find((group) => group.folder === '');
}
