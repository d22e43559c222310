/** Well-behaved endpoints of either era, as answers for a stub; a test overrides the methods it is about. */
import { type Answer, type Asked, sendError, sendEvent, sendResult } from "./stub.ts";

export const TOOLS = [
  {
    name: "add",
    description: "Adds.",
    inputSchema: { type: "object", properties: { a: { type: "number" } } },
  },
  { name: "echo", description: "Echoes.", inputSchema: { type: "object" } },
];

export const INITIALIZED = {
  protocolVersion: "2025-06-18",
  capabilities: { tools: {} },
  serverInfo: { name: "stub", version: "1.2.3" },
};

export type Overrides = Readonly<Record<string, Answer>>;

/** Legacy over Streamable HTTP, with a session. `overrides` by JSON-RPC method, or `GET` / `DELETE`. */
export function legacyEndpoint(
  overrides: Overrides = {},
  how: { isSse?: boolean; session?: string | null } = {},
): Answer {
  const { isSse = false, session = "session-1" } = how;
  const send = isSse ? sendEvent : sendResult;
  const sessionHeader: Record<string, string> = session === null ? {} : { "mcp-session-id": session };
  return (asked, response) => {
    const override = overrides[asked.method === "POST" ? asked.rpc : asked.method];
    if (override !== undefined) {
      override(asked, response);
    } else if (asked.method === "DELETE") {
      response.writeHead(200).end();
    } else if (asked.method !== "POST") {
      response.writeHead(405).end();
    } else if (asked.rpc === "initialize") {
      send(response, asked, INITIALIZED, sessionHeader);
    } else if (asked.rpc.startsWith("notifications/")) {
      response.writeHead(202).end();
    } else if (asked.rpc === "tools/list") {
      send(response, asked, { tools: TOOLS });
    } else {
      sendError(response, asked, 400, -32600, "Bad Request: Server not initialized");
    }
  };
}

/** Modern only: refuses `initialize` as the specification says. */
export function modernEndpoint(overrides: Overrides = {}): Answer {
  return (asked, response) => {
    const override = overrides[asked.method === "POST" ? asked.rpc : asked.method];
    if (override !== undefined) {
      override(asked, response);
    } else if (asked.method !== "POST") {
      response.writeHead(405).end();
    } else if (asked.rpc === "server/discover") {
      sendResult(response, asked, {
        supportedVersions: ["2026-07-28"],
        capabilities: { tools: {} },
        ttlMs: 1,
        cacheScope: "private",
        _meta: { "io.modelcontextprotocol/serverInfo": { name: "modern", version: "2" } },
      });
    } else if (asked.rpc === "tools/list") {
      sendResult(response, asked, { resultType: "complete", tools: TOOLS, ttlMs: 1, cacheScope: "private" });
    } else if (asked.rpc === "initialize") {
      sendError(response, asked, 400, -32022, "unsupported", {
        supported: ["2026-07-28"],
        requested: "2025-11-25",
      });
    } else {
      sendError(response, asked, 404, -32601);
    }
  };
}

/** The old HTTP+SSE pair: GET opens the stream, POSTs are answered on it. */
export function ssePairEndpoint(overrides: { endpoint?: string } = {}): Answer {
  let stream: Parameters<Answer>[1] | null = null;
  const say = (asked: Asked, result: unknown) =>
    stream?.write(
      `event: message\r\ndata: ${JSON.stringify({ jsonrpc: "2.0", id: asked.id, result })}\r\n\r\n`,
    );
  return (asked, response) => {
    if (asked.method === "GET") {
      stream = response;
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.write(
        `: hello\r\n\r\nevent: endpoint\r\ndata: ${overrides.endpoint ?? "/messages?s=1"}\r\n\r\n`,
      );
    } else if (!asked.path.startsWith("/messages")) {
      response.writeHead(404).end("not found");
    } else {
      response.writeHead(202).end("Accepted");
      if (asked.rpc === "initialize") {
        say(asked, { ...INITIALIZED, protocolVersion: "2024-11-05" });
      } else if (asked.rpc === "tools/list") {
        say(asked, { tools: TOOLS });
      }
    }
  };
}
