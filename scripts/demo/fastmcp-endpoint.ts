/** Demo endpoint on the fastmcp framework, with the health tool that AliveMCP calls. */
import { FastMCP } from "fastmcp";
import { exitOnSignal, listenAddress } from "./serve-mcp.ts";

const server = new FastMCP({ name: "fastmcp-clock", version: "1.0.0" });
server.addTool({
  name: "health_check",
  description: "Says whether the clock can be read.",
  annotations: { readOnlyHint: true },
  execute: async () => JSON.stringify({ status: "ok" }),
});
server.addTool({
  name: "current_time",
  description: "The current time in UTC, as ISO 8601.",
  annotations: { readOnlyHint: true },
  execute: async () => new Date().toISOString(),
});

exitOnSignal();
await server.start({ transportType: "httpStream", httpStream: { ...listenAddress(), endpoint: "/mcp" } });
