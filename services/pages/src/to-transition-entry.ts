import type { CommitReason, MarkReason } from "@alivemcp/core/endpoint-state-decision";
import { publicHelp } from "@alivemcp/core/public-help";
import { FAILURE_REASONS } from "@alivemcp/core/states";
import { z } from "zod";
import { spanText } from "./figures.ts";

export interface TransitionEntry {
  /** When the new state began: of an outage, its first failing probe. */
  readonly atMs: number;
  readonly change: string;
  readonly isOutage: boolean;
  /** Why, in words. */
  readonly why: string;
}

/** One transition as the router stored it. */
export interface StoredTransition {
  readonly atMs: number;
  readonly from: string;
  readonly to: string;
  readonly reason: string;
  readonly facts: Readonly<Record<string, unknown>>;
}

/** The router's reasons in words: what changed, when the committed state itself did not, and why. */
const WORDS: Record<
  CommitReason | MarkReason | "not-confirmed",
  { readonly change: string; readonly why: string }
> = {
  "first-result": { change: "", why: "first result" },
  "down-confirmed": { change: "", why: "confirmed by two looks" },
  "recovery-confirmed": { change: "", why: "recovery confirmed by two looks" },
  "degraded-raised": { change: "Degraded", why: "trouble for 3 minutes in a row" },
  "degraded-cleared": { change: "No longer degraded", why: "good again for 2 minutes in a row" },
  "flapping-raised": { change: "Flapping", why: "four changes within half an hour" },
  "flapping-cleared": { change: "No longer flapping", why: "quiet for half an hour" },
  "error-rate-raised": {
    change: "Error rate elevated",
    why: "more than 5 % of the probes failed in 30 minutes",
  },
  "error-rate-cleared": { change: "Error rate normal", why: "under 1 % of the probes failed in 30 minutes" },
  "latency-raised": { change: "Slow", why: "far slower than in the last 7 days" },
  "latency-cleared": { change: "As fast as usual", why: "response times are back" },
  "regional-raised": { change: "Failing from one region", why: "failed there alone for 3 minutes" },
  "regional-cleared": { change: "Good from every region", why: "the region sees it again" },
  "access-changed": { change: "Access changed", why: "a login wall appeared or went away" },
  "not-confirmed": { change: "Blip", why: "a second look did not confirm it" },
  "access-known": { change: "Login wall", why: "found by the first probes" },
};
/** Looks take their time; a decision within seconds is no news. */
const DECISION_TOLD_AFTER_MS = 10_000;
const STATE_WORDS: Readonly<Record<string, string>> = { up: "Up", down: "Down", unknown: "Unknown" };

/** Of what the router stored beside a transition, only these are shown. */
const factsSchema = z.object({
  failureReason: z.enum(FAILURE_REASONS).nullish().catch(null),
  regions: z.array(z.string().max(32)).max(16).catch([]).default([]),
  mark: z.string().max(64).nullish().catch(null),
  decidedAtMs: z.int().nonnegative().nullish().catch(null),
});

/** One transition for the page. A reason of a newer release is shown as it stands. */
export function toTransitionEntry(
  transition: StoredTransition,
  cityOf: (region: string) => string,
): TransitionEntry {
  const facts = factsSchema.parse(transition.facts);
  const words = Object.hasOwn(WORDS, transition.reason) ? WORDS[transition.reason as CommitReason] : null;
  const region = facts.mark?.startsWith("regional:") ? [facts.mark.slice("regional:".length)] : [];
  const cities = [...facts.regions, ...region].map(cityOf);
  const why = [
    ...(facts.failureReason ? [publicHelp(facts.failureReason).title] : []),
    words?.why ?? transition.reason.replaceAll("-", " "),
    ...(cities.length === 0 ? [] : [`seen from ${cities.join(", ")}`]),
    ...(facts.decidedAtMs && facts.decidedAtMs - transition.atMs >= DECISION_TOLD_AFTER_MS
      ? [`decided ${spanText(facts.decidedAtMs - transition.atMs)} later`]
      : []),
  ].join("; ");
  const hasMoved = transition.from !== transition.to;
  return {
    atMs: transition.atMs,
    change:
      hasMoved || !words?.change
        ? `${stateWord(transition.from)} → ${stateWord(transition.to)}`
        : words.change,
    isOutage: hasMoved && transition.to === "down",
    why: why.charAt(0).toUpperCase() + why.slice(1),
  };
}

const stateWord = (state: string) => STATE_WORDS[state] ?? state;
