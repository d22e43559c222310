/** Runs one client scenario of the official MCP conformance suite against the probe, and gives its verdict. */
import { execFile } from "node:child_process";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export interface Scenario {
  readonly name: string;
  readonly specVersion: "2025-11-25" | "2026-07-28";
}

/**
 * The client scenarios that concern a prober, on both wires. The OAuth ones want an interactive log-in; those about
 * elicitation, skills and custom parameter headers are about things a probe never does.
 */
export const SCENARIOS: readonly Scenario[] = [
  { name: "initialize", specVersion: "2025-11-25" },
  { name: "request-metadata", specVersion: "2026-07-28" },
  { name: "sse-retry", specVersion: "2025-11-25" },
  { name: "http-standard-headers", specVersion: "2026-07-28" },
  { name: "tools_call", specVersion: "2025-11-25" },
  { name: "tools_call", specVersion: "2026-07-28" },
  { name: "json-schema-2020-12-preservation", specVersion: "2025-11-25" },
  { name: "json-schema-2020-12-preservation", specVersion: "2026-07-28" },
  { name: "json-schema-ref-no-deref", specVersion: "2026-07-28" },
  { name: "http-invalid-tool-headers", specVersion: "2026-07-28" },
];

export interface ScenarioResult {
  readonly isPassed: boolean;
  /** "Passed: 3/3, 0 failed, 0 warnings", or the end of the output when there was no such line. */
  readonly summary: string;
}

const TIMEOUT_MS = 60_000;
const suite = join(
  dirname(createRequire(import.meta.url).resolve("@modelcontextprotocol/conformance/package.json")),
  "dist/index.js",
);
const client = fileURLToPath(new URL("probe-client.ts", import.meta.url));

export function runScenario(scenario: Scenario): Promise<ScenarioResult> {
  const args = [suite, "client", "--command", `${process.execPath} ${client}`];
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [...args, "--scenario", scenario.name, "--spec-version", scenario.specVersion],
      { timeout: TIMEOUT_MS, maxBuffer: 16 * 1024 * 1024 },
      (err, stdout, stderr) => {
        const output = `${stdout}${stderr}`;
        const summary = /Passed: .*/.exec(output)?.[0] ?? output.slice(-500);
        resolve({ isPassed: err === null, summary });
      },
    );
  });
}
