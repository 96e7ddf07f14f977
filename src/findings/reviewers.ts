// SPDX-License-Identifier: Apache-2.0
// Who released a job into a protected environment, as the platform told the job and the job signed it.

/** A user of the platform; the number is never given to anybody else. */
export interface Reviewer {
  readonly login: string;
  readonly id: string;
}

const ONE = /^([A-Za-z0-9][A-Za-z0-9_[\]-]{0,99}):([1-9][0-9]{0,19})$/;
const MAX_REVIEWERS = 20;

/** One text for the run of an approval. */
export function encodeReviewers(reviewers: readonly Reviewer[]): string {
  return reviewers.map(({ login, id }) => `${login}:${id}`).join(' ');
}

/** The reviewers that an approval's run names; none where the text is another one. */
export function reviewersIn(run: Readonly<Record<string, string>> | null): readonly Reviewer[] {
  const words = run?.['reviewers']?.split(' ') ?? [];
  const found = words.flatMap((word) => {
    const [, login, id] = ONE.exec(word) ?? [];
    return login !== undefined && id !== undefined ? [{ login, id }] : [];
  });
  return found.length === words.length && found.length <= MAX_REVIEWERS ? found : [];
}
