/**
 * One probe of one endpoint from here: dial, era, handshake, tool list, health tool, sessions closed, judged.
 * Before: services/probe-worker/src/run-probe-job.ts. After: services/core/src/judge-probe.ts. The CLI and `/check`
 * run exactly this.
 */
import { sha256Hex } from "@alivemcp/core/canonical-json";
import { judgeProbe, type ProbeJudgement } from "@alivemcp/core/judge-probe";
import type { ProbeFinding } from "@alivemcp/core/pipeline";
import {
  describeOutcome,
  isWorthSecondAttempt,
  type ProbeOutcome,
  type ProbePhase,
} from "@alivemcp/core/probe-outcome";
import { redactExcerpt } from "@alivemcp/core/redact";
import type { FailureReason } from "@alivemcp/core/states";
import { closeSessions } from "./close-sessions.ts";
import { shakeHands } from "./detect-era.ts";
import { type CancelReason, cancelScope, closeScope, type ExchangeScope } from "./exchange-scope.ts";
import { greetLegacy } from "./handshake.ts";
import { callHealthTool, needsTools } from "./health-call.ts";
import { type Listing, listTools } from "./list-tools.ts";
import { lookUnauthenticated } from "./look-unauthenticated.ts";
import { pause } from "./pause.ts";
import type { ProbeDeps, ProbeRequest } from "./probe-deps.ts";
import { evidenceOf, leftMs, noteStep, openRun, type ProbeRun } from "./probe-run.ts";
import type { KnownToolList } from "./tool-list-cache.ts";

export interface ProbeAnswer {
  readonly finding: ProbeFinding;
  /** Raw tools as the endpoint listed them; only when their hash differs from `lastFullHash`. */
  readonly toolList: readonly unknown[] | null;
}

/** What one attempt came to. */
interface Attempt {
  readonly outcome: ProbeOutcome;
  readonly phase: ProbePhase;
  readonly list: KnownToolList | null;
  readonly tools: readonly unknown[] | null;
}

/** A handshake slower than this is `degraded`. */
const SLOW_HANDSHAKE_MS = 5_000;
/** With less left than this a second attempt could only end as a timeout of our own making. */
const SECOND_ATTEMPT_NEEDS_MS = 2_000;
const LINTS_MAX = 50;
const TLS_EXPIRING_MS = 14 * 24 * 60 * 60_000;

/**
 * Probes once, with a second attempt where the first looked like a passing cloud. Never throws: whatever an endpoint
 * answers, and whatever breaks in here, ends as a reason. Ends within `budgetMs` plus 1.5 s for closing sessions.
 */
export async function runProbe(deps: ProbeDeps, request: ProbeRequest): Promise<ProbeAnswer> {
  const startedAtMs = deps.clock.nowMs();
  const control: Control = { scope: null, cancelled: deps.signal?.aborted ? "probe_aborted" : null };
  const timer = setTimeout(() => cancel(control, "budget_spent"), request.budgetMs);
  const onAbort = () => cancel(control, "probe_aborted");
  deps.signal?.addEventListener("abort", onAbort);
  try {
    return await probeTwiceAtMost(deps, request, control, startedAtMs);
  } catch (error) {
    return brokenProbe(deps, startedAtMs, error);
  } finally {
    clearTimeout(timer);
    deps.signal?.removeEventListener("abort", onAbort);
  }
}

/** What the budget's timer and the caller's signal act on. */
interface Control {
  /** The scope at work; null while sessions are closed, which has its own deadline. */
  scope: ExchangeScope | null;
  cancelled: CancelReason | null;
}

function cancel(control: Control, reason: CancelReason): void {
  control.cancelled ??= reason;
  if (control.scope !== null) {
    cancelScope(control.scope, reason);
  }
}

async function probeTwiceAtMost(
  deps: ProbeDeps,
  request: ProbeRequest,
  control: Control,
  startedAtMs: number,
): Promise<ProbeAnswer> {
  const startedMs = performance.now();
  const times = { startedMs, deadlineMs: startedMs + request.budgetMs };
  const first = await attemptOnce(deps, request, control, { ...times, addressOffset: 0 });
  const judgement = judgeAttempt(first);
  const waitMs = 1_000 + jitterMs(request.url, startedAtMs);
  const isDue =
    request.hasSecondAttempt &&
    judgement.state === "down" &&
    isWorthSecondAttempt(first.attempt.outcome) &&
    leftMs(first.run) > waitMs + SECOND_ATTEMPT_NEEDS_MS;
  if (!isDue || !(await waitBetween(control, first.run, waitMs))) {
    return conclude(first, startedAtMs, null);
  }
  const second = await attemptOnce(deps, request, control, { ...times, addressOffset: 1 });
  return conclude(second, startedAtMs, judgeAttempt(second).state === "down" ? null : judgement.reason);
}

async function waitBetween(control: Control, run: ProbeRun, ms: number): Promise<boolean> {
  run.scope.cancelled = control.cancelled;
  control.scope = run.scope;
  const isElapsed = await pause(run.scope, ms);
  control.scope = null;
  return isElapsed;
}

interface Attempted {
  readonly run: ProbeRun;
  readonly attempt: Attempt;
  readonly observedAtMs: number;
}

async function attemptOnce(
  deps: ProbeDeps,
  request: ProbeRequest,
  control: Control,
  times: Parameters<typeof openRun>[2],
): Promise<Attempted> {
  const run = openRun(deps, request, times);
  run.scope.cancelled = control.cancelled;
  control.scope = run.scope;
  try {
    const attempt = await walk(run);
    const observedAtMs = deps.clock.nowMs();
    return { run, attempt, observedAtMs };
  } finally {
    control.scope = null;
    await closeSessions(run);
    closeScope(run.scope);
  }
}

/** The layers in order; the first that fails is the finding. */
async function walk(run: ProbeRun): Promise<Attempt> {
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

function judgeAttempt({ run, attempt }: Attempted): ProbeJudgement {
  const { isJsonRpcSeen, isInitializedRejected } = run;
  return judgeProbe(attempt.outcome, { phase: attempt.phase, isJsonRpcSeen, isInitializedRejected });
}

function conclude(
  attempted: Attempted,
  startedAtMs: number,
  transientReason: FailureReason | null,
): ProbeAnswer {
  const { run, attempt, observedAtMs } = attempted;
  const { state, reason, layer, detail, isAuthRequired } = judgeAttempt(attempted);
  const isListNew = attempt.list !== null && attempt.list.fullHash !== run.request.lastFullHash;
  noteExpiry(run, observedAtMs);
  return {
    finding: {
      state,
      reason,
      layer,
      detail: detail?.slice(0, 200) ?? null,
      isAuthRequired,
      startedAtMs,
      observedAtMs,
      latencyMs: run.latencyMs,
      era: run.wire?.era ?? null,
      protocolVersion: run.wire?.protocolVersion ?? null,
      transport: run.wire?.transport ?? null,
      server: run.server,
      toolsCount: attempt.list?.toolsCount ?? null,
      contractHash: attempt.list?.contractHash ?? null,
      fullHash: attempt.list?.fullHash ?? null,
      transientReason,
      tlsExpiresAtMs: run.tlsExpiresAtMs,
      retryAfterMs: run.retryAfterMs,
      lints: [...run.lints].slice(0, LINTS_MAX).map((lint) => lint.slice(0, 200)),
      steps: run.steps,
      evidence: evidenceOf(run, attempt.outcome),
    },
    toolList: isListNew ? attempt.tools : null,
  };
}

function noteExpiry(run: ProbeRun, nowMs: number): void {
  const { tlsExpiresAtMs } = run;
  if (tlsExpiresAtMs !== null && tlsExpiresAtMs > nowMs && tlsExpiresAtMs - nowMs < TLS_EXPIRING_MS) {
    run.lints.add(
      `tls_expiring: the certificate ends on ${new Date(tlsExpiresAtMs).toISOString().slice(0, 10)}`,
    );
  }
}

/** A bug of ours: never held against the endpoint, and the worker lives on. */
function brokenProbe(deps: ProbeDeps, startedAtMs: number, error: unknown): ProbeAnswer {
  const { state, reason, layer, detail } = judgeProbe(
    { kind: "probe-broke", detail: "probe_bug" },
    { phase: "handshake", isJsonRpcSeen: false, isInitializedRejected: false },
  );
  const said = error instanceof Error ? `${error.name}: ${error.message}` : "not an error";
  return {
    finding: {
      state,
      reason,
      layer,
      detail,
      isAuthRequired: false,
      startedAtMs,
      observedAtMs: deps.clock.nowMs(),
      latencyMs: null,
      era: null,
      protocolVersion: null,
      transport: null,
      server: null,
      toolsCount: null,
      contractHash: null,
      fullHash: null,
      transientReason: null,
      tlsExpiresAtMs: null,
      retryAfterMs: null,
      lints: [],
      steps: [],
      evidence: redactExcerpt(said),
    },
    toolList: null,
  };
}

/** 0 to 2 s, the same for the same endpoint and instant: no dice, and neighbours do not retry in step. */
function jitterMs(url: string, atMs: number): number {
  const digest = sha256Hex(`${url} ${atMs}`);
  return Number.parseInt(digest.slice(0, 8), 16) % 2_000;
}

function ended(outcome: ProbeOutcome, phase: ProbePhase): Attempt {
  return { outcome, phase, list: null, tools: null };
}
