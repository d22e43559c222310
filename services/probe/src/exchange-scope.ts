/**
 * What one piece of work (a probe, a look at metadata) shares among its exchanges: names resolved once, connections
 * dialled through the guard and dropped together, one way to end everything at once.
 */
import type { Socket } from "node:net";
import type { ExchangeOutcome } from "@alivemcp/core/probe-outcome";
import { Client } from "undici";
import { type DialDeps, type Dialling, type DialResult, dial } from "./guarded-dial.ts";
import type { Resolution } from "./resolve-host.ts";

export type CancelReason = "budget_spent" | "probe_aborted";

export interface ReplyHead {
  readonly status: number;
  /** Names lower-case; a repeated header is an array. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** Media type without parameters, lower-case; empty when there is none. */
  readonly contentType: string;
}

export interface ExchangeScope {
  readonly deps: DialDeps;
  readonly addressBook: Map<string, Promise<Resolution>>;
  readonly connections: Map<string, Connection>;
  /** Exchanges in flight; cancelling the scope ends them all. */
  readonly inFlight: Set<(reason: CancelReason) => void>;
  /** Why nothing new may begin; null while work goes on. */
  cancelled: CancelReason | null;
  /** Which of several addresses of a name goes first. */
  readonly addressOffset: number;
  /** Plain http is only for addresses the operator opened. */
  readonly isHttpsDemanded: boolean;
  readonly onDialled: ((result: DialResult) => void) | null;
  /** Every final response head, wanted or not: sessions are handed out on errors too. */
  readonly onHead: ((url: URL, head: ReplyHead) => void) | null;
}

export interface Connection {
  readonly client: Client;
  /** Sockets opened so far; tells a reused connection from a fresh one. */
  dials: number;
  /** How the last dial failed. */
  failure: ExchangeOutcome | null;
  /** The dial under way. */
  dialling: Dialling | null;
}

const HEADER_BYTES_MAX = 65_536;
/** Longer than any probe: connections end with their scope, not by themselves. */
const KEEP_ALIVE_MS = 60_000;

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

/** Cancels what is left and drops every connection. */
export function closeScope(scope: ExchangeScope): void {
  cancelScope(scope, "probe_aborted");
  for (const connection of scope.connections.values()) {
    dropConnection(connection);
  }
  scope.connections.clear();
}

/** The open connection of this lane to the origin, or one that the first exchange will open. */
export function connectionFor(scope: ExchangeScope, url: URL, lane: string): Connection {
  const key = `${lane} ${url.origin}`;
  const known = scope.connections.get(key);
  if (known !== undefined) {
    return known;
  }
  const connection: Connection = {
    client: new Client(url.origin, {
      connect: (_options: unknown, callback: ConnectCallback) => openSocket(scope, connection, url, callback),
      // Deadlines are the exchange's: undici's are idle timers, which a drip of bytes outlives.
      headersTimeout: 0,
      bodyTimeout: 0,
      maxHeaderSize: HEADER_BYTES_MAX,
      keepAliveTimeout: KEEP_ALIVE_MS,
      allowH2: false,
      pipelining: 1,
    }),
    dials: 0,
    failure: null,
    dialling: null,
  };
  scope.connections.set(key, connection);
  return connection;
}

/** Gives a connection up while it is still being opened; the next exchange of its lane gets a new one. */
export function abandonConnection(scope: ExchangeScope, connection: Connection): void {
  dropConnection(connection);
  for (const [key, held] of scope.connections) {
    if (held === connection) {
      scope.connections.delete(key);
    }
  }
}

function dropConnection(connection: Connection): void {
  connection.dialling?.cancel();
  connection.dialling = null;
  connection.client.destroy(DROPPED, () => {});
}

/** One for all: undici would build an error with its stack for every connection dropped, 7 % of a probe's time. */
const DROPPED = new Error("connection dropped");

type ConnectCallback = (...args: [null, Socket] | [Error, null]) => void;

function openSocket(scope: ExchangeScope, connection: Connection, url: URL, callback: ConnectCallback): void {
  const isTls = url.protocol === "https:";
  connection.dialling = dial(
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
      connection.dialling = null;
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
