const SECOND_MS = 1_000;
const UNITS = [
  ["d", 86_400 * SECOND_MS],
  ["h", 3_600 * SECOND_MS],
  ["min", 60 * SECOND_MS],
  ["s", SECOND_MS],
] as const;

/** "4 min", "2 h 5 min", "3 d 1 h": the two largest units, rounded down; "0 s" for nothing and less. */
export function durationWords(durationMs: number): string {
  const first = UNITS.findIndex(([, unitMs]) => durationMs >= unitMs);
  const largest = UNITS[first];
  if (largest === undefined) {
    return "0 s";
  }
  const [name, unitMs] = largest;
  const whole = `${Math.floor(durationMs / unitMs)} ${name}`;
  const [next, nextMs] = UNITS[first + 1] ?? [null, 1];
  const rest = Math.floor((durationMs % unitMs) / nextMs);
  return next === null || next === "s" || rest === 0 ? whole : `${whole} ${rest} ${next}`;
}
