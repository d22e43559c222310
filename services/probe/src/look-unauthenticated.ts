/**
 * The first request of a probe that carries a credential is made without it: the wall must stand, and its challenge
 * must tell a newcomer where to log in. What is found here is for the owner; whether the endpoint works is decided with
 * the credential.
 */
import { describeOutcome, isEndpointReached, type ProbeOutcome } from "@alivemcp/core/probe-outcome";
import { lookAtWall, readChallenge } from "./auth-wall.ts";
import { callHttp } from "./call-http.ts";
import type { ReplyHead } from "./exchange-scope.ts";
import { MODERN_VERSION, mcpMessages } from "./mcp-messages.ts";
import { askEndpoint, baseHeaders, noteStep, type ProbeRun, REQUEST_TIMEOUT_MS } from "./probe-run.ts";
import { saysLogIn } from "./refusal.ts";
import type { RpcReply } from "./rpc.ts";

/**
 * Looks at the wall. An outcome when the request came back with nothing that a credential could change for the better;
 * null when it was refused as it should be, or answered, which is a lint.
 */
export async function lookUnauthenticated(run: ProbeRun): Promise<ProbeOutcome | null> {
  const startedMs = performance.now();
  const reply = await ask(run);
  const ms = performance.now() - startedMs - connectingMs(run);
  if (reply.kind === "failed") {
    if (isEndpointReached(reply.outcome)) {
      noteStep(run, "unauthenticated", ms, false, describeOutcome(reply.outcome));
    }
    return reply.outcome;
  }
  const { status } = reply.head;
  if (status === 401 || status === 403) {
    run.wallStatus = status;
    noteRefusal(run, reply.head, ms);
    await judgeWall(run, reply.head);
    return null;
  }
  if (reply.kind === "error" && saysLogIn(reply.message)) {
    noteStep(run, "unauthenticated", ms, false, "refused in JSON-RPC words, no WWW-Authenticate");
    run.lints.add(`wall_status: a request without credentials is refused with ${status} instead of 401`);
    return null;
  }
  // Any JSON-RPC words but a refusal mean that the application itself heard a stranger.
  const isHeard = reply.kind === "result" || (reply.kind === "error" && status < 500);
  noteStep(run, "unauthenticated", ms, false, isHeard ? "answered, not refused" : `http_${status}`);
  if (isHeard) {
    run.lints.add("wall_open: the endpoint answers a request without the credential");
    return null;
  }
  return status === 429 ? { kind: "rate-limited", detail: "http_429" } : { kind: "http-failed", status };
}

/** What the waterfall shows as steps of their own. */
function connectingMs({ steps }: ProbeRun): number {
  return steps
    .filter(({ step }) => step === "dns" || step === "tcp" || step === "tls")
    .reduce((sum, { ms }) => sum + (ms ?? 0), 0);
}

/** Refused as it should be: with a challenge that can be read. */
function noteRefusal(run: ProbeRun, head: ReplyHead, ms: number): void {
  const { kind, schemes } = readChallenge(head);
  const isPopulated = kind === "bearer" || kind === "foreign";
  const challenge = isPopulated
    ? schemes.slice(0, 3).join(", ").slice(0, 60)
    : `${kind === "missing" ? "no" : "unreadable"} WWW-Authenticate`;
  noteStep(run, "unauthenticated", ms, isPopulated, `${head.status} ${challenge}`);
}

async function judgeWall(run: ProbeRun, head: ReplyHead): Promise<void> {
  if (head.status === 403) {
    run.lints.add("wall_status: a request without credentials is refused with 403 instead of 401");
  }
  const wall = await lookAtWall(run, head);
  if (wall.kind === "wall-malformed") {
    run.lints.add(`challenge_broken: newcomers cannot find where to log in (${describeOutcome(wall)})`);
  }
}

type Unauthenticated = Exclude<RpcReply, { kind: "known" }>;

async function ask(run: ProbeRun): Promise<Unauthenticated> {
  const { remembered, transport } = run.request;
  if (transport === "sse" || remembered?.transport === "sse") {
    return askForStream(run);
  }
  const isModern = remembered?.era === "modern";
  const messages = mcpMessages(run.deps.userAgent);
  const reply = await callHttp(run, isModern ? messages.discover : messages.initialize, {
    isModern,
    protocolVersion: isModern ? MODERN_VERSION : null,
    sessionId: null,
    timeoutMs: REQUEST_TIMEOUT_MS,
    recognise: null,
    isCredentialSent: false,
  });
  return reply as Unauthenticated;
}

async function askForStream(run: ProbeRun): Promise<Unauthenticated> {
  const headers = baseHeaders(run, false);
  headers.push("accept", "text/event-stream");
  const isStream = (head: ReplyHead) => head.status === 200 && head.contentType === "text/event-stream";
  const result = await askEndpoint(run, {
    url: run.url,
    method: "GET",
    headers,
    body: null,
    timeoutMs: REQUEST_TIMEOUT_MS,
    lane: "main",
    // The first byte of a stream is enough: it is open.
    readBody: (head) => (isStream(head) ? { push: () => "done" } : null),
  });
  if (result.kind === "failed") {
    return { kind: "failed", outcome: result.outcome };
  }
  return isStream(result.head)
    ? { kind: "result", result: {}, raw: "", head: result.head, sentMs: result.sentMs, endMs: result.endMs }
    : { kind: "status", head: result.head };
}
