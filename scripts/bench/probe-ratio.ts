/**
 * Complete probes per CPU-second of this process, and the ratio to the least code that sends the same four requests
 * (initialize, initialized, tools/list, DELETE) over a fresh connection and parses the answers. Both share one TLS
 * context; blocks alternate, so that a machine whose speed drifts slows both.
 */
import { connect as connectTcp } from "node:net";
import { connect as connectTls, createSecureContext, type SecureContext } from "node:tls";
import { createProbeDeps } from "@alivemcp/probe/probe-deps";
import { runProbe } from "@alivemcp/probe/run-probe";
import { Client } from "undici";
import { createAuthority } from "../../services/probe/test/certificates.ts";
import { openStub } from "./open-stub.ts";

export interface ProbeRatio {
  readonly ratio: number;
  readonly probesPerCpuS: number;
  readonly baselinePerCpuS: number;
}

const CONCURRENCY = 32;
const BLOCK_PROBES = 400;
const BLOCKS = 6;

export async function measureProbeRatio(scheme: "http" | "https"): Promise<ProbeRatio> {
  const authority = await createAuthority();
  const certificate = await authority.issue({ names: ["127.0.0.1"] });
  const secureContext = createSecureContext({ ca: authority.ca });
  const stub = await openStub({ delayMs: 0, ...(scheme === "https" ? { tls: certificate } : {}) });
  try {
    const origin = `${scheme}://127.0.0.1:${stub.port}`;
    const probe = await createProbeOnce(`${origin}/mcp`, secureContext);
    const baseline = () => baselineOnce(origin, secureContext);
    await runBlock(probe, BLOCK_PROBES / 2);
    await runBlock(baseline, BLOCK_PROBES / 2);
    const cpu = { probe: [] as number[], baseline: [] as number[] };
    for (let block = 0; block < BLOCKS; block += 1) {
      cpu.probe.push(await runBlock(probe, BLOCK_PROBES));
      cpu.baseline.push(await runBlock(baseline, BLOCK_PROBES));
    }
    const ratios = cpu.probe.map((seconds, block) => (cpu.baseline[block] as number) / seconds);
    return {
      ratio: median(ratios),
      probesPerCpuS: BLOCK_PROBES / median(cpu.probe),
      baselinePerCpuS: BLOCK_PROBES / median(cpu.baseline),
    };
  } finally {
    await stub.close();
  }
}

/** A routine probe: the wire is remembered, the tool list is the known one. Throws when it is not `up`. */
async function createProbeOnce(url: string, secureContext: SecureContext): Promise<() => Promise<void>> {
  const deps = {
    ...createProbeDeps({ allowCidrs: ["127.0.0.0/8"], publicUrl: "https://alivemcp.test" }),
    secureContext,
  };
  const request = {
    url,
    transport: "auto",
    remembered: { era: "legacy", transport: "http", protocolVersion: "2025-11-25" },
    isToolListEmptyAtBaseline: false,
    health: { kind: "never" },
    budgetMs: 30_000,
    hasSecondAttempt: true,
    credential: null,
  } as const;
  const first = await runProbe(deps, { ...request, lastFullHash: null });
  const lastFullHash = first.finding.fullHash;
  return async () => {
    const { finding } = await runProbe(deps, { ...request, lastFullHash });
    if (finding.state !== "up") {
      throw new Error(`the stub was judged ${finding.state}: ${finding.reason} ${finding.detail}`);
    }
  };
}

/** The least that does the same requests: no guard, no bounds, no timings, no hash, no verdict. */
async function baselineOnce(origin: string, secureContext: SecureContext): Promise<void> {
  const url = new URL(origin);
  const client = new Client(origin, {
    connect: (_options, callback) => {
      const target = { host: url.hostname, port: Number(url.port) };
      const socket =
        url.protocol === "https:"
          ? connectTls({ ...target, secureContext, ALPNProtocols: ["http/1.1"] }, () =>
              callback(null, socket),
            )
          : connectTcp(target, () => callback(null, socket));
      socket.once("error", (err) => callback(err, null));
    },
  });
  try {
    const initialized = await baselinePost(client, INITIALIZE, {});
    const session = String(initialized.headers["mcp-session-id"]);
    const headers = { "mcp-session-id": session, "mcp-protocol-version": "2025-11-25" };
    await baselinePost(client, '{"jsonrpc":"2.0","method":"notifications/initialized"}', headers);
    await baselinePost(client, '{"jsonrpc":"2.0","id":2,"method":"tools/list"}', headers);
    const deleted = await client.request({ method: "DELETE", path: "/mcp", headers });
    await deleted.body.text();
  } finally {
    await client.destroy();
  }
}

const INITIALIZE = JSON.stringify({
  jsonrpc: "2.0",
  id: 1,
  method: "initialize",
  params: { protocolVersion: "2025-11-25", capabilities: {}, clientInfo: { name: "baseline", version: "1" } },
});

async function baselinePost(client: Client, body: string, headers: Record<string, string>) {
  const response = await client.request({
    method: "POST",
    path: "/mcp",
    headers: {
      "content-type": "application/json",
      accept: "application/json, text/event-stream",
      ...headers,
    },
    body,
  });
  const text = await response.body.text();
  if (text !== "") {
    JSON.parse(text);
  }
  return response;
}

/** Runs `count` of `once`, 32 at a time, and gives the CPU seconds this process used. */
async function runBlock(once: () => Promise<void>, count: number): Promise<number> {
  const before = process.cpuUsage();
  let left = count;
  const lane = async () => {
    while (left > 0) {
      left -= 1;
      await once();
    }
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, lane));
  const used = process.cpuUsage(before);
  return (used.user + used.system) / 1e6;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1
    ? (sorted[middle] as number)
    : ((sorted[middle - 1] as number) + (sorted[middle] as number)) / 2;
}
