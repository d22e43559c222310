/** The few JSON-RPC messages a probe sends, built once where they never change. */

/** Versions we speak, newest first. Compared by membership: unknown strings would sort as "newer". */
export const LEGACY_VERSIONS = [
  "2025-11-25",
  "2025-06-18",
  "2025-03-26",
  "2024-11-05",
  "2024-10-07",
] as const;
export const MODERN_VERSION = "2026-07-28";

/** A message with what the modern wire repeats of it in headers. */
export interface RpcCall {
  readonly method: string;
  readonly id: number;
  /** Tool name of `tools/call`, for `Mcp-Name`. */
  readonly name: string | null;
  readonly body: Buffer;
  /** `Mcp-Param-…` headers, name and value in turn. */
  readonly paramHeaders: readonly string[];
}

/**
 * What we declare about ourselves. Capabilities stay empty for ever: servers list other tools for other capabilities
 * (server-everything: 13 tools for none, 16 for three), and a list is only comparable under the same ones.
 */
const CAPABILITIES = {} as const;

export interface McpMessages {
  readonly discover: RpcCall;
  readonly initialize: RpcCall;
  readonly initialized: RpcCall;
  readonly listLegacy: RpcCall;
  readonly listModern: RpcCall;
  readonly resourcesLegacy: RpcCall;
  readonly resourcesModern: RpcCall;
  readonly promptsLegacy: RpcCall;
  readonly promptsModern: RpcCall;
  /** `_meta` of every modern request. */
  readonly modernMeta: Readonly<Record<string, unknown>>;
}

let built: { readonly userAgent: string; readonly messages: McpMessages } | null = null;

/** The fixed messages; serialised once per process, since a process has one user agent. */
export function mcpMessages(userAgent: string): McpMessages {
  if (built?.userAgent !== userAgent) {
    built = { userAgent, messages: buildMessages(userAgent) };
  }
  return built.messages;
}

/** `tools/list` for a page after the first. The empty string is a valid cursor. */
export function listPage(messages: McpMessages, isModern: boolean, page: number, cursor: string): RpcCall {
  return call(2 + page, "tools/list", { cursor, ...(isModern ? { _meta: messages.modernMeta } : {}) });
}

/** `tools/call` with the owner's own arguments. */
export function callTool(
  messages: McpMessages,
  isModern: boolean,
  tool: { readonly name: string; readonly arguments: unknown; readonly paramHeaders: readonly string[] },
): RpcCall {
  const params = {
    name: tool.name,
    arguments: tool.arguments,
    ...(isModern ? { _meta: messages.modernMeta } : {}),
  };
  return { ...call(1_000, "tools/call", params), name: tool.name, paramHeaders: tool.paramHeaders };
}

/** The answer to a server's `ping`. */
export function pongBody(id: string | number): Buffer {
  return Buffer.from(JSON.stringify({ jsonrpc: "2.0", id, result: {} }));
}

function buildMessages(userAgent: string): McpMessages {
  const version = /^AliveMCP\/(\S+)/.exec(userAgent)?.[1] ?? "0";
  const website = /\(\+(\S+)\)/.exec(userAgent)?.[1];
  const clientInfo = {
    name: "AliveMCP",
    version,
    ...(website === undefined ? {} : { websiteUrl: website }),
  };
  const modernMeta = {
    "io.modelcontextprotocol/protocolVersion": MODERN_VERSION,
    "io.modelcontextprotocol/clientCapabilities": CAPABILITIES,
    "io.modelcontextprotocol/clientInfo": clientInfo,
  };
  return {
    modernMeta,
    discover: call(1, "server/discover", { _meta: modernMeta }),
    initialize: call(1, "initialize", {
      protocolVersion: LEGACY_VERSIONS[0],
      capabilities: CAPABILITIES,
      clientInfo,
    }),
    initialized: {
      ...call(0, "notifications/initialized", {}),
      body: Buffer.from('{"jsonrpc":"2.0","method":"notifications/initialized"}'),
    },
    listLegacy: call(2, "tools/list", {}),
    listModern: call(2, "tools/list", { _meta: modernMeta }),
    resourcesLegacy: call(1_001, "resources/list", {}),
    resourcesModern: call(1_001, "resources/list", { _meta: modernMeta }),
    promptsLegacy: call(1_002, "prompts/list", {}),
    promptsModern: call(1_002, "prompts/list", { _meta: modernMeta }),
  };
}

function call(id: number, method: string, params: Readonly<Record<string, unknown>>): RpcCall {
  const body = Buffer.from(JSON.stringify({ jsonrpc: "2.0", id, method, params }));
  return { id, method, name: null, body, paramHeaders: [] };
}
