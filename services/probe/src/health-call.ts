/** The one tool call a probe may make: `health_check`, or the tool its owner named. */

import { evaluateHealthAssertions, type HealthAssertion } from "@alivemcp/core/health-assertion";
import { isJsonObject } from "@alivemcp/core/json-schema-keywords";
import { findParamHeaders } from "@alivemcp/core/mcp-param-header";
import type { ProbeOutcome } from "@alivemcp/core/probe-outcome";
import { call } from "./call.ts";
import { headerValue } from "./call-http.ts";
import { keepEvidence } from "./evidence.ts";
import { callTool, mcpMessages } from "./mcp-messages.ts";
import type { ProbeRun, Wire } from "./probe-run.ts";
import { judgeRefusal } from "./refusal.ts";
import type { RpcReply } from "./rpc.ts";
import type { KnownToolList } from "./tool-list-cache.ts";

/** A health tool slower than a handshake may be says that the application behind it is not well. */
const SLOW_TOOL_MS = 5_000;
/** The modern wire's word for a capability that we do not declare (MCP 2026-07-28). */
const CAPABILITY_MISSING = -32021;

/**
 * Whether the options want the tools themselves: names that are expected, and the schema of a named tool, from which
 * headers of its arguments come.
 */
export function needsTools(run: ProbeRun): boolean {
  return run.request.health.kind === "named" || run.expectations.tools.length > 0;
}

/** Calls the health tool if there is one to call; null when it answered well or none is due. */
export async function callHealthTool(
  run: ProbeRun,
  wire: Wire,
  list: KnownToolList,
  tools: readonly unknown[] | null,
): Promise<{ readonly outcome: ProbeOutcome | null; readonly ms: number } | null> {
  const { health } = run.request;
  if (health.kind === "never") {
    return null;
  }
  if (health.kind === "auto" && !list.hasHealthCheck) {
    return assertionsOf(run).length === 0
      ? null
      : { outcome: { kind: "health-failed", detail: "health_tool_missing" }, ms: 0 };
  }
  const name = health.kind === "named" ? health.tool : "health_check";
  const tool = tools?.find((listed) => isJsonObject(listed) && listed.name === name);
  if (health.kind === "named" && tool === undefined) {
    return { outcome: { kind: "health-failed", detail: "health_tool_missing" }, ms: 0 };
  }
  if (needsTask(tool)) {
    return { outcome: { kind: "health-failed", detail: "health_tool_needs_task" }, ms: 0 };
  }
  const input = health.kind === "named" ? health.arguments : {};
  const request = callTool(mcpMessages(run.deps.userAgent), wire.era === "modern", {
    name,
    arguments: input,
    paramHeaders: wire.era === "modern" ? paramHeaders(tool, input) : [],
  });
  const startedMs = performance.now();
  const reply = await call(run, wire, request, null);
  const ms = performance.now() - startedMs;
  return { outcome: await judgeHealth(run, reply, ms), ms };
}

/** Such a tool refuses a plain call (MCP 2025-11-25, Tasks). */
function needsTask(tool: unknown): boolean {
  return isJsonObject(tool) && isJsonObject(tool.execution) && tool.execution.taskSupport === "required";
}

async function judgeHealth(run: ProbeRun, reply: RpcReply, ms: number): Promise<ProbeOutcome | null> {
  switch (reply.kind) {
    case "result":
      return judgeResult(run, reply, ms);
    case "error":
      return judgeRefusedCall(run, reply);
    case "failed":
      return reply.outcome.kind === "timed-out"
        ? { kind: "health-timed-out", detail: "health_tool_timeout" }
        : reply.outcome;
    default:
      return judgeWalledCall(run, reply);
  }
}

function judgeResult(
  run: ProbeRun,
  reply: Extract<RpcReply, { kind: "result" }>,
  ms: number,
): ProbeOutcome | null {
  const { isError, resultType, content, structuredContent } = reply.result;
  if (resultType === "input_required") {
    return { kind: "health-failed", detail: "health_tool_input_required" };
  }
  if (isError === true) {
    keepEvidence(run, reply.raw);
    return { kind: "health-failed", detail: "tool_error" };
  }
  if (!Array.isArray(content) && structuredContent === undefined) {
    return { kind: "health-failed", detail: "health_tool_malformed" };
  }
  const verdict = evaluateHealthAssertions(assertionsOf(run), reply.result, run.deps.patterns.matches);
  if (verdict.kind === "failed") {
    // The detail shows as much of the result as may be shown.
    keepEvidence(run, "");
    return { kind: "assertion-failed", detail: verdict.detail };
  }
  return ms > SLOW_TOOL_MS ? { kind: "health-timed-out", detail: "slow_tool" } : null;
}

function assertionsOf({ request: { health } }: ProbeRun): readonly HealthAssertion[] {
  return health.kind === "never" ? [] : (health.assertions ?? []);
}

/** An error in JSON-RPC words: it may be a wall all the same. */
async function judgeRefusedCall(
  run: ProbeRun,
  reply: Extract<RpcReply, { kind: "error" }>,
): Promise<ProbeOutcome | null> {
  const outcome = await judgeWalledCall(run, reply);
  if (outcome?.kind !== "handshake-refused") {
    return outcome;
  }
  return {
    kind: "health-failed",
    detail: reply.code === CAPABILITY_MISSING ? "health_tool_needs_task" : "health_tool_rejected",
  };
}

/** A wall in front of calls only is how many public endpoints work: no fault, but its owner should know. */
async function judgeWalledCall(run: ProbeRun, reply: RpcReply): Promise<ProbeOutcome | null> {
  const outcome = await judgeRefusal(run, reply);
  switch (outcome.kind) {
    case "walled":
    case "wall-malformed":
    // 403 without a challenge is a bot wall elsewhere; here the same requests went through a moment ago.
    case "access-blocked":
      run.lints.add("auth_on_call: the tool list is open, calling a tool needs a log-in");
      return null;
    default:
      return outcome;
  }
}

function paramHeaders(tool: unknown, input: Readonly<Record<string, unknown>>): string[] {
  const declared = isJsonObject(tool) ? findParamHeaders(tool.inputSchema) : null;
  if (declared?.kind !== "valid") {
    return [];
  }
  return declared.headers.flatMap(({ path, header }) => {
    const value = path.reduce<unknown>((held, key) => (isJsonObject(held) ? held[key] : undefined), input);
    const isSent = typeof value === "string" || typeof value === "boolean" || Number.isInteger(value);
    return isSent ? [`mcp-param-${header}`, headerValue(String(value))] : [];
  });
}
