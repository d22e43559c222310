const RETRY_AFTER_MS_MAX = 24 * 60 * 60_000;

/** RFC 9110, section 10.2.3: seconds or a date; at most a day is believed. */
export function readRetryAfter(value: string | string[] | undefined, nowMs: number): number | null {
  if (typeof value !== "string") {
    return null;
  }
  const ms = /^\d{1,9}$/.test(value.trim()) ? Number(value) * 1_000 : Date.parse(value) - nowMs;
  return Number.isFinite(ms) ? Math.min(Math.max(0, Math.round(ms)), RETRY_AFTER_MS_MAX) : null;
}
