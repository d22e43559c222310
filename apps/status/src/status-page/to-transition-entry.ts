import { publicHelp } from "@alivemcp/core/public-help";
import { FAILURE_REASONS } from "@alivemcp/core/states";
import type { PublicTransition } from "@alivemcp/db/queries/public-history";
import { z } from "zod";
import type { TransitionEntry } from "./status-model.ts";

/** The router's reasons in words. */
const WHY: Readonly<Record<string, string>> = {
  "first-result": "First result",
  "down-confirmed": "Confirmed by two looks",
  "recovery-confirmed": "Recovery confirmed by two looks",
  "degraded-raised": "Trouble for 3 minutes in a row",
  "degraded-cleared": "Good again for 2 minutes in a row",
  "flapping-raised": "Four changes within half an hour",
  "flapping-cleared": "Quiet again",
  "error-rate-raised": "More than 5 % of the probes failed over 30 minutes",
  "error-rate-cleared": "Under 1 % of the probes failed over 30 minutes",
  "latency-raised": "Far slower than in the last 7 days",
  "latency-cleared": "As fast as usual again",
  "regional-raised": "One region failed alone for 3 minutes",
  "regional-cleared": "The region sees it again",
  "access-changed": "A login wall appeared or went",
  "access-known": "A login wall was found",
};

/** Of what the router stored beside a transition, only these are shown. */
const factsSchema = z.object({
  failureReason: z.enum(FAILURE_REASONS).nullish().catch(null),
  regions: z.array(z.string().max(32)).max(16).catch([]).default([]),
});

export function toTransitionEntry(
  transition: PublicTransition,
  cityOf: (region: string) => string,
): TransitionEntry {
  const facts = factsSchema.safeParse(transition.facts);
  const reason = facts.data?.failureReason ?? null;
  const cities = (facts.data?.regions ?? []).map(cityOf);
  const why = [
    ...(reason === null ? [] : [publicHelp(reason).title]),
    WHY[transition.reason] ?? transition.reason.replaceAll("-", " "),
    ...(cities.length === 0 ? [] : [`seen from ${cities.join(", ")}`]),
  ];
  return { atMs: transition.atMs, from: transition.from, to: transition.to, why: why.join("; ") };
}
