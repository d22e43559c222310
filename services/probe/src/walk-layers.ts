/** One walk through the layers of an endpoint: handshake, tool list, health tool. The first that fails is the finding. */
import { describeOutcome, type ProbeOutcome, type ProbePhase } from "@alivemcp/core/probe-outcome";
import { shakeHands } from "./detect-era.ts";
import { greetLegacy } from "./handshake.ts";
import { callHealthTool, needsTools } from "./health-call.ts";
import { type Listing, listTools } from "./list-tools.ts";
import { lookUnauthenticated } from "./look-unauthenticated.ts";
import { noteStep, type ProbeRun } from "./probe-run.ts";
import type { KnownToolList } from "./tool-list-cache.ts";

/** What one attempt came to. */
export interface Attempt {
  readonly outcome: ProbeOutcome;
  readonly phase: ProbePhase;
  readonly list: KnownToolList | null;
  readonly tools: readonly unknown[] | null;
}

/** A handshake slower than this is `degraded`. */
const SLOW_HANDSHAKE_MS = 5_000;
/** Walks once; everything learned on the way is on the run. */
export async function walkLayers(run: ProbeRun): Promise<Attempt> {
  const unreached = run.request.credential === null ? null : await lookUnauthenticated(run);
  if (unreached !== null) {
    return ended(unreached, "handshake");
  }
  const greeting = await shakeHands(run);
  if (greeting.kind === "ended") {
    return ended(greeting.outcome, "handshake");
  }
  if (!greeting.hasTools) {
    return ended(slowness(run) ?? { kind: "healthy", detail: "tools_not_offered" }, "handshake");
  }
  const startedMs = performance.now();
  const listing = await listWithOneMoreSession(run);
  const listMs = performance.now() - startedMs;
  if (listing.kind !== "listed") {
    noteStep(run, "tools_list", listMs, false, describeOutcome(listing.outcome));
    return ended(listing.outcome, "tools_list");
  }
  const { list, tools } = listing;
  const fault = listFault(run, list);
  noteStep(
    run,
    "tools_list",
    listMs,
    fault === null,
    fault === null ? `${list.toolsCount} tools` : describeOutcome(fault),
  );
  const health =
    fault === null && run.wire !== null ? await callHealthTool(run, run.wire, list, tools) : null;
  if (health !== null) {
    const isWell = health.outcome === null;
    noteStep(
      run,
      "health",
      health.ms,
      isWell,
      health.outcome === null ? null : describeOutcome(health.outcome),
    );
  }
  const outcome = fault ?? health?.outcome ?? slowness(run) ?? { kind: "healthy", detail: null };
  return { outcome, phase: fault === null && health?.outcome ? "health" : "tools_list", list, tools };
}

/** A session lost between handshake and list gets one fresh handshake: replicas that do not share sessions look so. */
async function listWithOneMoreSession(run: ProbeRun): Promise<Exclude<Listing, { kind: "session-lost" }>> {
  let lostCode = 0;
  for (let handshakes = 1; handshakes <= 2 && run.wire !== null; handshakes += 1) {
    const listing = await listTools(run, run.wire, needsTools(run));
    if (listing.kind !== "session-lost") {
      return listing;
    }
    lostCode = listing.code;
    const again = handshakes === 1 ? await greetLegacy(run) : null;
    if (again?.kind === "ended") {
      return again;
    }
  }
  return { kind: "ended", outcome: { kind: "list-failed", detail: "session_lost", code: lostCode } };
}

function listFault(run: ProbeRun, list: KnownToolList): ProbeOutcome | null {
  for (const lint of list.lints) {
    run.lints.add(lint);
  }
  if (list.invalidTools.length > 0) {
    return { kind: "tools-invalid", names: list.invalidTools };
  }
  return list.toolsCount === 0 && !run.request.isToolListEmptyAtBaseline
    ? { kind: "list-empty", detail: "tools_empty" }
    : null;
}

function slowness(run: ProbeRun): ProbeOutcome | null {
  return (run.latencyMs ?? 0) > SLOW_HANDSHAKE_MS
    ? { kind: "slow-handshake", detail: "slow_handshake" }
    : null;
}

function ended(outcome: ProbeOutcome, phase: ProbePhase): Attempt {
  return { outcome, phase, list: null, tools: null };
}
