import { NAME_CHARS_MAX } from "@alivemcp/core/endpoint-input";
import { isJsonObject, type JsonObject } from "@alivemcp/core/json-schema-keywords";
import type { CandidatesRead, ImportCandidate } from "./import-candidate.ts";

export const STDIO_REASON =
  "It is started with a command and speaks over stdio on its user's own machine, so nobody can probe it from outside. " +
  "Put it behind an HTTP address (a gateway such as supergateway) and import that.";
const HEADERS_NOTE =
  "Its headers are not imported, for they may hold secrets: expect a login wall until you store a credential in its settings.";
const NEITHER =
  "This JSON is neither an mcp.json (with mcpServers or servers) nor a registry's server.json (with name and remotes).";

/**
 * Reads `mcp.json` of MCP clients (`mcpServers`, or `servers` as an object) and `server.json` of the MCP registry: one,
 * an array of them, or the registry's own answer (`{ servers: [{ server }] }`).
 */
export function readJsonImport(text: string): CandidatesRead {
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch {
    return { kind: "refused", reason: "This begins like JSON but is not valid JSON." };
  }
  const clients = clientCandidates(content);
  if (clients !== null) {
    return { kind: "candidates", format: "mcp.json", candidates: clients };
  }
  const listed = registryCandidates(content);
  return listed === null
    ? { kind: "refused", reason: NEITHER }
    : { kind: "candidates", format: "server.json", candidates: listed };
}

function clientCandidates(content: unknown): ImportCandidate[] | null {
  const servers = isJsonObject(content) ? (content.mcpServers ?? content.servers) : null;
  if (!isJsonObject(servers)) {
    return null;
  }
  return Object.entries(servers).map(([name, server]) => {
    if (!isJsonObject(server)) {
      return refused(name, "It is not an object.");
    }
    const url = server.url ?? server.serverUrl;
    if (typeof url !== "string") {
      return refused(name, STDIO_REASON);
    }
    const hasHeaders = isJsonObject(server.headers) && Object.keys(server.headers).length > 0;
    return candidate({ name, url, type: server.type ?? server.transport, hasHeaders });
  });
}

function registryCandidates(content: unknown): ImportCandidate[] | null {
  const listed = isJsonObject(content) && Array.isArray(content.servers) ? content.servers : content;
  const servers = (Array.isArray(listed) ? (listed as unknown[]) : [listed]).map((one) =>
    isJsonObject(one) && isJsonObject(one.server) ? one.server : one,
  );
  const isRegistry = servers.every(
    (one) =>
      isJsonObject(one) &&
      typeof one.name === "string" &&
      (Array.isArray(one.remotes) || Array.isArray(one.packages)),
  );
  return isRegistry && servers.length > 0 ? (servers as JsonObject[]).flatMap(remotesOf) : null;
}

/** A server with several remotes is several endpoints, told apart by their transport. */
function remotesOf(server: JsonObject): ImportCandidate[] {
  const name = typeof server.title === "string" ? server.title : String(server.name);
  const remotes = Array.isArray(server.remotes) ? (server.remotes as unknown[]).filter(isJsonObject) : [];
  if (remotes.length === 0) {
    return [refused(name, STDIO_REASON)];
  }
  return remotes.map((remote) =>
    candidate({
      name: remotes.length === 1 ? name : `${name} (${textOf(remote.type)})`,
      url: textOf(remote.url),
      type: remote.type,
      hasHeaders: Array.isArray(remote.headers) && remote.headers.length > 0,
    }),
  );
}

function candidate(input: {
  readonly name: string;
  readonly url: string;
  readonly type: unknown;
  readonly hasHeaders: boolean;
}): ImportCandidate {
  const { name, url } = input;
  if (/[{}]|\$\w/.test(url)) {
    return refused(
      name,
      `Its URL has placeholders (${url.slice(0, 200)}). Write the real address into the file.`,
    );
  }
  return {
    kind: "candidate",
    line: null,
    body: {
      url,
      ...(name.trim() === "" ? {} : { name: name.slice(0, NAME_CHARS_MAX).toWellFormed() }),
      transport: transportOf(input.type),
    },
    note: input.hasHeaders ? HEADERS_NOTE : null,
  };
}

/** Clients spell it `http`, `streamable-http`, `streamableHttp` or `streamable_http`. */
function transportOf(type: unknown): "auto" | "http" | "sse" {
  const spelled = textOf(type)
    .toLowerCase()
    .replace(/[^a-z]/g, "");
  if (spelled === "sse") {
    return "sse";
  }
  return spelled === "http" || spelled === "streamablehttp" ? "http" : "auto";
}

const textOf = (value: unknown): string => (typeof value === "string" ? value : "");
const refused = (name: string, reason: string): ImportCandidate => ({
  kind: "refused",
  line: null,
  name,
  reason,
});
