/**
 * One stream entry, a region result or a verdict-minute, becomes a decision about its endpoint: who is down.
 * One probe job in seven files, file 6. Before: services/archiver/src/archive-batch.ts stores the same stream.
 * After: apps/status/src/routes/status-page.ts shows what was committed. Rules: services/core/src/advance-endpoint.ts.
 */
import type { MinuteEvent, ResultEvent } from "@alivemcp/core/endpoint-state-event";
import type { VerdictEntry } from "@alivemcp/core/verdict-entry";
import { type DecideDeps, decide } from "./decide.ts";
import type { DecidedStep } from "./decided-endpoint.ts";
import type { Endpoint } from "./load-endpoints.ts";

/**
 * Decides one entry; stores and does nothing (services/alert-router/src/commit-decisions.ts does, for a whole batch).
 * Safe to repeat: an entry seen before changes no state and asks for what may not have been done.
 */
export async function routeEntry(
  deps: DecideDeps,
  endpoint: Endpoint,
  entry: VerdictEntry,
): Promise<DecidedStep> {
  const event = eventOf(entry);
  const decision = await decide(deps, endpoint, event);
  deps.metrics.decisions.inc({ reason: decision.reason });
  deps.log.debug(
    {
      endpointId: entry.endpointId,
      entry: entry.kind,
      minute: entry.minute,
      reason: decision.reason,
      traceparent: entry.traceparent,
    },
    "decided",
  );
  return { event, decision };
}

/** The entry in the state machine's words. */
function eventOf(entry: VerdictEntry): ResultEvent | MinuteEvent {
  const { endpointId, minute, writtenAtMs } = entry;
  if (entry.kind === "look") {
    const { region, vote, jobId, look } = entry;
    return { kind: "result", region, vote, minute, jobId, look, writtenAtMs };
  }
  const { revision, state, reason, latencyMs, votes } = entry;
  return { kind: "minute", endpointId, minute, revision, state, reason, latencyMs, votes, writtenAtMs };
}
