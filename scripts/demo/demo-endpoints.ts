/** The endpoints that `scripts/up` watches out of the box: which server, where, and what it is there to show. */
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The only private range that probes may reach besides public addresses; 127.0.0.1 stays refused. */
export const DEMO_RANGE = "127.0.77.0/24";
/** Address of the api for the regions' self-check, in the same range. */
export const CANARY_HOST = "127.0.77.1";

export interface DemoEndpoint {
  readonly name: string;
  readonly host: string;
  readonly port: number;
  readonly url: string;
  readonly transport: "auto" | "http" | "sse";
  /** Arguments for Node. */
  readonly program: readonly string[];
  /** All the environment it gets: the reference server shows its environment to whoever asks. */
  readonly env: Readonly<Record<string, string>>;
  readonly shows: string;
}

/** Ports are unique per port base, so that two copies do not meet. */
const FIRST_PORT_OFFSET = 50;

/** The package has a program and no main module. */
const everything = join(
  dirname(createRequire(import.meta.url).resolve("@modelcontextprotocol/server-everything/package.json")),
  "dist/index.js",
);
const preload = ["--import", new URL("../zoo/listen-where-told.ts", import.meta.url).href];
const ours = (file: string) => [fileURLToPath(new URL(file, import.meta.url))];

const SPECS = [
  {
    name: "Everything (Streamable HTTP)",
    path: "/mcp",
    transport: "http",
    program: [...preload, everything, "streamableHttp"],
    shows: "the reference server of the protocol's authors, sessions and streamed replies",
  },
  {
    name: "Everything (HTTP+SSE)",
    path: "/sse",
    transport: "sse",
    program: [...preload, everything, "sse"],
    shows: "the same server over the older pair of endpoints",
  },
  {
    name: "FastMCP clock",
    path: "/mcp",
    transport: "auto",
    program: ours("./fastmcp-endpoint.ts"),
    shows: "a server built on a framework, with a health_check tool",
  },
  {
    name: "Modern notes",
    path: "/mcp",
    transport: "auto",
    program: ours("./modern-endpoint.ts"),
    shows: "the 2026-07-28 protocol only: no handshake, no session",
  },
  {
    name: "Login wall",
    path: "/mcp",
    transport: "auto",
    program: ours("./login-wall.ts"),
    shows: "reachable, login required, everything about the login well published",
  },
  {
    name: "Comes and goes",
    path: "/mcp",
    transport: "auto",
    program: ours("./flaky-endpoint.ts"),
    shows:
      "down for three minutes out of every seven, refused at one time, a broken handshake behind HTTP 200 at another",
  },
  {
    name: "Drifting tools",
    path: "/mcp",
    transport: "auto",
    program: ours("./drifting-endpoint.ts"),
    shows: "a tool list that changes every four minutes, breaking its callers now and then",
  },
] as const;

export function demoEndpoints(portBase: number): readonly DemoEndpoint[] {
  return SPECS.map((spec, index) => {
    const host = `127.0.77.${11 + index}`;
    const port = portBase + FIRST_PORT_OFFSET + index;
    const env = { LISTEN_HOST: host, LISTEN_PORT: String(port), PORT: String(port) };
    return { ...spec, host, port, env, url: `http://${host}:${port}${spec.path}` };
  });
}
