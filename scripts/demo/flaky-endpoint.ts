/**
 * Demo endpoint that is down for three minutes out of every seven: the first time nothing listens, the next time HTTP
 * answers 200 and only the protocol behind it is broken, and so on in turn.
 */
import type { RequestListener, Server } from "node:http";
import { McpServer } from "@modelcontextprotocol/server";
import { exitOnSignal, listenAddress, mcpListener, serve } from "./serve-mcp.ts";

const MINUTE_MS = 60_000;
/** Up at first, so that it is seen well before it is seen broken. */
const PHASES = [
  { kind: "up", minutes: 2 },
  { kind: "refused", minutes: 3 },
  { kind: "up", minutes: 4 },
  { kind: "broken-handshake", minutes: 3 },
  { kind: "up", minutes: 2 },
] as const;

const address = listenAddress();
const healthy = mcpListener(() => {
  const server = new McpServer({ name: "comes-and-goes", version: "1.0.0" });
  server.registerTool("health_check", { description: "Says that it is up." }, async () => ({
    content: [{ type: "text", text: "ok" }],
  }));
  return server;
}, "stateless");
const broken: RequestListener = (request, response) => {
  request.resume();
  const error = { code: -32603, message: "Database connection lost" };
  response
    .writeHead(200, { "content-type": "application/json" })
    .end(JSON.stringify({ jsonrpc: "2.0", id: null, error }));
};

let server: Server | null = null;
let phase = -1;
function advance(): void {
  phase = (phase + 1) % PHASES.length;
  const { kind, minutes } = PHASES[phase] ?? PHASES[0];
  server?.close();
  server?.closeAllConnections();
  server = kind === "refused" ? null : serve(kind === "up" ? healthy : broken, address);
  setTimeout(advance, minutes * MINUTE_MS);
}

exitOnSignal();
advance();
