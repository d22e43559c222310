/**
 * One probe of one endpoint from here: at most two attempts inside one budget, sessions closed, judged.
 * Before: services/probe-worker/src/run-probe-job.ts. After: services/core/src/judge-probe.ts. The CLI and `/check`
 * run exactly this.
 */

import { sha256Hex } from "@alivemcp/core/canonical-json";
import { isWorthSecondAttempt, type ProbeOutcome } from "@alivemcp/core/probe-outcome";
import { closeSessions } from "./close-sessions.ts";
import { type CancelReason, cancelScope, closeScope, type ExchangeScope } from "./exchange-scope.ts";
import { type Attempted, brokenProbe, conclude, judgeAttempt, type ProbeAnswer } from "./make-finding.ts";
import { pause } from "./pause.ts";
import type { ProbeCredential, ProbeDeps, ProbeRequest } from "./probe-deps.ts";
import { leftMs, openRun, type ProbeRun } from "./probe-run.ts";
import { secretForms } from "./secret-forms.ts";
import { walkLayers } from "./walk-layers.ts";

/** With less left than this a second attempt could only end as a timeout of our own making. */
const SECOND_ATTEMPT_NEEDS_MS = 2_000;

/**
 * Probes once, with a second attempt where the first looked like a passing cloud. Never throws: whatever an endpoint
 * answers, and whatever breaks in here, ends as a reason. Ends within `budgetMs` plus 1.5 s for closing sessions.
 */
export async function runProbe(deps: ProbeDeps, request: ProbeRequest): Promise<ProbeAnswer> {
  const startedAtMs = deps.clock.nowMs();
  const control: Control = {
    scope: null,
    cancelled: deps.signal?.aborted ? "probe_aborted" : null,
    credentials: request.credential === null ? [] : [request.credential],
  };
  const timer = setTimeout(() => cancel(control, "budget_spent"), request.budgetMs);
  const onAbort = () => cancel(control, "probe_aborted");
  deps.signal?.addEventListener("abort", onAbort);
  try {
    return await probeTwiceAtMost(deps, request, control, startedAtMs);
  } catch (error) {
    return brokenProbe(deps, { startedAtMs, error, secrets: secretForms(control.credentials) });
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
  /** The request's, and the newer one it was renewed with: the last is in use, none may be repeated. */
  credentials: readonly ProbeCredential[];
}

function cancel(control: Control, reason: CancelReason): void {
  control.cancelled ??= reason;
  if (control.scope !== null) {
    cancelScope(control.scope, reason);
  }
}

type AttemptTimes = Omit<Parameters<typeof openRun>[2], "secrets">;

async function probeTwiceAtMost(
  deps: ProbeDeps,
  request: ProbeRequest,
  control: Control,
  startedAtMs: number,
): Promise<ProbeAnswer> {
  const startedMs = performance.now();
  const times = { startedMs, deadlineMs: startedMs + request.budgetMs };
  const first = await attemptRenewing(deps, request, control, { ...times, addressOffset: 0 });
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
  const second = await attemptRenewing(deps, request, control, { ...times, addressOffset: 1 });
  return conclude(second, startedAtMs, judgeAttempt(second).state === "down" ? null : judgement.reason);
}

async function waitBetween(control: Control, run: ProbeRun, ms: number): Promise<boolean> {
  run.scope.cancelled = control.cancelled;
  control.scope = run.scope;
  const isElapsed = await pause(run.scope, ms);
  control.scope = null;
  return isElapsed;
}

/**
 * An attempt; when it ends on a refused credential and there is somebody to ask for a newer one, another with that. An
 * access token may end between any two requests, and that says nothing about the grant behind it.
 */
async function attemptRenewing(
  deps: ProbeDeps,
  request: ProbeRequest,
  control: Control,
  times: AttemptTimes,
): Promise<Attempted> {
  const attempted = await attemptOnce(deps, request, control, times);
  const { outcome } = attempted.attempt;
  const isDue =
    deps.renewCredential !== undefined &&
    control.credentials.length === 1 &&
    outcome.kind === "credential-rejected" &&
    (outcome.detail === "credential_rejected" || outcome.detail === "credential_expired") &&
    leftMs(attempted.run) > SECOND_ATTEMPT_NEEDS_MS;
  if (!isDue) {
    return attempted;
  }
  const renewal = await deps.renewCredential();
  if (renewal.kind === "refused") {
    return ending(attempted, { kind: "credential-rejected", detail: renewal.detail });
  }
  // What a probe without time would end on is nothing to hold against the endpoint.
  const hasTime = control.cancelled === null && leftMs(attempted.run) > SECOND_ATTEMPT_NEEDS_MS;
  if (renewal.kind === "failed" || !hasTime) {
    return ending(attempted, { kind: "probe-broke", detail: "credential_not_renewed" });
  }
  const isSame = isSameCredential(renewal.credential, control.credentials.at(-1));
  control.credentials = [...control.credentials, renewal.credential];
  return isSame ? attempted : attemptOnce(deps, request, control, times);
}

const ending = (attempted: Attempted, outcome: ProbeOutcome): Attempted => ({
  ...attempted,
  attempt: { ...attempted.attempt, outcome },
});

function isSameCredential(a: ProbeCredential, b: ProbeCredential | undefined): boolean {
  const sent = (credential: ProbeCredential | undefined) =>
    JSON.stringify([credential?.bearer, Object.entries(credential?.headers ?? {})]);
  return sent(a) === sent(b);
}

async function attemptOnce(
  deps: ProbeDeps,
  request: ProbeRequest,
  control: Control,
  times: AttemptTimes,
): Promise<Attempted> {
  const credential = control.credentials.at(-1) ?? null;
  const secrets = secretForms(control.credentials);
  const run = openRun(deps, { ...request, credential }, { ...times, secrets });
  run.scope.cancelled = control.cancelled;
  control.scope = run.scope;
  try {
    const attempt = await walkLayers(run);
    const observedAtMs = deps.clock.nowMs();
    return { run, attempt, observedAtMs };
  } finally {
    control.scope = null;
    await closeSessions(run);
    closeScope(run.scope);
  }
}

/** 0 to 2 s, the same for the same endpoint and instant: no dice, and neighbours do not retry in step. */
function jitterMs(url: string, atMs: number): number {
  const digest = sha256Hex(`${url} ${atMs}`);
  return Number.parseInt(digest.slice(0, 8), 16) % 2_000;
}
