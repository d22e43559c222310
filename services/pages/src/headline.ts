import { publicHelp } from "@alivemcp/core/public-help";
import type { PublicStatus } from "@alivemcp/core/public-status";
import type { FailureReason } from "@alivemcp/core/states";
import { spanText } from "./figures.ts";
import type { RegionCell } from "./region-cell.ts";
import type { TransitionEntry } from "./to-transition-entry.ts";

const DAY_MS = 86_400_000;
const RED_FLAG_AFTER_MS = 15 * 60_000;

/** What the headline is made of. */
export interface HeadlineModel {
  readonly reading: {
    readonly endpoint: { readonly isPaused: boolean };
    readonly status: PublicStatus;
    readonly committedSinceMs: number | null;
    /** True while a confirmation is open: the regions are looking again. */
    readonly isConfirming: boolean;
    readonly lastProbeAtMs: number | null;
    readonly lastDriftAtMs: number | null;
  };
  readonly regions: readonly Pick<RegionCell, "city" | "vote">[];
  readonly transitions: readonly Pick<TransitionEntry, "atMs" | "isOutage">[];
  readonly isArchiveAway: boolean;
  readonly nowMs: number;
}

/** The answers of the first five seconds: is it working, where not, anything in 24 hours. */
export interface Headline {
  readonly sentence: string;
  readonly reason: FailureReason | null;
  /** Null when no region disagrees with the sentence. */
  readonly where: string | null;
  readonly lately: string;
  /** True after 15 minutes of confirmed outage. */
  readonly isRedFlag: boolean;
}

export function headline(model: HeadlineModel): Headline {
  const { reading, nowMs } = model;
  const { status, committedSinceMs } = reading;
  const sinceMs = status.basis === "committed" && committedSinceMs !== null ? nowMs - committedSinceMs : null;
  return {
    sentence: sentence(model, sinceMs),
    reason: status.reason,
    where: where(model),
    lately: lately(model),
    isRedFlag: status.state === "down" && sinceMs !== null && sinceMs >= RED_FLAG_AFTER_MS,
  };
}

function sentence({ reading, nowMs }: HeadlineModel, sinceMs: number | null): string {
  const { status, lastProbeAtMs } = reading;
  if (reading.endpoint.isPaused) {
    return "Paused: it is not probed at the moment.";
  }
  const since = sinceMs === null ? "" : ` for ${spanText(sinceMs)}`;
  const stale =
    status.isStale && status.state !== "unknown"
      ? lastProbeAtMs === null
        ? " This is the last archived state: live measurements are not at hand."
        : ` This is the last known state: the last probe was ${spanText(nowMs - lastProbeAtMs)} ago.`
      : "";
  switch (status.state) {
    case "live":
      return status.isAuthRequired
        ? `Reachable${since}. It asks for a login; what lies behind it is not measured.${stale}`
        : `Working${since}.${stale}`;
    case "degraded":
      return `Working, with problems.${stale}`;
    case "down":
      return status.basis === "committed"
        ? `Down${since}.${stale}`
        : `The latest probe failed; it has not been confirmed yet.${stale}`;
    case "unknown":
      return status.basis === "too-old" && lastProbeAtMs !== null
        ? `We do not know: the last probe was ${spanText(nowMs - lastProbeAtMs)} ago.`
        : "We do not know yet: it has not been measured.";
  }
}

function where({ reading, regions }: HeadlineModel): string | null {
  if (reading.status.state === "unknown") {
    return null;
  }
  const votes = regions.filter((region) => region.vote !== null && region.vote.state !== "unknown");
  const failing = votes.filter(({ vote }) => vote?.state === "down" || vote?.state === "degraded");
  if (failing.length === 0) {
    return null;
  }
  const cities = failing.map(
    ({ city, vote }) => `${city}${vote?.reason ? ` (${publicHelp(vote.reason).title.toLowerCase()})` : ""}`,
  );
  const from =
    failing.length === votes.length && votes.length > 1
      ? `every region: ${cities.join(", ")}`
      : cities.join(", ");
  return reading.isConfirming && reading.status.state !== "down"
    ? `Not confirmed yet: the latest probe failed from ${from}. The regions are looking again right now.`
    : `Failing from ${from}.`;
}

function lately({ transitions, isArchiveAway, nowMs, reading }: HeadlineModel): string {
  if (isArchiveAway) {
    return "The history is not at hand at the moment.";
  }
  const changes = transitions.filter((transition) => nowMs - transition.atMs < DAY_MS);
  const outages = changes.filter((transition) => transition.isOutage).length;
  const drift =
    reading.lastDriftAtMs !== null && nowMs - reading.lastDriftAtMs < DAY_MS ? " Its tools changed." : "";
  if (outages > 0) {
    return `Last 24 hours: ${outages === 1 ? "one outage" : `${outages} outages`}.${drift}`;
  }
  return `Last 24 hours: ${reading.status.state === "down" ? "down all the time" : "no outage"}.${drift}`;
}
