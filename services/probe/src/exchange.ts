/**
 * One HTTP exchange with a stranger, bounded on every side: a total deadline (never an idle timer), decoded body bytes,
 * header bytes. Connections belong to a scope, live as long as it and are dialled through the guard.
 */
import type { Socket } from "node:net";
import type { ExchangeOutcome } from "@alivemcp/core/probe-outcome";
import { Client, type Dispatcher } from "undici";
import { type BodyReader, type BodySink, openBodySink } from "./body-sink.ts";
import { type DialDeps, type DialResult, dial } from "./guarded-dial.ts";
import type { Resolution } from "./resolve-host.ts";

export type CancelReason = "budget_spent" | "probe_aborted";

/** What one piece of work (a probe, a metadata look-up) shares among its exchanges. */
export interface ExchangeScope {
  readonly deps: DialDeps;
  readonly addressBook: Map<string, Promise<Resolution>>;
  readonly connections: Map<string, Connection>;
  /** Exchanges in flight; cancelling the scope ends them all. */
  readonly inFlight: Set<(reason: CancelReason) => void>;
  cancelled: CancelReason | null;
  addressOffset: number;
  /** Plain http is only for addresses the operator opened. */
  readonly isHttpsDemanded: boolean;
  readonly onDialled: ((result: DialResult) => void) | null;
  /** Every final response head, wanted or not: sessions are handed out on errors too. */
  readonly onHead: ((url: URL, head: ReplyHead) => void) | null;
}

interface Connection {
  readonly client: Client;
  /** Sockets opened so far; tells a reused connection from a fresh one. */
  dials: number;
  failure: ExchangeOutcome | null;
  cancelDial: (() => void) | null;
}

export interface ReplyHead {
  readonly status: number;
  /** Names lower-case; a repeated header is an array. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** Media type without parameters, lower-case; empty when there is none. */
  readonly contentType: string;
}

export interface Exchange {
  readonly url: URL;
  readonly method: "GET" | "POST" | "DELETE";
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
    };

export const HEADER_BYTES_MAX = 65_536;
/** After a reader has what it came for, how long the stream may take to end by itself before its connection is dropped. */
const STREAM_END_GRACE_MS = 50;

export function openScope(
  deps: DialDeps,
  options: Pick<ExchangeScope, "addressOffset" | "isHttpsDemanded" | "onDialled" | "onHead">,
): ExchangeScope {
  return {
    deps,
    addressBook: new Map(),
    connections: new Map(),
    inFlight: new Set(),
    cancelled: null,
    ...options,
  };
}

/** Ends every exchange in flight with this reason; later ones end at once. */
export function cancelScope(scope: ExchangeScope, reason: CancelReason): void {
  scope.cancelled = reason;
  for (const cancel of [...scope.inFlight]) {
    cancel(reason);
  }
}

/** Drops every connection; exchanges still in flight end as lost. The address book stays. */
export function dropConnections(scope: ExchangeScope): void {
  for (const connection of scope.connections.values()) {
    connection.cancelDial?.();
    void connection.client.destroy().catch(ignore);
  }
  scope.connections.clear();
}

function ignore(): void {}

/** Performs one exchange without following anything. Never rejects. */
export async function exchange(scope: ExchangeScope, request: Exchange): Promise<ExchangeResult> {
  const connection = connectionFor(scope, request);
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

function connectionFor(scope: ExchangeScope, { url, lane }: Exchange): Connection {
  const key = `${lane} ${url.origin}`;
  const known = scope.connections.get(key);
  if (known !== undefined) {
    return known;
  }
  const connection: Connection = {
    client: new Client(url.origin, {
      connect: (_options: unknown, callback: (...args: [null, Socket] | [Error, null]) => void) =>
        openSocket(scope, connection, url, callback),
      headersTimeout: 0,
      bodyTimeout: 0,
      maxHeaderSize: HEADER_BYTES_MAX,
      keepAliveTimeout: 60_000,
      allowH2: false,
      pipelining: 1,
    }),
    dials: 0,
    failure: null,
    cancelDial: null,
  };
  scope.connections.set(key, connection);
  return connection;
}

function openSocket(
  scope: ExchangeScope,
  connection: Connection,
  url: URL,
  callback: (...args: [null, Socket] | [Error, null]) => void,
): void {
  const isTls = url.protocol === "https:";
  connection.cancelDial = dial(
    scope.deps,
    {
      hostname: url.hostname,
      port: url.port === "" ? (isTls ? 443 : 80) : Number(url.port),
      isTls,
      addressBook: scope.addressBook,
      addressOffset: scope.addressOffset,
      isOpenedOnly: scope.isHttpsDemanded && !isTls,
    },
    (result) => {
      connection.dials += 1;
      connection.cancelDial = null;
      scope.onDialled?.(result);
      if (result.outcome.kind === "connected") {
        callback(null, result.outcome.socket);
      } else {
        connection.failure = result.outcome;
        callback(new Error(result.outcome.detail), null);
      }
    },
  );
}

function dispatch(scope: ExchangeScope, connection: Connection, request: Exchange): Promise<ExchangeResult> {
  return new Promise((resolve) => {
    let controller: Dispatcher.DispatchController | null = null;
    let head: ReplyHead | null = null;
    let sink: BodySink | null = null;
    let timer: NodeJS.Timeout | undefined;
    let sentMs = 0;
    let headMs = 0;
    let isOver = false;

    const finish = (result: ExchangeResult) => {
      if (isOver) {
        return;
      }
      isOver = true;
      clearTimeout(timer);
      sink?.drop();
      scope.inFlight.delete(cancel);
      resolve(result);
    };
    const hangUp = () => {
      if (controller !== null) {
        controller.abort(new Error("enough"));
      } else {
        connection.cancelDial?.();
        connection.cancelDial = null;
        void connection.client.destroy().catch(ignore);
        forget(scope, connection);
      }
    };
    const fail = (outcome: ExchangeOutcome) => {
      finish({ kind: "failed", outcome, head, body: sink?.taken() ?? NOTHING });
      hangUp();
    };
    const replied = (endMs: number) => {
      if (head !== null) {
        finish({ kind: "replied", head, body: sink?.taken() ?? NOTHING, sentMs, headMs, endMs });
      }
    };
    const cancel = (reason: CancelReason) =>
      fail(
        reason === "probe_aborted"
          ? { kind: "probe-broke", detail: "probe_aborted" }
          : spentBudget(controller !== null, head !== null),
      );

    if (scope.cancelled !== null) {
      cancel(scope.cancelled);
      return;
    }
    scope.inFlight.add(cancel);
    connection.failure = null;
    connection.client.dispatch(
      {
        path: request.url.pathname + request.url.search,
        method: request.method,
        headers: request.headers as string[],
        body: request.body,
      },
      {
        onRequestStart: (started) => {
          controller = started;
          if (isOver) {
            started.abort(new Error("cancelled"));
            return;
          }
          sentMs = performance.now();
          request.onSent?.(sentMs);
          timer = setTimeout(
            () => fail({ kind: "timed-out", detail: head === null ? "first_byte_timeout" : "body_timeout" }),
            request.timeoutMs,
          );
        },
        onResponseStart: (_controller, status, headers) => {
          if (isOver || status < 200) {
            return;
          }
          headMs = performance.now();
          head = { status, headers, contentType: mediaType(headers["content-type"]) };
          scope.onHead?.(request.url, head);
          sink = openBodySink({
            encoding: headers["content-encoding"],
            bytesMax: request.bodyBytesMax,
            reader: request.readBody?.(head) ?? null,
            onFailed: fail,
            onEnded: () => replied(performance.now()),
            onSatisfied: () => {
              const endMs = performance.now();
              clearTimeout(timer);
              timer = setTimeout(() => {
                replied(endMs);
                hangUp();
              }, STREAM_END_GRACE_MS);
            },
          });
        },
        onResponseData: (_controller, chunk) => {
          if (!isOver) {
            sink?.write(chunk);
          }
        },
        onResponseEnd: () => {
          if (!isOver) {
            sink?.end();
          }
        },
        onResponseError: (_controller, error) => {
          if (!isOver && sink?.isSatisfied() === true) {
            replied(performance.now());
          } else if (!isOver) {
            finish({
              kind: "failed",
              outcome: connection.failure ?? lossOf(error, head !== null),
              head,
              body: sink?.taken() ?? NOTHING,
            });
          }
        },
      },
    );
  });
}

const NOTHING = Buffer.alloc(0);

function forget(scope: ExchangeScope, connection: Connection): void {
  for (const [key, held] of scope.connections) {
    if (held === connection) {
      scope.connections.delete(key);
    }
  }
}

/** The budget ends a probe wherever it is: while dialling that is a connection timeout, else the endpoint was slow. */
function spentBudget(isSent: boolean, hasHead: boolean): ExchangeOutcome {
  if (!isSent) {
    return { kind: "connect-timed-out", detail: "tcp_timeout" };
  }
  return { kind: "timed-out", detail: hasHead ? "body_timeout" : "budget_spent" };
}

function lossOf(error: Error & { code?: string }, hasHead: boolean): ExchangeOutcome {
  const code = error.code ?? "";
  if (code === "UND_ERR_INVALID_ARG") {
    return { kind: "probe-broke", detail: "probe_bug" };
  }
  if (code === "UND_ERR_HEADERS_OVERFLOW" || code === "HPE_HEADER_OVERFLOW") {
    return { kind: "too-large", detail: "response_headers_too_large" };
  }
  if (hasHead) {
    return { kind: "truncated", detail: "truncated" };
  }
  return {
    kind: "connection-lost",
    detail:
      code.startsWith("HPE_") && code !== "HPE_INVALID_EOF_STATE" ? "http_malformed" : "connection_reset",
  };
}

function mediaType(value: string | string[] | undefined): string {
  const text = Array.isArray(value) ? (value[0] ?? "") : (value ?? "");
  const end = text.indexOf(";");
  return (end < 0 ? text : text.slice(0, end)).trim().toLowerCase();
}
