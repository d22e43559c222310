/** One walk through the layers of an endpoint: handshake, tool list, health tool. The first that fails is the finding. */
import { isJsonObject } from "@alivemcp/core/json-schema-keywords";
import {
  describeOutcome,
  isEndpointReached,
  type ProbeOutcome,
  type ProbePhase,
} from "@alivemcp/core/probe-outcome";
import { askHealthUrls } from "./ask-health-urls.ts";
import { shakeHands } from "./detect-era.ts";
import { evidenceOf } from "./evidence.ts";
import { greetLegacy } from "./handshake.ts";
import { callHealthTool, needsTools } from "./health-call.ts";
import { listCapabilities } from "./list-capabilities.ts";
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
  /** What the endpoint said when it failed, redacted; taken before anything else is asked of it, its goodbye included. */
  readonly evidence: string | null;
}

/** Walks once; everything learned on the way is on the run. */
export async function walkLayers(run: ProbeRun): Promise<Attempt> {
  const walked = await walkProtocol(run);
  const attempt = { ...walked, evidence: evidenceOf(run, walked.outcome) };
  if (isSpoken(attempt.outcome)) {
    await listCapabilities(run);
  }
  const failing = isAnswering(attempt.outcome) ? await askHealthUrls(run) : null;
  return failing === null ? attempt : { ...attempt, outcome: failing, phase: "health", evidence: null };
}

/** The protocol works, whatever the application says of itself. */
function isSpoken({ kind }: ProbeOutcome): boolean {
  return (
    kind === "healthy" ||
    kind === "slow-handshake" ||
    kind === "tools-missing" ||
    kind === "health-failed" ||
    kind === "assertion-failed"
  );
}

/** Nothing is wrong with it so far but its speed: health comes before latency, and a wall in order is no fault. */
function isAnswering({ kind }: ProbeOutcome): boolean {
  return kind === "healthy" || kind === "slow-handshake" || kind === "walled";
}

type Walked = Omit<Attempt, "evidence">;

async function walkProtocol(run: ProbeRun): Promise<Walked> {
  const fault = await standBeforeWall(run);
  if (fault !== null) {
    return ended(fault, "handshake");
  }
  const greeting = await shakeHands(run);
  if (greeting.kind === "ended") {
    return ended(greeting.outcome, "handshake");
  }
  if (!greeting.hasTools) {
    const outcome = missingTools(run, []) ?? slowness(run);
    return ended(outcome ?? { kind: "healthy", detail: "tools_not_offered" }, "handshake");
  }
  const startedMs = performance.now();
  const listing = await listWithOneMoreSession(run);
  const listMs = performance.now() - startedMs;
  if (listing.kind !== "listed") {
    noteStep(run, "tools_list", listMs, false, describeOutcome(listing.outcome));
    return ended(listing.outcome, "tools_list");
  }
  return judgeListed(run, listing, listMs);
}

/** What is left when the tools are listed: are they sound, is the application well, is it the list that was known. */
async function judgeListed(
  run: ProbeRun,
  { list, tools, hashMs }: Extract<Listing, { kind: "listed" }>,
  listMs: number,
): Promise<Walked> {
  const fault = listFault(run, list) ?? missingTools(run, tools ?? []);
  noteStep(
    run,
    "tools_list",
    listMs - (hashMs ?? 0),
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
  noteStep(run, "hash", hashMs, true, hashWord(list.fullHash, run.request.lastFullHash));
  const outcome = fault ?? health?.outcome ?? slowness(run) ?? { kind: "healthy", detail: null };
  return { outcome, phase: fault === null && health?.outcome ? "health" : "tools_list", list, tools };
}

/**
 * With a credential, kept or refused: the endpoint is asked without it first. A fault that no credential would change
 * is the finding; a credential that its authorization server refused is one only when the endpoint itself is well.
 */
async function standBeforeWall(run: ProbeRun): Promise<ProbeOutcome | null> {
  const { credential, credentialRefusal } = run.request;
  if (credential === null && credentialRefusal === undefined) {
    return null;
  }
  const outcome = await lookUnauthenticated(run);
  if (credentialRefusal !== undefined) {
    return outcome !== null && isIll(outcome)
      ? outcome
      : { kind: "credential-rejected", detail: credentialRefusal };
  }
  return outcome !== null && (!isEndpointReached(outcome) || outcome.kind === "rate-limited")
    ? outcome
    : null;
}

/** Other answers to a stranger (404, a web page) may be how this endpoint hides what is behind its wall. */
function isIll(outcome: ProbeOutcome): boolean {
  switch (outcome.kind) {
    case "rate-limited":
    case "timed-out":
    case "connection-lost":
      return true;
    case "http-failed":
      return outcome.status >= 500;
    default:
      return !isEndpointReached(outcome);
  }
}

function hashWord(fullHash: string, lastFullHash: string | null): string {
  const word = lastFullHash === null ? "first seen" : fullHash === lastFullHash ? "unchanged" : "changed";
  return `${word} ${fullHash.slice(0, 12)}`;
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

function missingTools(run: ProbeRun, tools: readonly unknown[]): ProbeOutcome | null {
  const names = new Set(tools.map((tool) => (isJsonObject(tool) ? tool.name : undefined)));
  const missing = run.expectations.tools.filter((name) => !names.has(name));
  return missing.length === 0 ? null : { kind: "tools-missing", names: missing };
}

function slowness(run: ProbeRun): ProbeOutcome | null {
  return (run.latencyMs ?? 0) > run.expectations.latencyDegradedMs
    ? { kind: "slow-handshake", detail: "slow_handshake" }
    : null;
}

function ended(outcome: ProbeOutcome, phase: ProbePhase): Walked {
  return { outcome, phase, list: null, tools: null };
}
