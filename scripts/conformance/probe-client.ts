/**
 * The probe as the client under test of the official MCP conformance suite. The suite appends its server's URL and
 * judges the traffic; a probe that is not `up` fails the scenario too.
 *
 * Test-only: the tools it calls, with their arguments, are those the scenarios offer.
 */
import type { HealthOptions } from "@alivemcp/core/health-options";
import { createProbeDeps } from "@alivemcp/probe/probe-deps";
import { runProbe } from "@alivemcp/probe/run-probe";

const ECHO_TOOL = "json_schema_echo";
const ARGUMENTS_OF_TOOL: Readonly<Record<string, Record<string, unknown>>> = {
  add_numbers: { a: 5, b: 3 },
  test_reconnection: {},
  test_headers: {},
  valid_tool: {},
};

const url = process.argv.at(-1) ?? "";
const deps = createProbeDeps({ allowCidrs: [], publicUrl: "https://alivemcp.test", allowPrivate: true });
const request = {
  url,
  transport: "auto",
  remembered: null,
  lastFullHash: null,
  isToolListEmptyAtBaseline: false,
  budgetMs: 25_000,
  hasSecondAttempt: false,
  credential: null,
} as const;

const first = await runProbe(deps, { ...request, health: { kind: "never" } });
const health = toolToCall((first.toolList ?? []) as { name: string; inputSchema: unknown }[]);
const { finding } = health ? await runProbe(deps, { ...request, health }) : first;

console.log(JSON.stringify(finding));
process.exitCode = finding.state === "up" ? 0 : 1;

function toolToCall(tools: readonly { name: string; inputSchema: unknown }[]): HealthOptions | null {
  if (tools.some((tool) => tool.name === ECHO_TOOL)) {
    const seen = tools.find((tool) => tool.name !== ECHO_TOOL);
    return {
      kind: "named",
      tool: ECHO_TOOL,
      arguments: { schema: seen?.inputSchema },
      isReadOnlyConfirmed: true,
    };
  }
  const known = tools.find((tool) => Object.hasOwn(ARGUMENTS_OF_TOOL, tool.name));
  return known
    ? {
        kind: "named",
        tool: known.name,
        arguments: ARGUMENTS_OF_TOOL[known.name] ?? {},
        isReadOnlyConfirmed: true,
      }
    : null;
}
