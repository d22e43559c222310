/** What a request that came back without a result says about the endpoint, at any step. */
import type { ProbeOutcome } from "@alivemcp/core/probe-outcome";
import { type Challenge, parseChallenges } from "@alivemcp/core/www-authenticate";
import { challengeValues, lookAtWall } from "./auth-wall.ts";
import type { ReplyHead } from "./exchange-scope.ts";
import type { ProbeRun } from "./probe-run.ts";
import type { RpcReply } from "./rpc.ts";

/** How servers without the Authorization part of the specification say "log in" inside JSON-RPC. */
const AUTH_WORDS =
  /\b(?:unauthori[sz]ed|unauthenticated|not authenticated|authentication (?:is )?(?:required|failed)|authorization (?:is )?required|log ?in required|(?:missing|invalid|no) (?:api[ _-]?key|(?:access |bearer |auth )?token|credentials)|api[ _-]?key (?:is )?(?:required|missing|invalid))\b/i;

/** Whether the message of a JSON-RPC error means "log in". */
export function saysLogIn(message: string): boolean {
  return AUTH_WORDS.test(message.slice(0, 300));
}

/** Judges a refusal, looking at the wall where there is one. */
export async function judgeRefusal(run: ProbeRun, reply: RpcReply): Promise<ProbeOutcome> {
  if (reply.kind === "failed") {
    return reply.outcome;
  }
  if (reply.kind === "result" || reply.kind === "known") {
    return { kind: "not-json-rpc", detail: "not_mcp" };
  }
  const byStatus = await judgeStatus(run, reply.head);
  if (byStatus !== null) {
    return byStatus;
  }
  if (reply.kind === "status") {
    return { kind: "http-failed", status: reply.head.status };
  }
  if (saysLogIn(reply.message)) {
    return run.request.credential === null ? { kind: "walled", detail: "auth_nonstandard" } : rejected(run);
  }
  return reply.head.status >= 500
    ? { kind: "http-failed", status: reply.head.status }
    : { kind: "handshake-refused", code: reply.code };
}

/** The statuses that mean the same at every step; null for all others. */
async function judgeStatus(run: ProbeRun, head: ReplyHead): Promise<ProbeOutcome | null> {
  const hasCredential = run.request.credential !== null;
  switch (head.status) {
    case 401:
      return hasCredential ? rejected(run) : lookAtWall(run, head);
    case 403:
      return judgeForbidden(run, head, hasCredential);
    case 429:
      return { kind: "rate-limited", detail: "http_429" };
    default:
      return null;
  }
}

/**
 * Who refused strangers with 401 says with 403 that it knows this one and lets it no further (RFC 9110, section 15.5.4).
 * Who refuses everybody with 403, without a challenge, may be a bot wall in front of the endpoint.
 */
function judgeForbiddenCredential(
  run: ProbeRun,
  head: ReplyHead,
  bearer: Challenge | undefined,
): ProbeOutcome {
  const isBotWall = head.headers["cf-mitigated"] !== undefined;
  const isKnown =
    bearer === undefined ? run.wallStatus === 401 : bearer.params.error === "insufficient_scope";
  if (isKnown && !isBotWall) {
    return { kind: "credential-rejected", detail: "credential_insufficient_scope" };
  }
  return bearer === undefined ? { kind: "access-blocked", detail: "http_403" } : rejected(run);
}

function rejected({ request, deps }: ProbeRun): ProbeOutcome {
  const expiresAtMs = request.credential?.expiresAtMs ?? null;
  const isPast = expiresAtMs !== null && expiresAtMs <= deps.clock.nowMs();
  return { kind: "credential-rejected", detail: isPast ? "credential_expired" : "credential_rejected" };
}

/** 403 with a Bearer challenge is a wall with the wrong number; without one it is a bot wall or the like. */
function judgeForbidden(
  run: ProbeRun,
  head: ReplyHead,
  hasCredential: boolean,
): Promise<ProbeOutcome> | ProbeOutcome {
  const { challenges } = parseChallenges(challengeValues(head));
  const bearer = challenges.find(({ scheme }) => scheme === "bearer");
  if (hasCredential) {
    return judgeForbiddenCredential(run, head, bearer);
  }
  if (bearer === undefined) {
    return { kind: "access-blocked", detail: "http_403" };
  }
  run.lints.add("wall_status: a request without credentials is refused with 403 instead of 401");
  return bearer.params.error === "insufficient_scope"
    ? { kind: "walled", detail: "auth_insufficient_scope" }
    : lookAtWall(run, head);
}
