import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { connect } from "node:net";
import { createProbeDeps } from "@alivemcp/probe/probe-deps";
import { runProbe } from "@alivemcp/probe/run-probe";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { findFreePortBase } from "../services/free-port.ts";
import { DEMO_RANGE, demoEndpoints } from "./demo-endpoints.ts";

const endpoints = demoEndpoints(await findFreePortBase());
const children: ChildProcess[] = [];

async function isListening(host: string, port: number): Promise<boolean> {
  const socket = connect(port, host);
  try {
    await once(socket, "connect");
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

beforeAll(async () => {
  for (const { program, env } of endpoints) {
    children.push(spawn(process.execPath, program, { env: { ...env }, stdio: "ignore" }));
  }
  const deadline = Date.now() + 30_000;
  for (const { host, port, name } of endpoints) {
    while (!(await isListening(host, port))) {
      if (Date.now() > deadline) {
        throw new Error(`${name} does not listen on ${host}:${port}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
});
afterAll(() => {
  for (const child of children) {
    child.kill("SIGKILL");
  }
});

const probe = (url: string, transport: "auto" | "http" | "sse", allowCidrs: string[]) =>
  runProbe(createProbeDeps({ allowCidrs, publicUrl: "http://127.0.0.1" }), {
    url,
    transport,
    remembered: null,
    lastFullHash: null,
    isToolListEmptyAtBaseline: false,
    health: { kind: "auto" },
    budgetMs: 30_000,
    hasSecondAttempt: false,
    credential: null,
  });

const EXPECTED = {
  "Everything (Streamable HTTP)": { state: "up", era: "legacy", transport: "http", toolsCount: 13 },
  "Everything (HTTP+SSE)": { state: "up", era: "legacy", transport: "sse", toolsCount: 13 },
  "FastMCP clock": { state: "up", era: "legacy", toolsCount: 2 },
  "Modern notes": { state: "up", era: "modern", protocolVersion: "2026-07-28", toolsCount: 2 },
  "Login wall": { state: "auth_walled", reason: "auth_required", isAuthRequired: true },
  "Comes and goes": { state: "up" },
  "Drifting tools": { state: "up", toolsCount: 2 },
};

describe("a fresh copy's endpoints", () => {
  test.each(endpoints)("$name is judged as what it is there to show", async ({ name, url, transport }) => {
    const { finding } = await probe(url, transport, [DEMO_RANGE]);
    expect(finding).toMatchObject(EXPECTED[name as keyof typeof EXPECTED]);
  });

  test.each(endpoints)("$name is bound to its own address alone", async ({ port }) => {
    expect(await isListening("127.0.0.1", port)).toBe(false);
  });

  test("without the demo range none may be probed, and with it 127.0.0.1 still may not", async () => {
    const [first] = endpoints;
    const closed = await probe(first?.url ?? "", "auto", []);
    expect(closed.finding).toMatchObject({ state: "down", reason: "target_blocked" });
    const loopback = await probe("http://127.0.0.1:9/mcp", "auto", [DEMO_RANGE]);
    expect(loopback.finding).toMatchObject({ state: "down", reason: "target_blocked" });
  });
});
