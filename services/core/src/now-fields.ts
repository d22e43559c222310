/**
 * Fields of the hash `now:{sNN}:<endpoint>`, what pages, badges and JSON read first. Each field has one owner, who
 * rewrites it from Postgres after Redis lost it.
 */

/** Written by the report script: the latest of each region and the latest minute, unconfirmed. */
export const RAW_FIELDS = {
  state: "raw_state",
  reason: "raw_reason",
  minute: "raw_minute",
  atMs: "raw_at",
  latencyMs: "raw_latency",
  /** Packed vote of a region's newest result. */
  vote: (region: string) => `r:${region}`,
  /** JSON of a region's newest finding (waterfall, evidence). */
  finding: (region: string) => `d:${region}`,
} as const;

/** Written by the alert router. `confirming` is `<confirmation>:<minute of look 1>:<minute of look 2>` while looks are open. */
export const COMMITTED_FIELDS = {
  state: "committed",
  sinceAtMs: "committed_at",
  reason: "committed_reason",
  /** Comma-separated subset of `degraded,auth_walled,flapping`. */
  flags: "flags",
  /** Comma-separated: `error_rate_elevated`, `latency`, `regional:<region>`. */
  warnings: "warnings",
  confirming: "confirming",
} as const;

/** Written by the archiver: uptime and latency windows as JSON, and how far they reach. */
export const WINDOW_FIELDS = {
  windows: "windows",
  archivedThroughMs: "archived_through",
} as const;

/** An open confirmation as the router leaves it in `now:{…}`: while it stands, the minutes of its looks stay open. */
export interface Confirming {
  /** Start of the first disagreeing probe. */
  readonly confirmation: number;
  readonly look1Minute: number;
  readonly look2Minute: number;
}

export const formatConfirming = (confirming: Confirming) =>
  `${confirming.confirmation}:${confirming.look1Minute}:${confirming.look2Minute}`;

/** Reads the field `confirming`; null when absent, empty, or not of that shape. */
export function parseConfirming(text: string | null | undefined): Confirming | null {
  const match = /^(\d+):(\d+):(\d+)$/.exec(text ?? "");
  return match
    ? { confirmation: Number(match[1]), look1Minute: Number(match[2]), look2Minute: Number(match[3]) }
    : null;
}

/** Whether a look for that minute is still to be answered. */
export const isLookOutstanding = (confirming: Confirming | null, minute: number) =>
  confirming !== null && (confirming.look1Minute === minute || confirming.look2Minute === minute);
