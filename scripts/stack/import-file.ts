/** Reads which endpoints a file names: registry `server.json` entries (alone, listed, or as the registry answers). */
export interface ImportedEndpoint {
  readonly kind: "endpoint";
  readonly name: string;
  readonly url: string;
  readonly transport: "auto" | "http" | "sse";
  /** What a person should know about it although it is imported; null: nothing. */
  readonly note: string | null;
}

interface RefusedEntry {
  readonly kind: "refused";
  readonly name: string;
  readonly reason: string;
}

export type ImportEntry = ImportedEndpoint | RefusedEntry;

export const STDIO_REASON =
  "it is started with a command and speaks over stdio on its user's own machine, so nobody can probe it from outside. " +
  "Put it behind an HTTP address (a gateway such as supergateway) and import that.";
const HEADERS_NOTE = "its headers are not sent: credentials are not stored yet, so expect a login wall.";
const ENTRIES_MAX = 5_000;

type Json = Readonly<Record<string, unknown>>;
const isObject = (value: unknown): value is Json =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/**
 * Every entry of the file, imported or refused with the reason. Understands
 * - `server.json` of the MCP registry, an array of them, and the registry's own answer (`{ servers: [{ server }] }`);
 * - `mcp.json` of MCP clients (`mcpServers`, or `servers` as an object).
 * Throws when the text is neither.
 */
export function readImportFile(text: string): readonly ImportEntry[] {
  const content = JSON.parse(text) as unknown;
  const entries = clientEntries(content) ?? registryEntries(content);
  if (entries === null) {
    throw new Error("This is neither a registry server.json (name, remotes) nor an mcp.json (mcpServers).");
  }
  if (entries.length > ENTRIES_MAX) {
    throw new Error(`The file names ${entries.length} servers; at most ${ENTRIES_MAX} are imported at once.`);
  }
  return entries;
}

function clientEntries(content: unknown): ImportEntry[] | null {
  const servers = isObject(content) ? (content.mcpServers ?? content.servers) : null;
  if (!isObject(servers)) {
    return null;
  }
  return Object.entries(servers).map(([name, server]) => {
    if (!isObject(server)) {
      return refuse(name, "it is not an object.");
    }
    const url = server.url ?? server.serverUrl;
    if (typeof url !== "string") {
      return refuse(name, STDIO_REASON);
    }
    const hasHeaders = isObject(server.headers) && Object.keys(server.headers).length > 0;
    return endpoint({ name, url, type: server.type ?? server.transport, hasHeaders });
  });
}

function registryEntries(content: unknown): ImportEntry[] | null {
  const listed = isObject(content) && Array.isArray(content.servers) ? content.servers : content;
  const servers = (Array.isArray(listed) ? listed : [listed]).map((one) =>
    isObject(one) && isObject(one.server) ? one.server : one,
  );
  const isRegistry = servers.every(
    (one) =>
      isObject(one) &&
      typeof one.name === "string" &&
      (Array.isArray(one.remotes) || Array.isArray(one.packages)),
  );
  return isRegistry && servers.length > 0 ? (servers as Json[]).flatMap(remotesOf) : null;
}

/** A server with several remotes is several endpoints, told apart by their transport. */
function remotesOf(server: Json): ImportEntry[] {
  const name = String(server.title ?? server.name);
  const remotes = Array.isArray(server.remotes) ? server.remotes.filter(isObject) : [];
  if (remotes.length === 0) {
    return [refuse(name, STDIO_REASON)];
  }
  return remotes.map((remote) =>
    endpoint({
      name: remotes.length === 1 ? name : `${name} (${remote.type})`,
      url: String(remote.url ?? ""),
      type: remote.type,
      hasHeaders: Array.isArray(remote.headers) && remote.headers.length > 0,
    }),
  );
}

function endpoint(input: { name: string; url: string; type: unknown; hasHeaders: boolean }): ImportEntry {
  const { name, url } = input;
  if (/[{}]|\$\w/.test(url)) {
    return refuse(name, `its URL has placeholders (${url}). Write the real address into the file.`);
  }
  return {
    kind: "endpoint",
    name: name.slice(0, 200),
    url,
    transport: transportOf(input.type),
    note: input.hasHeaders ? HEADERS_NOTE : null,
  };
}

/** Clients spell it `http`, `streamable-http`, `streamableHttp` or `streamable_http`. */
function transportOf(type: unknown): ImportedEndpoint["transport"] {
  const spelled = String(type ?? "")
    .toLowerCase()
    .replace(/[^a-z]/g, "");
  if (spelled === "sse") {
    return "sse";
  }
  return spelled === "http" || spelled === "streamablehttp" ? "http" : "auto";
}

const refuse = (name: string, reason: string): RefusedEntry => ({ kind: "refused", name, reason });
