/** Runs `alivemcp check --official-client --json` against one real server and says where probe, expectation and clients differ. */
import { execFile } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type RealServer, startRealServer } from "./real-servers.ts";

export interface ZooAnswer {
  readonly name: string;
  readonly state: string;
  readonly reason: string | null;
  readonly exitCode: number;
  readonly clients: string;
  /** Empty when the probe is right and the clients agree. */
  readonly disagreements: readonly string[];
}

interface Report {
  state: string;
  failure_reason: string | null;
  auth_required: boolean;
  era: string | null;
  protocol_version: string | null;
  transport: string | null;
  tools_count: number | null;
  official_clients: { client: string; outcome: string; tools_count: number | null; detail: string | null }[];
}

const cli = join(fileURLToPath(new URL("../..", import.meta.url)), "apps/cli/src/main.ts");
const CHECK_TIMEOUT_MS = 60_000;

export async function compareWithClients(server: RealServer): Promise<ZooAnswer> {
  const running = await startRealServer(server);
  try {
    const { exitCode, stdout } = await check(running.url, server.transport);
    const report = JSON.parse(stdout) as Report;
    return {
      name: server.name,
      state: report.state,
      reason: report.failure_reason,
      exitCode,
      clients: report.official_clients
        .map(
          (client) =>
            `${client.outcome}${client.tools_count === null ? "" : ` (${client.tools_count} tools)`}`,
        )
        .join(", "),
      disagreements: [...unexpected(server, report), ...clientDisagreements(report)],
    };
  } finally {
    await running.stop();
  }
}

function check(url: string, transport: string): Promise<{ exitCode: number; stdout: string }> {
  const args = [
    cli,
    "check",
    url,
    "--allow-private",
    "--json",
    "--official-client",
    "--transport",
    transport,
  ];
  return new Promise((resolve, reject) => {
    execFile(process.execPath, args, { timeout: CHECK_TIMEOUT_MS }, (err, stdout, stderr) => {
      const exitCode = err ? err.code : 0;
      if (typeof exitCode !== "number" || exitCode === 64) {
        reject(new Error(`check did not run: ${stderr}`));
      } else {
        resolve({ exitCode, stdout });
      }
    });
  });
}

function unexpected(server: RealServer, report: Report): string[] {
  const seen: Record<string, unknown> = {
    state: report.state,
    era: report.era,
    transport: report.transport,
    protocolVersion: report.protocol_version,
    toolsCount: report.tools_count,
    isAuthRequired: report.auth_required,
  };
  return Object.entries(server.expected)
    .filter(([name, value]) => seen[name] !== value)
    .map(([name, value]) => `${name}: expected ${value}, probe said ${seen[name]}`);
}

/** A real client can use it exactly when we say up; a modern-only server is out of reach of the v1 client, by design. */
function clientDisagreements(report: Report): string[] {
  const usable = report.official_clients.filter((client) => client.outcome === "connected");
  const isUp = report.state === "up" || report.state === "degraded";
  const counts = usable.filter((client) => client.tools_count !== report.tools_count);
  return [
    ...(isUp === usable.length > 0
      ? []
      : [`probe says ${report.state}, but ${usable.length} official clients connected`]),
    ...counts.map(
      (client) => `${client.client} sees ${client.tools_count} tools, the probe ${report.tools_count}`,
    ),
  ];
}
