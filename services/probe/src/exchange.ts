/**
 * One HTTP exchange with a stranger, bounded on every side: a total deadline (never an idle timer), decoded body bytes,
 * header bytes.
 */
import type { ExchangeOutcome } from "@alivemcp/core/probe-outcome";
import type { Dispatcher } from "undici";
import { type BodyReader, type BodySink, openBodySink } from "./body-sink.ts";
import {
  abandonConnection,
  type CancelReason,
  type Connection,
  connectionFor,
  type ExchangeScope,
  type ReplyHead,
} from "./exchange-scope.ts";

export interface Exchange {
  readonly url: URL;
  readonly method: "GET" | "POST" | "PATCH" | "DELETE";
  /** Name, value, name, value, … */
  readonly headers: readonly string[];
  readonly body: Buffer | null;
  /** From the request's first byte to the last of the reply; connecting has deadlines of its own. */
  readonly timeoutMs: number;
  readonly bodyBytesMax: number;
  /** Parallel exchanges with one origin need different lanes: each is its own connection. */
  readonly lane: string;
  /** Called with the head of the reply; a reader that is returned takes the body piece by piece. */
  readonly readBody: ((head: ReplyHead) => BodyReader | null) | null;
  /** Told when the request is on its way over an open connection; `performance.now()`. */
  readonly onSent?: (atMs: number) => void;
}

export interface ExchangeReply {
  readonly kind: "replied";
  readonly head: ReplyHead;
  /** Decoded; empty when a reader took it. */
  readonly body: Buffer;
  /** `performance.now()` of the moments that latencies are made of. */
  readonly sentMs: number;
  readonly headMs: number;
  readonly endMs: number;
}

export type ExchangeResult =
  | ExchangeReply
  | {
      readonly kind: "failed";
      readonly outcome: ExchangeOutcome;
      readonly head: ReplyHead | null;
      /** What had arrived. */
      readonly body: Buffer;
      /** 0 when the request never got on its way. */
      readonly sentMs: number;
    };

/** After a reader has what it came for, how long the stream may take to end by itself before its connection is dropped. */
const STREAM_END_GRACE_MS = 50;
const NOTHING = Buffer.alloc(0);

/** Performs one exchange without following anything. Never rejects. */
export async function exchange(scope: ExchangeScope, request: Exchange): Promise<ExchangeResult> {
  const connection = connectionFor(scope, request.url, request.lane);
  const dialsBefore = connection.dials;
  const first = await dispatch(scope, connection, request);
  // A kept-alive connection may be closed by its server in the moment we use it; that says nothing about the endpoint.
  const isStaleReuse =
    first.kind === "failed" &&
    first.outcome.kind === "connection-lost" &&
    first.outcome.detail === "connection_reset" &&
    dialsBefore > 0 &&
    connection.dials === dialsBefore &&
    scope.cancelled === null;
  return isStaleReuse ? dispatch(scope, connection, request) : first;
}

/** An exchange under way. */
interface Flight {
  readonly scope: ExchangeScope;
  readonly connection: Connection;
  readonly request: Exchange;
  readonly land: (result: ExchangeResult) => void;
  readonly cancel: (reason: CancelReason) => void;
  /** Null until the request is on its way. */
  controller: Dispatcher.DispatchController | null;
  head: ReplyHead | null;
  sink: BodySink | null;
  timer: NodeJS.Timeout | undefined;
  sentMs: number;
  headMs: number;
  isOver: boolean;
}

function dispatch(scope: ExchangeScope, connection: Connection, request: Exchange): Promise<ExchangeResult> {
  return new Promise((resolve) => {
    const flight: Flight = {
      scope,
      connection,
      request,
      land: resolve,
      cancel: (reason) => fail(flight, cancellation(flight, reason)),
      controller: null,
      head: null,
      sink: null,
      timer: undefined,
      sentMs: 0,
      headMs: 0,
      isOver: false,
    };
    if (scope.cancelled !== null) {
      finish(flight, failure(flight, cancellation(flight, scope.cancelled)));
      return;
    }
    scope.inFlight.add(flight.cancel);
    connection.failure = null;
    connection.client.dispatch(
      {
        path: request.url.pathname + request.url.search,
        method: request.method,
        headers: request.headers as string[],
        body: request.body,
      },
      handlerOf(flight),
    );
  });
}

function handlerOf(flight: Flight): Dispatcher.DispatchHandler {
  return {
    onRequestStart: (controller) => {
      flight.controller = controller;
      if (flight.isOver) {
        controller.abort(new Error("cancelled"));
      } else {
        start(flight);
      }
    },
    onResponseStart: (_controller, status, headers) => {
      flight.scope.deps.onBytes?.();
      // 1xx heads are announcements; the final one follows.
      if (!flight.isOver && status >= 200) {
        takeHead(flight, status, headers);
      }
    },
    onResponseData: (_controller, chunk) => {
      flight.scope.deps.onBytes?.();
      if (!flight.isOver) {
        flight.sink?.write(chunk);
      }
    },
    onResponseEnd: () => {
      if (!flight.isOver) {
        flight.sink?.end();
      }
    },
    onResponseError: (_controller, error) => {
      if (flight.sink?.isSatisfied() === true) {
        replied(flight, performance.now());
      } else {
        finish(flight, failure(flight, flight.connection.failure ?? lossOf(error, flight.head !== null)));
      }
    },
  };
}

function start(flight: Flight): void {
  flight.sentMs = performance.now();
  flight.request.onSent?.(flight.sentMs);
  flight.timer = setTimeout(
    () =>
      fail(flight, {
        kind: "timed-out",
        detail: flight.head === null ? "first_byte_timeout" : "body_timeout",
      }),
    flight.request.timeoutMs,
  );
}

function takeHead(flight: Flight, status: number, headers: ReplyHead["headers"]): void {
  const head: ReplyHead = { status, headers, contentType: mediaType(headers["content-type"]) };
  flight.headMs = performance.now();
  flight.head = head;
  flight.scope.onHead?.(flight.request.url, head);
  flight.sink = openBodySink({
    encoding: headers["content-encoding"],
    bytesMax: flight.request.bodyBytesMax,
    reader: flight.request.readBody?.(head) ?? null,
    onFailed: (outcome) => fail(flight, outcome),
    onEnded: () => replied(flight, performance.now()),
    onSatisfied: () => {
      const endMs = performance.now();
      clearTimeout(flight.timer);
      flight.timer = setTimeout(() => {
        replied(flight, endMs);
        hangUp(flight);
      }, STREAM_END_GRACE_MS);
    },
  });
}

function replied(flight: Flight, endMs: number): void {
  const { head, sink, sentMs, headMs } = flight;
  if (head !== null) {
    finish(flight, { kind: "replied", head, body: sink?.taken() ?? NOTHING, sentMs, headMs, endMs });
  }
}

/** Ends the exchange from our side. */
function fail(flight: Flight, outcome: ExchangeOutcome): void {
  finish(flight, failure(flight, outcome));
  hangUp(flight);
}

function failure({ head, sink, sentMs }: Flight, outcome: ExchangeOutcome): ExchangeResult {
  return { kind: "failed", outcome, head, body: sink?.taken() ?? NOTHING, sentMs };
}

function finish(flight: Flight, result: ExchangeResult): void {
  if (flight.isOver) {
    return;
  }
  flight.isOver = true;
  clearTimeout(flight.timer);
  flight.sink?.drop();
  flight.scope.inFlight.delete(flight.cancel);
  flight.land(result);
}

function hangUp(flight: Flight): void {
  if (flight.controller !== null) {
    flight.controller.abort(new Error("enough"));
  } else {
    abandonConnection(flight.scope, flight.connection);
  }
}

/** The budget ends a probe wherever it is: while dialling that is the layer that was waited for, else the endpoint was slow. */
function cancellation({ controller, head, connection }: Flight, reason: CancelReason): ExchangeOutcome {
  if (reason === "probe_aborted") {
    return { kind: "probe-broke", detail: "probe_aborted" };
  }
  if (controller === null) {
    connection.dialling?.giveUp();
    return connection.failure ?? { kind: "timed-out", detail: "budget_spent" };
  }
  return { kind: "timed-out", detail: head === null ? "budget_spent" : "body_timeout" };
}

function lossOf(error: Error & { code?: string }, hasHead: boolean): ExchangeOutcome {
  const code = error.code ?? "";
  if (code === "UND_ERR_INVALID_ARG") {
    return { kind: "probe-broke", detail: "probe_request_invalid" };
  }
  if (code === "UND_ERR_HEADERS_OVERFLOW") {
    return { kind: "too-large", detail: "response_headers_too_large" };
  }
  if (hasHead) {
    return { kind: "truncated", detail: "truncated" };
  }
  const isMalformed = error.name === "HTTPParserError";
  return { kind: "connection-lost", detail: isMalformed ? "http_malformed" : "connection_reset" };
}

function mediaType(value: string | string[] | undefined): string {
  const text = Array.isArray(value) ? (value[0] ?? "") : (value ?? "");
  const end = text.indexOf(";");
  return (end < 0 ? text : text.slice(0, end)).trim().toLowerCase();
}
