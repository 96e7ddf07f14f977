// SPDX-License-Identifier: Apache-2.0
// Which of the known words did the writer mean? For hints only.

/** The known word that needs the fewest edits, undefined when none is close. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  const limit = Math.max(1, Math.floor(word.length / 3));
  const ranked = known
    .map((candidate) => ({ candidate, edits: editDistance(word.slice(0, 64).toLowerCase(), candidate.toLowerCase()) }))
    .filter(({ edits }) => edits <= limit)
    .sort((a, b) => a.edits - b.edits);
  return ranked[0]?.candidate;
}

/** Hint text: `did you mean x?` or the allowed words. */
export function didYouMean(word: string, known: readonly string[]): string {
  const match = nearest(word, known);
  if (match !== undefined) return `did you mean ${match}?`;
  return known.length === 0 ? 'remove it' : `use one of: ${known.slice(0, 20).join(', ')}`;
}

function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const current = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const replaced = (previous[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      current.push(Math.min(replaced, (previous[j] ?? 0) + 1, (current[j - 1] ?? 0) + 1));
    }
    previous = current;
  }
  return previous[b.length] ?? 0;
}
