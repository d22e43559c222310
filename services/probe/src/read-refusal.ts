/** A status that refuses, with a JSON-RPC error in the body or without; error bodies need no content type. */
import type { ExchangeReply } from "./exchange.ts";
import type { ProbeRun } from "./probe-run.ts";
import { type RpcReply, readRpcText } from "./rpc.ts";

const OPENING_BRACE = 0x7b;
const OPENING_BRACKET = 0x5b;

export function readRefusal(
  run: ProbeRun,
  id: number,
  { head, body }: ExchangeReply,
): Extract<RpcReply, { kind: "error" | "status" }> {
  const isJson =
    body[0] === OPENING_BRACE || body[0] === OPENING_BRACKET || head.contentType === "application/json";
  if (isJson && body.length > 0) {
    const reading = readRpcText(run, body, id, null);
    if (reading.kind === "answer" && reading.answer.kind === "error") {
      return { ...reading.answer, head };
    }
  }
  return { kind: "status", head };
}
