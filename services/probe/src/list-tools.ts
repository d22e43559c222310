/** All pages of `tools/list`: bounded, recognised by their bytes when nothing changed, hashed when something did. */
import { sha256Hex } from "@alivemcp/core/canonical-json";
import { isJsonObject } from "@alivemcp/core/json-schema-keywords";
import type { ProbeOutcome } from "@alivemcp/core/probe-outcome";
import { lintToolList } from "@alivemcp/core/tool-lints";
import { hashToolList, TOOLS_MAX } from "@alivemcp/core/tool-list";
import { findInvalidTools } from "@alivemcp/core/tool-validity";
import { call } from "./call.ts";
import { listPage, type McpMessages, mcpMessages, type RpcCall } from "./mcp-messages.ts";
import type { ProbeRun, Wire } from "./probe-run.ts";
import { judgeRefusal } from "./refusal.ts";
import type { RpcReply } from "./rpc.ts";
import { blankInValue, mayHoldSecret } from "./secret-forms.ts";
import type { KnownToolList } from "./tool-list-cache.ts";

export type Listing =
  | {
      readonly kind: "listed";
      readonly list: KnownToolList;
      /** Raw parsed tools; null when the list was recognised without parsing. */
      readonly tools: readonly unknown[] | null;
      /** Time that hashing took; null when the list was recognised by its bytes. */
      readonly hashMs: number | null;
    }
  | { readonly kind: "session-lost"; readonly code: number }
  | { readonly kind: "ended"; readonly outcome: ProbeOutcome };

const PAGES_MAX = 50;
/** Of all pages together: what one probe may hold in memory. */
const LIST_BYTES_MAX = 8 * 1024 * 1024;

/** Lists all tools over the open wire. `mustParse` when the tools themselves are wanted, known list or not. */
export async function listTools(run: ProbeRun, wire: Wire, mustParse: boolean): Promise<Listing> {
  const messages = mcpMessages(run.deps.userAgent);
  const tools: unknown[] = [];
  const cursors = new Set<string>();
  const rawHashes: string[] = [];
  let bytes = 0;
  let next: RpcCall | null = wire.era === "modern" ? messages.listModern : messages.listLegacy;
  for (let page = 1; next !== null; page += 1) {
    const reply: RpcReply = await call(
      run,
      wire,
      next,
      page === 1 && !mustParse ? recogniser(run, wire) : null,
    );
    if (reply.kind === "known") {
      return { kind: "listed", list: reply.list, tools: null, hashMs: null };
    }
    if (reply.kind !== "result") {
      return refused(run, wire, reply);
    }
    bytes += reply.raw.length;
    rawHashes.push(rawKey(wire, reply.raw));
    const taken = takePage(run, blankedResult(run, reply), wire, tools);
    const fault = pageFault({ page, bytes, toolsCount: tools.length }, taken, cursors);
    if (fault !== null) {
      return ended(fault);
    }
    next = nextPage(messages, wire, page, taken?.cursor, cursors);
  }
  return know(run, wire, tools, rawHashes);
}

/** A list is known by its bytes together with the era they were spoken in: validity differs between eras. */
function rawKey(wire: Wire, raw: Buffer | string): string {
  return `${wire.era} ${sha256Hex(raw)}`;
}

function recogniser(run: ProbeRun, wire: Wire): (raw: Buffer | string) => KnownToolList | undefined {
  // One that the caller does not know yet must be parsed: its tools are wanted.
  return (raw) => {
    const known = run.deps.toolListCache.get(rawKey(wire, raw));
    return known?.fullHash === run.request.lastFullHash ? known : undefined;
  };
}

/** A page without the credential that was sent for it, should the endpoint have put it there. */
function blankedResult(
  { secrets }: ProbeRun,
  { raw, result }: Extract<RpcReply, { kind: "result" }>,
): Readonly<Record<string, unknown>> {
  return mayHoldSecret(raw, secrets.long)
    ? { ...result, tools: blankInValue(result.tools, secrets.long) }
    : result;
}

/** Adds a page's tools; null when it is no page. */
function takePage(
  run: ProbeRun,
  result: Readonly<Record<string, unknown>>,
  wire: Wire,
  tools: unknown[],
): { readonly cursor: string | undefined } | null {
  const { tools: listed, nextCursor, resultType } = result;
  const isComplete = wire.era === "legacy" || resultType === undefined || resultType === "complete";
  const isCursorFine = nextCursor === undefined || nextCursor === null || typeof nextCursor === "string";
  if (!Array.isArray(listed) || !isComplete || !isCursorFine) {
    return null;
  }
  for (const tool of listed) {
    tools.push(tool);
  }
  if (nextCursor === null) {
    run.lints.add(
      "null_cursor: nextCursor is null where it should be absent; strict clients reject the page",
    );
  }
  return { cursor: nextCursor ?? undefined };
}

function pageFault(
  read: { readonly page: number; readonly bytes: number; readonly toolsCount: number },
  taken: { readonly cursor: string | undefined } | null,
  seen: ReadonlySet<string>,
): ProbeOutcome | null {
  if (taken === null) {
    return { kind: "list-malformed", detail: "tools_list_invalid" };
  }
  if (read.bytes > LIST_BYTES_MAX) {
    return { kind: "too-large", detail: "response_too_large" };
  }
  const { cursor } = taken;
  const isRunaway =
    read.toolsCount > TOOLS_MAX || (cursor !== undefined && (read.page >= PAGES_MAX || seen.has(cursor)));
  return isRunaway ? { kind: "list-malformed", detail: "pagination_runaway" } : null;
}

function nextPage(
  messages: McpMessages,
  wire: Wire,
  page: number,
  cursor: string | undefined,
  seen: Set<string>,
): RpcCall | null {
  if (cursor === undefined) {
    return null;
  }
  seen.add(cursor);
  return listPage(messages, wire.era === "modern", page, cursor);
}

/** Hashes a list once and remembers it by its bytes; lists of several pages are cheap enough to parse again. */
function know(run: ProbeRun, wire: Wire, tools: readonly unknown[], rawHashes: readonly string[]): Listing {
  const key = rawHashes.join(" ");
  const cached = run.deps.toolListCache.get(key);
  if (cached !== undefined) {
    return { kind: "listed", list: cached, tools, hashMs: null };
  }
  const startedMs = performance.now();
  const hashing = hashToolList(tools);
  if (hashing.kind === "out-of-bounds") {
    return ended(
      hashing.bound === "tools"
        ? { kind: "list-malformed", detail: "pagination_runaway" }
        : {
            kind: "too-large",
            detail: hashing.bound === "depth" ? "response_too_deep" : "response_too_complex",
          },
    );
  }
  const list: KnownToolList = {
    toolsCount: tools.length,
    contractHash: hashing.contractHash,
    fullHash: hashing.fullHash,
    invalidTools: findInvalidTools(tools, wire.era).map(({ name, index }) => name || `#${index}`),
    lints: lintToolList(tools),
    hasHealthCheck: tools.some(isHealthCheck),
  };
  run.deps.toolListCache.set(key, list);
  return { kind: "listed", list, tools, hashMs: performance.now() - startedMs };
}

function isHealthCheck(tool: unknown): boolean {
  if (!isJsonObject(tool) || tool.name !== "health_check" || !isJsonObject(tool.inputSchema)) {
    return false;
  }
  const { required } = tool.inputSchema;
  return required === undefined || (Array.isArray(required) && required.length === 0);
}

/** A refusal of the list: a lost session gets another handshake, a wall is a wall, anything else fails the list. */
async function refused(
  run: ProbeRun,
  wire: Wire,
  reply: Exclude<RpcReply, { kind: "result" | "known" }>,
): Promise<Listing> {
  if (reply.kind === "failed") {
    return ended(reply.outcome);
  }
  if (wire.sessionId !== null && isSessionLost(reply)) {
    return { kind: "session-lost", code: reply.kind === "error" ? reply.code : reply.head.status };
  }
  const outcome = await judgeRefusal(run, reply);
  switch (outcome.kind) {
    case "walled":
      return ended({ kind: "walled", detail: "auth_on_list" });
    case "handshake-refused":
      return ended({ kind: "list-failed", detail: "tools_list_error", code: outcome.code });
    default:
      return ended(outcome);
  }
}

/** 404 or 400, in words that are not about the method: servers use either status, with any code of their own. */
function isSessionLost(reply: Extract<RpcReply, { kind: "error" | "status" }>): boolean {
  const { status } = reply.head;
  const isAboutMethod = reply.kind === "error" && reply.code <= -32601 && reply.code >= -32603;
  return (status === 404 || status === 400) && !isAboutMethod;
}

function ended(outcome: ProbeOutcome): Listing {
  return { kind: "ended", outcome };
}
