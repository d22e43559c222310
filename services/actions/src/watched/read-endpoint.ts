import { invariant } from "@alivemcp/core/invariant";
import { type DriftEventRow, listDriftEvents } from "@alivemcp/db/queries/drift-events";
import {
  type DayRow,
  type EvidenceRow,
  listDays,
  listEvidence,
  listMinutes,
  listOutages,
  listTransitions,
  type MinuteRow,
  type SpanRow,
  type TransitionRow,
} from "@alivemcp/db/queries/endpoint-history";
import type { WatchedEndpoint } from "@alivemcp/db/queries/watched-endpoints";
import type { Tx } from "@alivemcp/db/tenant-scope";
import type { ActionDeps } from "../action-deps.ts";
import type { Caller } from "../caller.ts";
import { read } from "../read.ts";
import { findWatched } from "./find-watched.ts";
import { type LatencyBaseline, latencyBaseline } from "./latency-baseline.ts";
import { type RegionReading, readRegionFindings } from "./region-readings.ts";
import { readWatched, type WatchedReading } from "./watched-reading.ts";

export interface EndpointDetails {
  readonly reading: WatchedReading;
  readonly regions: readonly RegionReading[];
  readonly history: EndpointHistory;
}

export interface EndpointHistory {
  /** The last 90 UTC days, today included. */
  readonly days: readonly DayRow[];
  /** Verdict-minutes of the last 24 hours. */
  readonly minutes: readonly MinuteRow[];
  readonly outages: readonly SpanRow[];
  readonly transitions: readonly TransitionRow[];
  readonly driftEvents: readonly DriftEventRow[];
  readonly evidence: readonly EvidenceRow[];
  readonly baseline: LatencyBaseline | null;
}

const DAY_MS = 86_400_000;
const DAYS_SHOWN = 90;
const DRIFT_SHOWN = 10;
const TRANSITIONS_SHOWN = 20;
const EVIDENCE_SHOWN = 6;
const EVIDENCE_DAYS = 7;

/** One endpoint that the tenant owns or follows: now, and its past. Throws `not_found` for every other slug. */
export async function readEndpoint(
  deps: Pick<ActionDeps, "pool" | "redis" | "clock" | "log" | "probeQueues">,
  caller: Caller,
  slug: string,
): Promise<EndpointDetails> {
  const nowMs = deps.clock.nowMs();
  const { endpoint, history } = await read(deps, caller, "endpoint.read", async (tx) => {
    const found = await findWatched(caller, tx, slug);
    return { endpoint: found, history: await readHistory(caller, tx, found, nowMs) };
  });
  const [[reading], regions] = await Promise.all([
    readWatched(deps, [endpoint]),
    readRegionFindings(deps, endpoint),
  ]);
  invariant(reading, "one endpoint has one reading");
  return { reading, regions, history };
}

async function readHistory(
  { scope }: Caller,
  tx: Tx,
  { id, number }: WatchedEndpoint,
  nowMs: number,
): Promise<EndpointHistory> {
  const dayAgoMs = nowMs - DAY_MS;
  const days = await listDays(scope, tx, { endpointNumber: number, fromMs: nowMs - DAYS_SHOWN * DAY_MS });
  return {
    days,
    minutes: await listMinutes(scope, tx, { endpointNumber: number, fromMs: dayAgoMs }),
    outages: await listOutages(scope, tx, { endpointId: id, fromMs: dayAgoMs }),
    transitions: await listTransitions(scope, tx, { endpointId: id, limit: TRANSITIONS_SHOWN }),
    driftEvents: await listDriftEvents(scope, tx, { endpointId: id, limit: DRIFT_SHOWN }),
    evidence: await listEvidence(scope, tx, {
      endpointNumber: number,
      fromMs: nowMs - EVIDENCE_DAYS * DAY_MS,
      beforeMs: nowMs + DAY_MS,
      limit: EVIDENCE_SHOWN,
    }),
    baseline: latencyBaseline(days, nowMs),
  };
}
