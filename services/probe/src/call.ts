/** A request over whatever wire the handshake opened. */
import { callHttp } from "./call-http.ts";
import { callSse } from "./call-sse.ts";
import type { RpcCall } from "./mcp-messages.ts";
import { type ProbeRun, REQUEST_TIMEOUT_MS, type Wire } from "./probe-run.ts";
import type { Recognise, RpcReply } from "./rpc.ts";

export function call(
  run: ProbeRun,
  wire: Wire,
  request: RpcCall,
  recognise: Recognise | null,
): Promise<RpcReply> {
  if (wire.transport === "sse") {
    return callSse(run, request, REQUEST_TIMEOUT_MS, recognise);
  }
  return callHttp(run, request, {
    isModern: wire.era === "modern",
    protocolVersion: wire.protocolVersion,
    sessionId: wire.sessionId,
    timeoutMs: REQUEST_TIMEOUT_MS,
    recognise,
    isCredentialSent: true,
  });
}
