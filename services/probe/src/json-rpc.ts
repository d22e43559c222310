/** JSON-RPC 2.0 messages out of text that strangers wrote: bounded before anything recursive sees them. */
import { exceededJsonBound } from "@alivemcp/core/canonical-json";
import { isJsonObject, type JsonObject } from "@alivemcp/core/json-schema-keywords";
import type { ProbeOutcome } from "@alivemcp/core/probe-outcome";

export type RpcMessage =
  | { readonly kind: "result"; readonly id: unknown; readonly result: JsonObject }
  | { readonly kind: "error"; readonly code: number; readonly message: string; readonly data: unknown }
  | { readonly kind: "request"; readonly id: string | number; readonly method: string }
  | { readonly kind: "notification" };

export type RpcParse =
  | { readonly kind: "messages"; readonly messages: readonly RpcMessage[] }
  | {
      readonly kind: "failed";
      readonly outcome: Extract<ProbeOutcome, { kind: "not-json-rpc" | "too-large" }>;
    };

/** Parses bounded JSON; the failure says what is wrong with it. */
export function parseJson(
  text: string,
): { readonly kind: "value"; readonly value: unknown } | Extract<RpcParse, { kind: "failed" }> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { kind: "failed", outcome: { kind: "not-json-rpc", detail: "invalid_json" } };
  }
  switch (exceededJsonBound(value)) {
    case "depth":
      return { kind: "failed", outcome: { kind: "too-large", detail: "response_too_deep" } };
    case "nodes":
      return { kind: "failed", outcome: { kind: "too-large", detail: "response_too_complex" } };
    case null:
      return { kind: "value", value };
  }
}

/** Reads one body or event: a message, or a batch of them (revision 2025-03-26 allows batches). */
export function parseRpc(text: string): RpcParse {
  const parsed = parseJson(text);
  if (parsed.kind === "failed") {
    return parsed;
  }
  const values = Array.isArray(parsed.value) ? parsed.value : [parsed.value];
  const messages = values.map(readMessage).filter((message) => message !== null);
  return messages.length === 0
    ? { kind: "failed", outcome: { kind: "not-json-rpc", detail: "not_mcp" } }
    : { kind: "messages", messages };
}

function readMessage(value: unknown): RpcMessage | null {
  if (!isJsonObject(value) || value.jsonrpc !== "2.0") {
    return null;
  }
  const { id, method, error, result } = value;
  if (typeof method === "string") {
    return typeof id === "string" || typeof id === "number"
      ? { kind: "request", id, method }
      : { kind: "notification" };
  }
  if (isJsonObject(error) && typeof error.code === "number") {
    const message = typeof error.message === "string" ? error.message : "";
    return { kind: "error", code: error.code, message, data: error.data };
  }
  return isJsonObject(result) ? { kind: "result", id, result } : null;
}
