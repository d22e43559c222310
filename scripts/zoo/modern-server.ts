/** A modern-era MCP server (2026-07-28) on the official v2 package: `node modern-server.ts <host> <port> [dual]`. */
import { createServer } from "node:http";
import { toNodeHandler } from "@modelcontextprotocol/node";
import { createMcpHandler, McpServer } from "@modelcontextprotocol/server";
import { z } from "zod";

const [host = "127.0.0.1", port = "0", legacy] = process.argv.slice(2);

const handler = createMcpHandler(
  () => {
    const server = new McpServer({ name: "modern-demo", version: "2.0.0" });
    server.registerTool(
      "add",
      {
        title: "Add",
        description: "Adds two numbers.",
        inputSchema: z.object({ a: z.number(), b: z.number() }),
      },
      ({ a, b }) => ({ content: [{ type: "text", text: String(a + b) }] }),
    );
    server.registerTool("health_check", { description: "Says whether the application is well." }, () => ({
      content: [{ type: "text", text: "ok" }],
    }));
    return server;
  },
  { legacy: legacy === "dual" ? "stateless" : "reject" },
);

const handle = toNodeHandler(handler);
createServer((request, response) => void handle(request as Parameters<typeof handle>[0], response)).listen(
  Number(port),
  host,
);
