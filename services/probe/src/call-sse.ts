/** One JSON-RPC request over the old HTTP+SSE pair: POSTed to where the stream said, answered on the stream. */
import type { ProbeOutcome } from "@alivemcp/core/probe-outcome";
import { keepEvidence } from "./evidence.ts";
import type { ExchangeResult } from "./exchange.ts";
import { pongBody, type RpcCall } from "./mcp-messages.ts";
import { askEndpoint, baseHeaders, type ProbeRun, REQUEST_TIMEOUT_MS, type SsePair } from "./probe-run.ts";
import { readRefusal } from "./read-refusal.ts";
import { type Recognise, type RpcReply, readRpcText, replyOf } from "./rpc.ts";
import { arrival } from "./sse-pair.ts";
import type { SseEvent } from "./sse-parser.ts";

const PONGS_MAX = 5;

/** Sends a request and waits for its answer on the stream. Never rejects. */
export async function callSse(
  run: ProbeRun,
  request: RpcCall,
  timeoutMs: number,
  recognise: Recognise | null,
): Promise<RpcReply> {
  const { pair } = run;
  if (pair?.postUrl == null || pair.head === null) {
    return failed({ kind: "not-json-rpc", detail: "sse_no_endpoint" });
  }
  const waiting: Waiting = { run, pair, request, recognise, sentMs: performance.now(), hasWrongId: false };
  const deadlineMs = waiting.sentMs + timeoutMs;
  let refusal: RpcReply | null = null;
  void post(run, pair, request.body, timeoutMs, "main", (atMs) => {
    waiting.sentMs = atMs;
  }).then((told) => {
    refusal =
      told.kind === "failed"
        ? failed(told.outcome)
        : told.head.status >= 300
          ? readRefusal(run, request.id, told)
          : null;
    pair.wake?.();
  });
  for (;;) {
    const reply = readArrived(waiting) ?? refusal ?? streamEnd(waiting);
    if (reply !== null) {
      return reply;
    }
    if (!(await arrival(run, pair, deadlineMs))) {
      return silence(waiting, { kind: "timed-out", detail: "first_byte_timeout" });
    }
  }
}

/** One call and what was heard of it so far. */
interface Waiting {
  readonly run: ProbeRun;
  readonly pair: SsePair;
  readonly request: RpcCall;
  readonly recognise: Recognise | null;
  sentMs: number;
  /** A result came for an id that nobody sent. */
  hasWrongId: boolean;
}

/** The answer among what arrived so far; everything before it is read and gone. */
function readArrived(waiting: Waiting): RpcReply | null {
  const { events } = waiting.pair;
  for (let event = events.shift(); event !== undefined; event = events.shift()) {
    const reply = readEvent(waiting, event);
    if (reply !== null) {
      return reply;
    }
  }
  return null;
}

/** Why nothing more will arrive; null while the stream is open. */
function streamEnd(waiting: Waiting): RpcReply | null {
  const { isOversized, end } = waiting.pair;
  if (isOversized) {
    return failed({ kind: "too-large", detail: "response_too_large" });
  }
  if (end === null) {
    return null;
  }
  return silence(
    waiting,
    end.kind === "failed" ? end.outcome : { kind: "not-json-rpc", detail: "sse_no_response" },
  );
}

/** No answer came: when one came under another id, that is what is wrong. */
function silence({ hasWrongId }: Waiting, outcome: ProbeOutcome): RpcReply {
  const isOurs = outcome.kind === "probe-broke";
  return failed(hasWrongId && !isOurs ? { kind: "handshake-invalid", detail: "id_mismatch" } : outcome);
}

/** A notification: whether the POST was accepted. */
export async function notifySse(run: ProbeRun, request: RpcCall): Promise<RpcReply> {
  const { pair } = run;
  if (pair?.postUrl == null) {
    return failed({ kind: "not-json-rpc", detail: "sse_no_endpoint" });
  }
  const told = await post(run, pair, request.body, REQUEST_TIMEOUT_MS, "main", () => {});
  if (told.kind === "failed") {
    return failed(told.outcome);
  }
  return told.head.status < 300
    ? failed({ kind: "not-json-rpc", detail: "empty_reply" })
    : readRefusal(run, request.id, told);
}

function readEvent(waiting: Waiting, event: SseEvent): RpcReply | null {
  const { run, pair, request, recognise, sentMs } = waiting;
  if (event.event !== "message" || pair.head === null) {
    return null;
  }
  const reading = readRpcText(run, event.data, request.id, recognise);
  const endMs = performance.now();
  const { head } = pair;
  switch (reading.kind) {
    case "known":
      return replyOf(reading, { raw: event.data, head, sentMs, endMs });
    case "failed":
      keepEvidence(run, event.data);
      return reading;
    case "nothing":
      waiting.hasWrongId ||= reading.hasWrongId;
      for (const id of reading.pings) {
        answerPing(run, pair, id);
      }
      return null;
    case "answer":
      return replyOf(reading, { raw: event.data, head, sentMs, endMs });
  }
}

function answerPing(run: ProbeRun, pair: SsePair, id: string | number): void {
  run.pongs += 1;
  if (run.pongs <= PONGS_MAX) {
    void post(run, pair, pongBody(id), REQUEST_TIMEOUT_MS, "pong", () => {});
  }
}

function post(
  run: ProbeRun,
  pair: SsePair,
  body: Buffer,
  timeoutMs: number,
  lane: string,
  onSent: (atMs: number) => void,
): Promise<ExchangeResult> {
  const headers = baseHeaders(run);
  headers.push("content-type", "application/json", "accept", "application/json, text/event-stream");
  if (run.wire !== null) {
    headers.push("mcp-protocol-version", run.wire.protocolVersion);
  }
  return askEndpoint(run, {
    url: pair.postUrl ?? run.url,
    method: "POST",
    headers,
    body,
    timeoutMs,
    lane,
    readBody: null,
    onSent,
  });
}

function failed(outcome: ProbeOutcome): Extract<RpcReply, { kind: "failed" }> {
  return { kind: "failed", outcome };
}
