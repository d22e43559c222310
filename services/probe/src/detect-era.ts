/**
 * Which era and transport an endpoint speaks: the remembered one first, all of them in the specification's order when
 * there is no memory or the memory fails in a way that smells of another era (MCP 2026-07-28, Versioning).
 * `tools/list` is never asked for this: old stateless servers answer a modern-shaped one.
 */
import { describeOutcome, isEndpointReached, type ProbeOutcome } from "@alivemcp/core/probe-outcome";
import { type Greeting, greetLegacy, greetModern, greetSse } from "./handshake.ts";
import { hasFailedStep, leftMs, noteStep, type ProbeRun, REQUEST_TIMEOUT_MS } from "./probe-run.ts";

type Candidate = "modern" | "legacy" | "sse";
type Ended = Extract<Greeting, { kind: "ended" }>;

export type Handshake =
  | { readonly kind: "spoke"; readonly hasTools: boolean }
  | { readonly kind: "ended"; readonly outcome: ProbeOutcome };

/** With these three a Streamable HTTP server of the future, or an HTTP+SSE one, refuses a POST (Transports, back-compat). */
const SSE_STATUSES: ReadonlySet<number> = new Set([400, 404, 405]);
/** Share of the budget that a first `server/discover` may take: some legacy servers hang on a method they do not know. */
const DISCOVER_BUDGET_SHARE = 3;

/** Greets until somebody answers; the wire is then open on the run. */
export async function shakeHands(run: ProbeRun): Promise<Handshake> {
  const queue = candidatesOf(run);
  const remembered = hasMemory(run) ? queue[0] : undefined;
  const ends = new Map<Candidate, Ended>();
  const startedMs = performance.now();
  for (let candidate = queue.shift(); candidate !== undefined; candidate = queue.shift()) {
    const greeting = await greet(run, candidate, remembered !== undefined);
    if (greeting.kind === "spoke") {
      return greeting;
    }
    ends.set(candidate, greeting);
    run.ruledOut.push(`not ${candidate}: ${describeOutcome(greeting.outcome)}`);
    run.detectMs = performance.now() - startedMs;
    if (isFinal(greeting.outcome)) {
      break;
    }
    steer(queue, candidate, greeting, { isRemembered: candidate === remembered, ends });
  }
  const outcome = mostTelling(ends, remembered);
  if (!hasFailedStep(run)) {
    noteStep(run, "handshake", performance.now() - startedMs, false, describeOutcome(outcome));
  }
  return { kind: "ended", outcome };
}

function greet(run: ProbeRun, candidate: Candidate, hasMemoryOfEra: boolean): Promise<Greeting> {
  switch (candidate) {
    case "modern":
      return greetModern(
        run,
        hasMemoryOfEra
          ? REQUEST_TIMEOUT_MS
          : Math.max(1, Math.min(REQUEST_TIMEOUT_MS, leftMs(run) / DISCOVER_BUDGET_SHARE)),
      );
    case "legacy":
      return greetLegacy(run);
    case "sse":
      return greetSse(run);
  }
}

function hasMemory({ request: { remembered, transport, isDetectionForced } }: ProbeRun): boolean {
  return (
    remembered !== null &&
    isDetectionForced !== true &&
    (transport === "auto" || transport === remembered.transport)
  );
}

function candidatesOf(run: ProbeRun): Candidate[] {
  const { transport, remembered } = run.request;
  const all: Candidate[] =
    transport === "sse" ? ["sse"] : transport === "http" ? ["modern", "legacy"] : ["modern", "legacy", "sse"];
  if (!hasMemory(run) || remembered === null) {
    return all;
  }
  const first = remembered.transport === "sse" ? "sse" : remembered.era;
  return [first, ...all.filter((candidate) => candidate !== first)];
}

/** Nothing another era could answer differently. */
function isFinal(outcome: ProbeOutcome): boolean {
  switch (outcome.kind) {
    case "rate-limited":
    case "walled":
    case "wall-malformed":
    case "credential-rejected":
      return true;
    case "timed-out":
      return outcome.detail === "budget_spent";
    default:
      return !isEndpointReached(outcome);
  }
}

/** Empties or reorders what is left to try after one candidate failed. */
function steer(
  queue: Candidate[],
  tried: Candidate,
  end: Ended,
  context: { readonly isRemembered: boolean; readonly ends: ReadonlyMap<Candidate, Ended> },
): void {
  if (context.isRemembered && end.hint === "none" && tried !== "sse") {
    queue.length = 0;
  } else if (tried === "legacy" && end.hint === "modern") {
    // Modern was tried before and hung or failed: now that the endpoint asks for it by name it gets one more chance.
    const isWorthwhile = context.ends.get("modern")?.outcome.kind !== "version-unsupported";
    queue.splice(
      0,
      queue.length,
      ...(isWorthwhile && !queue.includes("legacy") ? (["modern"] as const) : []),
    );
  } else if (tried === "legacy" && !SSE_STATUSES.has(end.status ?? 0)) {
    const next = end.hint === "other-era" ? queue.filter((candidate) => candidate !== "sse") : [];
    queue.splice(0, queue.length, ...next);
  }
}

/**
 * Which failure to report when every candidate failed. `initialize` is the one every legacy endpoint must answer, so
 * its failure counts, unless a modern endpoint rejected our request in modern words or an event stream went wrong.
 */
function mostTelling(ends: ReadonlyMap<Candidate, Ended>, remembered: Candidate | undefined): ProbeOutcome {
  const modern = ends.get("modern")?.outcome;
  const legacy = ends.get("legacy")?.outcome;
  const sse = ends.get("sse")?.outcome;
  // The end of the budget is final for the probe, but what an earlier greeting was told says more.
  const final = [...ends.values()]
    .map(({ outcome }) => outcome)
    .find((outcome) => isFinal(outcome) && outcome.kind !== "timed-out");
  if (final !== undefined) {
    return final;
  }
  if (modern !== undefined && isModernEvidence(modern, remembered === "modern")) {
    return modern;
  }
  const isStreamFault =
    sse?.kind === "not-json-rpc" &&
    (sse.detail === "sse_endpoint_cross_origin" ||
      sse.detail === "sse_endpoint_invalid" ||
      sse.detail === "sse_no_response");
  const ranked = isStreamFault || remembered === "sse" ? (sse ?? legacy) : (legacy ?? modern ?? sse);
  return ranked ?? { kind: "probe-broke", detail: "probe_bug" };
}

/** `-32602` is also what confused legacy servers say, so alone it is evidence only where modern was spoken before. */
function isModernEvidence(outcome: ProbeOutcome, wasModern: boolean): boolean {
  return (
    outcome.kind === "version-unsupported" ||
    (outcome.kind === "request-rejected" && (wasModern || outcome.code !== -32602))
  );
}
