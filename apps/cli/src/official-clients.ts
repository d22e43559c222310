/**
 * What a real client would get: the official TypeScript clients, v1 and v2, run against the URL. They are loaded on
 * demand and may be absent. They are a yardstick, never the probe.
 */

import { redactExcerpt } from "@alivemcp/core/redact";

export interface OfficialClientAnswer {
  readonly client: string;
  readonly outcome: "connected" | "failed" | "not_installed";
  readonly protocol_version: string | null;
  readonly server: { readonly name: string; readonly version: string } | null;
  readonly tools_count: number | null;
  /** Why it failed, or how to install it. */
  readonly detail: string | null;
}

export interface OfficialClientInput {
  readonly url: URL;
  readonly transport: "auto" | "http" | "sse";
  readonly headers: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
}

/** The little that both client libraries have in common, as far as it is used here. */
interface AnyClient {
  connect(transport: unknown, options?: unknown): Promise<void>;
  listTools(params?: unknown, options?: unknown): Promise<{ tools: unknown[] }>;
  getServerVersion(): { name: string; version: string } | undefined;
  getNegotiatedProtocolVersion?(): string | undefined;
  close(): Promise<void>;
}
type Loaded = {
  open: (kind: "http" | "sse") => { client: AnyClient; transport: { protocolVersion?: string | undefined } };
};

export async function runOfficialClients(input: OfficialClientInput): Promise<OfficialClientAnswer[]> {
  return [
    await ask("@modelcontextprotocol/sdk (v1)", () => loadV1(input), input),
    await ask("@modelcontextprotocol/client (v2)", () => loadV2(input), input),
  ];
}

async function ask(
  name: string,
  load: () => Promise<Loaded>,
  input: OfficialClientInput,
): Promise<OfficialClientAnswer> {
  const nothing = { client: name, protocol_version: null, server: null, tools_count: null };
  let loaded: Loaded;
  try {
    loaded = await load();
  } catch {
    const packageName = name.split(" ")[0];
    return { ...nothing, outcome: "not_installed", detail: `run: npm install ${packageName}` };
  }
  const kinds = input.transport === "auto" ? (["http", "sse"] as const) : ([input.transport] as const);
  let firstFailure: string | null = null;
  for (const kind of kinds) {
    const { client, transport } = loaded.open(kind);
    try {
      await within(input.timeoutMs, client.connect(transport, { timeout: input.timeoutMs }));
      const { tools } = await within(
        input.timeoutMs,
        client.listTools(undefined, { timeout: input.timeoutMs }),
      );
      const server = client.getServerVersion();
      return {
        client: name,
        outcome: "connected",
        protocol_version: client.getNegotiatedProtocolVersion?.() ?? transport.protocolVersion ?? null,
        server: server ? { name: server.name, version: server.version } : null,
        tools_count: tools.length,
        detail: kind === "sse" ? "over HTTP+SSE" : null,
      };
    } catch (err) {
      firstFailure ??= err instanceof Error ? err.message : String(err);
    } finally {
      await within(2_000, client.close()).catch(() => undefined);
    }
  }
  return {
    ...nothing,
    outcome: "failed",
    detail: firstFailure && redactExcerpt(firstFailure, secretsOf(input)),
  };
}

/** What must not be printed when an endpoint says it back: header values, and tokens without their scheme. */
function secretsOf({ headers }: OfficialClientInput): string[] {
  return Object.values(headers).flatMap((value) => [value, value.replace(/^\S+\s+/, "")]);
}

async function loadV1(input: OfficialClientInput): Promise<Loaded> {
  const [{ Client }, { StreamableHTTPClientTransport }, { SSEClientTransport }] = await Promise.all([
    import("@modelcontextprotocol/sdk/client/index.js"),
    import("@modelcontextprotocol/sdk/client/streamableHttp.js"),
    import("@modelcontextprotocol/sdk/client/sse.js"),
  ]);
  const requestInit = { headers: { ...input.headers } };
  return {
    open: (kind) => ({
      client: new Client({ name: "alivemcp-check", version: "1" }) as AnyClient,
      transport:
        kind === "http"
          ? new StreamableHTTPClientTransport(input.url, { requestInit })
          : (new SSEClientTransport(input.url, { requestInit }) as { protocolVersion?: string }),
    }),
  };
}

async function loadV2(input: OfficialClientInput): Promise<Loaded> {
  const { Client, SSEClientTransport, StreamableHTTPClientTransport } = await import(
    "@modelcontextprotocol/client"
  );
  const requestInit = { headers: { ...input.headers } };
  return {
    open: (kind) => ({
      client: new Client(
        { name: "alivemcp-check", version: "1" },
        kind === "http" ? { versionNegotiation: { mode: "auto" } } : {},
      ) as unknown as AnyClient,
      transport:
        kind === "http"
          ? new StreamableHTTPClientTransport(input.url, { requestInit })
          : (new SSEClientTransport(input.url, { requestInit }) as { protocolVersion?: string }),
    }),
  };
}

function within<T>(timeoutMs: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${timeoutMs / 1_000} s`)), timeoutMs);
  });
  return Promise.race([work, timeout]).finally(() => clearTimeout(timer));
}
