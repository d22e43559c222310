/** What a JSON-RPC request to the endpoint came back with, whatever carried it. */
import type { JsonObject } from "@alivemcp/core/json-schema-keywords";
import type { ProbeOutcome } from "@alivemcp/core/probe-outcome";
import type { ReplyHead } from "./exchange-scope.ts";
import { parseRpc, type RpcMessage } from "./json-rpc.ts";
import type { ProbeRun } from "./probe-run.ts";
import type { KnownToolList } from "./tool-list-cache.ts";

interface Answered {
  readonly head: ReplyHead;
  /** `performance.now()`: request on its way, reply complete. */
  readonly sentMs: number;
  readonly endMs: number;
}

export type RpcReply =
  | (Answered & { readonly kind: "result"; readonly result: JsonObject; readonly raw: Buffer | string })
  /** A tool list recognised by its bytes, not parsed. */
  | (Answered & { readonly kind: "known"; readonly list: KnownToolList })
  | {
      readonly kind: "error";
      readonly code: number;
      readonly message: string;
      readonly data: unknown;
      readonly head: ReplyHead;
    }
  /** Not 2xx, and no JSON-RPC error in the body. */
  | { readonly kind: "status"; readonly head: ReplyHead }
  | { readonly kind: "failed"; readonly outcome: ProbeOutcome };

export type Recognise = (raw: Buffer | string) => KnownToolList | undefined;

/** What one text of the endpoint means to who waits for the answer to `id`. */
export type Reading =
  | { readonly kind: "answer"; readonly answer: Exclude<RpcMessage, { kind: "request" | "notification" }> }
  | { readonly kind: "known"; readonly list: KnownToolList }
  | { readonly kind: "nothing"; readonly pings: readonly (string | number)[]; readonly hasWrongId: boolean }
  | {
      readonly kind: "failed";
      readonly outcome: Extract<ProbeOutcome, { kind: "not-json-rpc" | "too-large" }>;
    };

/**
 * Reads one body or event. Results must carry our id (a number sent back as text is fine); errors match whatever their
 * id says: Python SDK 1.x answers "server-error", TypeScript null.
 */
export function readRpcText(
  run: ProbeRun,
  raw: Buffer | string,
  id: number,
  recognise: Recognise | null,
): Reading {
  const list = recognise?.(raw);
  if (list !== undefined) {
    run.isJsonRpcSeen = true;
    return { kind: "known", list };
  }
  const parsed = parseRpc(typeof raw === "string" ? raw : raw.toString());
  if (parsed.kind === "failed") {
    return parsed;
  }
  run.isJsonRpcSeen = true;
  const pings: (string | number)[] = [];
  let hasWrongId = false;
  for (const message of parsed.messages) {
    if (message.kind === "error" || (message.kind === "result" && isSameId(message.id, id))) {
      return { kind: "answer", answer: message };
    }
    hasWrongId ||= message.kind === "result";
    if (message.kind === "request" && message.method === "ping") {
      pings.push(message.id);
    }
  }
  return { kind: "nothing", pings, hasWrongId };
}

function isSameId(received: unknown, sent: number): boolean {
  return received === sent || received === String(sent);
}

/** The reply that a reading amounts to. */
export function replyOf(
  reading: Exclude<Reading, { kind: "nothing" }>,
  answered: Answered & { readonly raw: Buffer | string },
): RpcReply {
  switch (reading.kind) {
    case "failed":
      return reading;
    case "known": {
      const { head, sentMs, endMs } = answered;
      return { kind: "known", list: reading.list, head, sentMs, endMs };
    }
    case "answer":
      return reading.answer.kind === "error"
        ? { ...reading.answer, head: answered.head }
        : { kind: "result", result: reading.answer.result, ...answered };
  }
}
