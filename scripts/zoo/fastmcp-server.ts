/** A server written with the fastmcp framework: `node fastmcp-server.ts <host> <port>`. */
import { FastMCP } from "fastmcp";
import { z } from "zod";

const [host = "127.0.0.1", port = "0"] = process.argv.slice(2);

const server = new FastMCP({ name: "fastmcp-demo", version: "1.0.0" });
server.addTool({
  name: "echo",
  description: "Gives back what it was given.",
  parameters: z.object({ text: z.string() }),
  execute: async ({ text }) => text,
});
server.addTool({
  name: "health_check",
  description: "Says whether the application is well.",
  execute: async () => "ok",
});

await server.start({ transportType: "httpStream", httpStream: { host, port: Number(port) } });
