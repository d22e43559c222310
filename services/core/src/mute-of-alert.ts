import { nextEndsAt } from "./maintenance.ts";
import { isAnnouncedBy, releaseClosesAtMs } from "./release-window.ts";
import type { RouteAnswer, RouteInput } from "./route-decision.ts";

export interface AlertMute {
  readonly answer: Extract<RouteAnswer, { verdict: "mute" }>;
  readonly untilMs: number;
}

/**
 * What keeps an alert from every sink at that instant: somebody, maintenance, or for drift an announced release. What
 * runs out is told in maintenance too, for that does not cure it; text that steers an agent is told in a release too,
 * for whoever planted it would wait for one.
 */
export function muteOfAlert(input: RouteInput, nowMs: number): AlertMute | null {
  const { alert, incident, maintenance, endpoint } = input;
  const mutedUntilMs = incident?.mutedUntilMs ?? 0;
  if (nowMs < mutedUntilMs) {
    return { answer: { verdict: "mute", reason: "muted-by-person" }, untilMs: mutedUntilMs };
  }
  if (alert.facts.kind === "expiry") {
    return null;
  }
  const maintainedUntilMs = nextEndsAt(maintenance, endpoint, nowMs);
  if (maintainedUntilMs !== null) {
    return { answer: { verdict: "mute", reason: "maintenance" }, untilMs: maintainedUntilMs };
  }
  if (alert.facts.kind !== "drift" || alert.facts.concerns.includes("instructions")) {
    return null;
  }
  const release = input.releases.find((window) => isAnnouncedBy(window, input.cadenceMs, alert.atMs));
  return release === undefined
    ? null
    : {
        answer: { verdict: "mute", reason: "release-announced" },
        untilMs: releaseClosesAtMs(release, input.cadenceMs),
      };
}
