/**
 * The first request of a probe that carries a credential is made without it: the wall must stand, and its challenge
 * must tell a newcomer where to log in. What is found here is for the owner; whether the endpoint works is decided with
 * the credential.
 */
import { describeOutcome, isEndpointReached, type ProbeOutcome } from "@alivemcp/core/probe-outcome";
import { lookAtWall } from "./auth-wall.ts";
import { callHttp } from "./call-http.ts";
import type { ReplyHead } from "./exchange-scope.ts";
import { MODERN_VERSION, mcpMessages } from "./mcp-messages.ts";
import { askEndpoint, baseHeaders, type ProbeRun, REQUEST_TIMEOUT_MS } from "./probe-run.ts";
import type { RpcReply } from "./rpc.ts";

/** Looks at the wall; an outcome when the endpoint could not even be reached, else null. */
export async function lookUnauthenticated(run: ProbeRun): Promise<ProbeOutcome | null> {
  const reply = await ask(run);
  if (reply.kind === "failed") {
    return isEndpointReached(reply.outcome) ? null : reply.outcome;
  }
  const { status } = reply.head;
  if (status === 401 || status === 403) {
    const wall = await lookAtWall(run, reply.head);
    if (wall.kind === "wall-malformed") {
      run.lints.add(`challenge_broken: newcomers cannot find where to log in (${describeOutcome(wall)})`);
    }
    return null;
  }
  if (status === 429) {
    return { kind: "rate-limited", detail: "http_429" };
  }
  // Any JSON-RPC words but a refusal mean that the application itself heard a stranger.
  if (reply.kind === "result" || (reply.kind === "error" && status < 500)) {
    run.lints.add("wall_open: the endpoint answers without the credential");
  }
  return null;
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
