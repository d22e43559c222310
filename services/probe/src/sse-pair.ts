/**
 * The old pair of HTTP+SSE (2024-11-05): a GET opens the event stream, its first event names where to POST, answers
 * arrive on the stream. The named URL must be of the same origin, else an endpoint could send us anywhere.
 */
import type { ProbeOutcome } from "@alivemcp/core/probe-outcome";
import type { BodyReader } from "./body-sink.ts";
import { keepEvidence } from "./evidence.ts";
import type { ExchangeResult } from "./exchange.ts";
import type { ReplyHead } from "./exchange-scope.ts";
import {
  askEndpoint,
  BODY_BYTES_MAX,
  baseHeaders,
  leftMs,
  type ProbeRun,
  REQUEST_TIMEOUT_MS,
  type SsePair,
} from "./probe-run.ts";
import type { RpcReply } from "./rpc.ts";
import { createSseParser } from "./sse-parser.ts";

/** Streamable HTTP servers may answer a GET with a stream that stays silent; the endpoint event is due at once. */
const ENDPOINT_EVENT_MS = 5_000;
const EVENTS_KEPT_MAX = 1_000;
/** Of the whole stream; one event may be as large as any body. */
const STREAM_BYTES_MAX = 16 * 1024 * 1024;

/** Opens the stream and waits for the endpoint event; null when the pair is open on the run. */
export async function openSsePair(
  run: ProbeRun,
): Promise<Extract<RpcReply, { kind: "status" | "failed" }> | null> {
  const pair: SsePair = { postUrl: null, head: null, events: [], isOversized: false, end: null, wake: null };
  const headers = baseHeaders(run);
  headers.push("accept", "text/event-stream");
  void askEndpoint(
    run,
    {
      url: run.url,
      method: "GET",
      headers,
      body: null,
      timeoutMs: Math.max(1, leftMs(run)),
      lane: "stream",
      readBody: (head) => {
        pair.head = head;
        return isEventStream(head) ? openReader(pair) : null;
      },
    },
    STREAM_BYTES_MAX,
  ).then((end) => {
    pair.end = end;
    pair.wake?.();
  });
  const deadlineMs = performance.now() + REQUEST_TIMEOUT_MS;
  let eventDeadlineMs = deadlineMs;
  for (;;) {
    const event = pair.events.shift();
    if (event?.event === "endpoint") {
      return acceptEndpoint(run, pair, event.data);
    }
    if (event !== undefined) {
      continue;
    }
    if (pair.end !== null) {
      return unopened(pair, pair.end);
    }
    if (pair.head !== null && eventDeadlineMs === deadlineMs) {
      eventDeadlineMs = Math.min(deadlineMs, performance.now() + ENDPOINT_EVENT_MS);
    }
    if (!(await arrival(run, pair, eventDeadlineMs))) {
      return failed(
        pair.head === null
          ? { kind: "timed-out", detail: "first_byte_timeout" }
          : { kind: "not-json-rpc", detail: "sse_no_endpoint" },
      );
    }
  }
}

function isEventStream(head: ReplyHead): boolean {
  return head.status === 200 && head.contentType === "text/event-stream";
}

function openReader(pair: SsePair): BodyReader {
  let bytesSinceEvent = 0;
  const parser = createSseParser((event) => {
    bytesSinceEvent = 0;
    pair.events.push(event);
    return pair.events.length < EVENTS_KEPT_MAX;
  });
  pair.wake?.();
  return {
    push: (chunk) => {
      bytesSinceEvent += chunk.length;
      parser.push(chunk);
      pair.isOversized = bytesSinceEvent > BODY_BYTES_MAX || pair.events.length >= EVENTS_KEPT_MAX;
      pair.wake?.();
      return pair.isOversized ? "done" : "more";
    },
  };
}

function acceptEndpoint(
  run: ProbeRun,
  pair: SsePair,
  data: string,
): Extract<RpcReply, { kind: "failed" }> | null {
  if (data.length > 4_096 || !URL.canParse(data, run.url.href)) {
    keepEvidence(run, data);
    return failed({ kind: "not-json-rpc", detail: "sse_endpoint_invalid" });
  }
  const url = new URL(data, run.url);
  if (url.origin !== run.url.origin || url.username !== "" || url.password !== "") {
    keepEvidence(run, data);
    return failed({ kind: "not-json-rpc", detail: "sse_endpoint_cross_origin" });
  }
  pair.postUrl = url;
  run.pair = pair;
  return null;
}

/** The GET ended without an endpoint event: refused, or no event stream at all. */
function unopened(pair: SsePair, end: ExchangeResult): Extract<RpcReply, { kind: "status" | "failed" }> {
  if (pair.isOversized) {
    return failed({ kind: "too-large", detail: "response_too_large" });
  }
  if (end.kind === "failed") {
    return failed(end.outcome);
  }
  if (end.head.status < 200 || end.head.status >= 300) {
    return { kind: "status", head: end.head };
  }
  const isHtml = end.head.contentType === "text/html";
  return failed({
    kind: "not-json-rpc",
    detail: isEventStream(end.head) ? "sse_no_endpoint" : isHtml ? "not_mcp" : "bad_content_type",
  });
}

/** True when something happened on the pair before the deadline. */
export function arrival(run: ProbeRun, pair: SsePair, deadlineMs: number): Promise<boolean> {
  const ms = Math.min(deadlineMs, run.deadlineMs + 50) - performance.now();
  if (ms <= 0) {
    return Promise.resolve(false);
  }
  return new Promise((resolve) => {
    const settle = (hasArrived: boolean) => {
      clearTimeout(timer);
      pair.wake = null;
      resolve(hasArrived);
    };
    const timer = setTimeout(() => settle(false), ms);
    pair.wake = () => settle(true);
  });
}

function failed(outcome: ProbeOutcome): Extract<RpcReply, { kind: "failed" }> {
  return { kind: "failed", outcome };
}
