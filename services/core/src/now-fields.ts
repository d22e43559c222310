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
  confirming: "confirming",
} as const;

/** Written by the archiver: uptime and latency windows as JSON, and how far they reach. */
export const WINDOW_FIELDS = {
  windows: "windows",
  archivedThroughMs: "archived_through",
} as const;
