/** Demo endpoint that speaks only protocol 2026-07-28, on the official v2 server package. */
import { fromJsonSchema, McpServer } from "@modelcontextprotocol/server";
import { exitOnSignal, listenAddress, mcpListener, serve } from "./serve-mcp.ts";

const NOTES = ["Water the plants.", "Ship on Thursday.", "Call the dentist."];

function openServer(): McpServer {
  const server = new McpServer({ name: "modern-notes", version: "2.0.0" });
  server.registerTool(
    "health_check",
    { description: "Says whether the notes can be read.", annotations: { readOnlyHint: true } },
    async () => ({
      content: [{ type: "text", text: JSON.stringify({ status: "ok", notes: NOTES.length }) }],
    }),
  );
  server.registerTool(
    "find_notes",
    {
      description: "Notes that contain a word.",
      annotations: { readOnlyHint: true },
      inputSchema: fromJsonSchema<{ word: string }>({
        type: "object",
        properties: { word: { type: "string", description: "Word to look for." } },
        required: ["word"],
      }),
    },
    async ({ word }) => ({
      content: NOTES.filter((note) => note.includes(word)).map((text) => ({ type: "text" as const, text })),
    }),
  );
  return server;
}

exitOnSignal();
serve(mcpListener(openServer, "reject"), listenAddress());
