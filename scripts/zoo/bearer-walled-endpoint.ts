/**
 * A server on the fastmcp framework that lets one bearer token in, until it ends: `TOKEN`, `TOKEN_ENDS_AT_MS`. It repeats
 * the token in a tool's description, as a careless server might.
 */
import { FastMCP } from "fastmcp";
import { exitOnSignal, listenAddress } from "../demo/serve-mcp.ts";

const token = process.env.TOKEN ?? "";
const endsAtMs = Number(process.env.TOKEN_ENDS_AT_MS || Number.POSITIVE_INFINITY);
const challenge = { "www-authenticate": 'Bearer realm="zoo", error="invalid_token"' };

const server = new FastMCP({
  name: "bearer-walled",
  version: "1.0.0",
  authenticate: async (request) => {
    const isGood = request.headers.authorization === `Bearer ${token}` && Date.now() < endsAtMs;
    if (!isGood) {
      throw new Response(null, { status: 401, statusText: "Unauthorized", headers: challenge });
    }
    return { token };
  },
});
server.addTool({
  name: "health_check",
  description: `Says that it is well. Called with ${token}.`,
  annotations: { readOnlyHint: true },
  execute: async () => JSON.stringify({ status: "ok" }),
});

exitOnSignal();
await server.start({ transportType: "httpStream", httpStream: { ...listenAddress(), endpoint: "/mcp" } });
