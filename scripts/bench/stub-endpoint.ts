/**
 * A minimal legacy endpoint with sessions and twenty tools, as fast as `node:http` goes: what bench and drills probe.
 * Forked with `{ delayMs, host?, port?, tls? }` as its first message; answers with its port.
 */
import { createServer, type RequestListener } from "node:http";
import { createServer as createTlsServer } from "node:https";

interface StubOptions {
  /** Wait before the answer to `initialize`, so that many probes are in flight at once. */
  readonly delayMs: number;
  readonly host?: string;
  readonly port?: number;
  readonly tls?: { readonly cert: string; readonly key: string };
}

const tools = Array.from({ length: 20 }, (_, n) => ({
  name: `tool_${n}`,
  title: `Tool number ${n}`,
  description: `Does the ${n}th thing that this server can do, and says so at some length. `.repeat(4),
  inputSchema: {
    type: "object",
    properties: Object.fromEntries(
      ["first", "second", "third"].map((name) => [
        name,
        { type: "string", description: `The ${name} argument.`, maxLength: 100 },
      ]),
    ),
    required: ["first"],
  },
  annotations: { readOnlyHint: true },
}));
const resultOf: Readonly<Record<string, string>> = {
  initialize: JSON.stringify({
    protocolVersion: "2025-11-25",
    capabilities: { tools: {} },
    serverInfo: { name: "stub", version: "1.0.0" },
  }),
  "tools/list": JSON.stringify({ tools }),
};

process.once("message", (options: StubOptions) => {
  const server = options.tls
    ? createTlsServer(options.tls, listener(options))
    : createServer(listener(options));
  server.listen(options.port ?? 0, options.host ?? "127.0.0.1", 4_096, () => {
    process.send?.((server.address() as { port: number }).port);
  });
});
process.once("disconnect", () => process.exit(0));

function listener({ delayMs }: StubOptions): RequestListener {
  return (request, response) => {
    if (request.method !== "POST") {
      response.writeHead(request.method === "DELETE" ? 200 : 405).end();
      return;
    }
    let body = "";
    request.setEncoding("utf8");
    request.on("data", (chunk: string) => {
      body += chunk;
    });
    request.on("end", () => {
      const message = JSON.parse(body) as { id?: unknown; method: string };
      if (message.method === "initialize" && delayMs > 0) {
        setTimeout(() => answer(response, message), delayMs);
      } else {
        answer(response, message);
      }
    });
  };
}

function answer(response: Parameters<RequestListener>[1], message: { id?: unknown; method: string }): void {
  if (message.id === undefined) {
    response.writeHead(202).end();
    return;
  }
  const result = resultOf[message.method];
  const reply = result
    ? `{"jsonrpc":"2.0","id":${JSON.stringify(message.id)},"result":${result}}`
    : `{"jsonrpc":"2.0","id":${JSON.stringify(message.id)},"error":{"code":-32601,"message":"Method not found"}}`;
  response.writeHead(result ? 200 : 400, {
    "content-type": "application/json",
    "content-length": Buffer.byteLength(reply),
    ...(message.method === "initialize" ? { "mcp-session-id": "0123456789abcdef" } : {}),
  });
  response.end(reply);
}
