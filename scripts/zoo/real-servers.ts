/**
 * Real MCP servers from npm that this project did not write, in the shapes met in the field, started on loopback.
 * `expected` is what a correct probe says of each.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { ProbeFinding } from "@alivemcp/core/pipeline";
import { findFreePort } from "../services/free-port.ts";

export interface RealServer {
  readonly name: string;
  readonly transport: "auto" | "sse";
  readonly path: string;
  /** Name in the URL when the server insists on one; default 127.0.0.1. */
  readonly host?: "localhost";
  /** Argument list for Node; `ports` are free loopback ports, the first is where the endpoint will be. */
  command(ports: readonly number[]): { args: string[]; env?: Record<string, string> };
  readonly expected: Partial<
    Pick<ProbeFinding, "state" | "era" | "transport" | "protocolVersion" | "toolsCount" | "isAuthRequired">
  >;
}

const here = dirname(fileURLToPath(import.meta.url));
const preload = join(here, "listen-where-told.ts");
const resolveFrom = createRequire(import.meta.url);
const inPackage = (name: string, path: string) => join(packageRoot(name), path);
const everything = (transport: string) => [
  inPackage("@modelcontextprotocol/server-everything", "dist/index.js"),
  transport,
];
const stdioEverything = `node ${everything("stdio").join(" ")}`;
const sdkExample = (file: string, ...args: string[]) => [
  "--import",
  preload,
  inPackage("@modelcontextprotocol/sdk", `dist/esm/examples/server/${file}`),
  ...args,
];
const listening = (ports: readonly number[]) => ({ LISTEN_PORT: ports.join(",") });

/** Every shape, the four of CI first. */
export const REAL_SERVERS: readonly RealServer[] = [
  {
    name: "reference everything over Streamable HTTP",
    transport: "auto",
    path: "/mcp",
    command: (ports) => ({
      args: ["--import", preload, ...everything("streamableHttp")],
      env: listening(ports),
    }),
    expected: { state: "up", era: "legacy", transport: "http", toolsCount: 13 },
  },
  {
    name: "reference everything over HTTP+SSE",
    transport: "auto",
    path: "/sse",
    command: (ports) => ({ args: ["--import", preload, ...everything("sse")], env: listening(ports) }),
    expected: { state: "up", era: "legacy", transport: "sse", toolsCount: 13 },
  },
  {
    name: "modern server on the official v2 package",
    transport: "auto",
    path: "/mcp",
    command: ([port]) => ({
      args: [join(here, "../demo/modern-endpoint.ts")],
      env: { LISTEN_HOST: "127.0.0.1", PORT: String(port) },
    }),
    expected: { state: "up", era: "modern", transport: "http", protocolVersion: "2026-07-28", toolsCount: 2 },
  },
  {
    name: "SDK v1 example with sessions behind OAuth",
    // Its protected-resource metadata names this host.
    host: "localhost",
    transport: "auto",
    path: "/mcp",
    command: (ports) => ({
      args: sdkExample("simpleStreamableHttp.js", "--oauth"),
      env: {
        ...listening([ports[1] as number, ports[0] as number]),
        MCP_PORT: String(ports[0]),
        MCP_AUTH_PORT: String(ports[1]),
      },
    }),
    expected: { state: "auth_walled", isAuthRequired: true },
  },
  {
    name: "fastmcp framework behind a bearer token",
    transport: "auto",
    path: "/mcp",
    command: ([port]) => ({
      args: [join(here, "bearer-walled-endpoint.ts")],
      env: { LISTEN_HOST: "127.0.0.1", PORT: String(port), TOKEN: "zoo-token" },
    }),
    expected: { state: "auth_walled", isAuthRequired: true },
  },
  {
    name: "SDK v1 example with sessions",
    transport: "auto",
    path: "/mcp",
    command: (ports) => ({ args: sdkExample("simpleStreamableHttp.js"), env: listening(ports) }),
    expected: { state: "up", era: "legacy", transport: "http" },
  },
  {
    name: "SDK v1 example without sessions",
    transport: "auto",
    path: "/mcp",
    command: (ports) => ({ args: sdkExample("simpleStatelessStreamableHttp.js"), env: listening(ports) }),
    expected: { state: "up", era: "legacy", transport: "http" },
  },
  {
    name: "SDK v1 example with JSON replies",
    transport: "auto",
    path: "/mcp",
    command: (ports) => ({ args: sdkExample("jsonResponseStreamableHttp.js"), env: listening(ports) }),
    expected: { state: "up", era: "legacy", transport: "http" },
  },
  {
    name: "SDK v1 example of HTTP+SSE",
    transport: "sse",
    path: "/mcp",
    command: (ports) => ({ args: sdkExample("simpleSseServer.js"), env: listening(ports) }),
    expected: { state: "up", era: "legacy", transport: "sse" },
  },
  {
    name: "SDK v1 example of both transports",
    transport: "auto",
    path: "/mcp",
    command: (ports) => ({
      args: sdkExample("sseAndStreamableHttpCompatibleServer.js"),
      env: listening(ports),
    }),
    expected: { state: "up", era: "legacy", transport: "http" },
  },
  {
    name: "stdio server behind supergateway, Streamable HTTP",
    transport: "auto",
    path: "/mcp",
    command: (ports) => ({
      args: [
        "--import",
        preload,
        inPackage("supergateway", "dist/index.js"),
        "--stdio",
        stdioEverything,
        "--outputTransport",
        "streamableHttp",
        "--stateful",
      ],
      env: listening(ports),
    }),
    expected: { state: "up", era: "legacy", transport: "http", toolsCount: 13 },
  },
  {
    name: "stdio server behind supergateway, HTTP+SSE",
    transport: "auto",
    path: "/sse",
    command: (ports) => ({
      args: [
        "--import",
        preload,
        inPackage("supergateway", "dist/index.js"),
        "--stdio",
        stdioEverything,
        "--outputTransport",
        "sse",
      ],
      env: listening(ports),
    }),
    expected: { state: "up", era: "legacy", transport: "sse", toolsCount: 13 },
  },
  {
    name: "stdio server behind mcp-proxy",
    transport: "auto",
    path: "/mcp",
    command: ([port]) => ({
      args: [
        inPackage("mcp-proxy", "dist/bin/mcp-proxy.mjs"),
        "--host",
        "127.0.0.1",
        "--port",
        String(port),
        "--",
        "node",
        ...everything("stdio"),
      ],
    }),
    expected: { state: "up", transport: "http", toolsCount: 13 },
  },
  {
    name: "fastmcp framework",
    transport: "auto",
    path: "/mcp",
    command: ([port]) => ({
      args: [join(here, "../demo/fastmcp-endpoint.ts")],
      env: { LISTEN_HOST: "127.0.0.1", PORT: String(port) },
    }),
    expected: { state: "up", transport: "http", toolsCount: 2 },
  },
];

export interface RunningServer {
  readonly url: string;
  stop(): Promise<void>;
}

const START_TIMEOUT_MS = 30_000;

/** Starts one server on free loopback ports and waits until its port accepts. Throws with its output when it does not. */
export async function startRealServer(server: RealServer): Promise<RunningServer> {
  const ports = [await findFreePort("127.0.0.1"), await findFreePort("127.0.0.1")];
  const { args, env } = server.command(ports);
  const child = spawn(process.execPath, args, {
    env: { ...process.env, ...env, NO_COLOR: "1" },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const output: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk: Buffer) => {
      if (output.length < 200) {
        output.push(chunk.toString());
      }
    });
  }
  await accepts(child, ports[0] as number).catch((cause: unknown) => {
    child.kill("SIGKILL");
    throw new Error(`${server.name} did not start:\n${output.join("").slice(-2_000)}`, { cause });
  });
  return {
    url: `http://${server.host ?? "127.0.0.1"}:${ports[0]}${server.path}`,
    stop: () =>
      new Promise((resolve) => {
        if (child.exitCode !== null || child.signalCode !== null) {
          return resolve();
        }
        child.once("exit", () => resolve());
        child.kill("SIGTERM");
        setTimeout(() => child.kill("SIGKILL"), 3_000).unref();
      }),
  };
}

async function accepts(child: ChildProcess, port: number): Promise<void> {
  const { connect } = await import("node:net");
  const deadline = performance.now() + START_TIMEOUT_MS;
  while (performance.now() < deadline) {
    if (child.exitCode !== null) {
      throw new Error(`exited with ${child.exitCode}`);
    }
    const isOpen = await new Promise<boolean>((resolve) => {
      const socket = connect(port, "127.0.0.1");
      socket.once("connect", () => resolve(true)).once("error", () => resolve(false));
      socket.once("connect", () => socket.destroy());
    });
    if (isOpen) {
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`nothing listens on port ${port} after ${START_TIMEOUT_MS / 1_000} s`);
}

function packageRoot(name: string): string {
  const paths = resolveFrom.resolve.paths(name) ?? [];
  const found = paths
    .map((path) => join(path, name))
    .find((path) => resolveFrom("node:fs").existsSync(join(path, "package.json")));
  if (!found) {
    throw new Error(`package ${name} is not installed`);
  }
  return found;
}
