/** A word that a POSIX shell takes as it is: a stranger's URL may hold `$(…)`, and readers paste our commands. */
export function shellQuote(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
