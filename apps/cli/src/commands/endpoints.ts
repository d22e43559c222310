import type { Command } from "commander";
import { z } from "zod";
import { type CommandDeps, printAnswer } from "../command-deps.ts";
import { type Palette, printable } from "../terminal-text.ts";
import { transportOption } from "../transport-option.ts";

/** What the API says of an endpoint, as far as the terminal shows it; other fields are passed through by `--json`. */
const endpointSchema = z.looseObject({
  id: z.string(),
  slug: z.string(),
  url: z.string(),
  state: z.string(),
  is_paused: z.boolean(),
  status_page_url: z.string(),
});
const detailSchema = endpointSchema.extend({
  raw_state: z.string().nullable(),
  failure_reason: z.string().nullable(),
  last_probe_at: z.string().nullable(),
  uptime_24h_pct: z.number().nullable(),
  uptime_30d_pct: z.number().nullable(),
  p95_latency_ms_24h: z.number().nullable(),
});

export const endpointPath = (slugOrId: string, rest = "") =>
  `/v1/endpoints/${encodeURIComponent(slugOrId)}${rest}`;

/** `add`, `list`, `status`, `pause`, `resume`, `remove`. */
export function addEndpointCommands(
  program: Command,
  deps: () => CommandDeps,
  setExitCode: (code: number) => void,
): void {
  program
    .command("add <url>")
    .description("watch a URL from now on")
    .option("--name <name>", "how pages call it")
    .addOption(transportOption())
    .option("--json", "one JSON object")
    .addHelpText("after", "\nExample:\n  alivemcp add https://mcp.example.com/mcp --name Search")
    .action((url: string, options: { name?: string; transport: string; json?: boolean }) =>
      addEndpoint(deps(), { ...options, url }),
    );
  program
    .command("list")
    .description("the endpoints under watch, with their states")
    .option("--json", "one JSON array")
    .action((options: { json?: boolean }) => listEndpoints(deps(), options.json ?? false));
  program
    .command("status <endpoint>")
    .description("one endpoint, by slug or id; exits 0 live, 1 degraded, 2 down, 3 unknown")
    .option("--json", "one JSON object")
    .action(async (slug: string, options: { json?: boolean }) =>
      setExitCode(await showStatus(deps(), { slug, isJson: options.json ?? false })),
    );
  for (const [name, description, done] of [
    ["pause", "probe an endpoint no longer, until it is resumed", "paused"],
    ["resume", "probe a paused endpoint again", "resumed"],
  ] as const) {
    program
      .command(`${name} <endpoint>`)
      .description(description)
      .option("--json", "one JSON object")
      .action(async (slug: string, options: { json?: boolean }) => {
        const answer = endpointSchema.parse(await deps().api.call("POST", endpointPath(slug, `/${name}`)));
        const lines = [`${done} ${printable(answer.slug)}`];
        printAnswer(deps(), answer, { isJson: options.json ?? false, lines });
      });
  }
  program
    .command("remove <endpoint>")
    .description("delete an endpoint with its history, for good")
    .requiredOption("--yes", "say that you mean it")
    .action(async (slug: string) => {
      await deps().api.call("DELETE", endpointPath(slug));
      deps().print(`removed ${printable(slug)}`);
    });
}

/** Registers a URL; its first verdict is there within seconds. */
async function addEndpoint(
  deps: CommandDeps,
  input: { url: string; name?: string; transport: string; json?: boolean },
): Promise<void> {
  const answer = endpointSchema.parse(
    await deps.api.call("POST", "/v1/endpoints", {
      url: input.url,
      transport: input.transport,
      ...(input.name === undefined ? {} : { name: input.name }),
    }),
  );
  printAnswer(deps, answer, {
    isJson: input.json ?? false,
    lines: [
      `added ${printable(answer.slug)}`,
      `  ${answer.status_page_url}`,
      `  its first verdict is there in seconds: alivemcp status ${printable(answer.slug)}`,
    ],
  });
}

/** Lists every endpoint, owned and followed. */
async function listEndpoints(deps: CommandDeps, isJson: boolean): Promise<void> {
  const items = await deps.api.list("/v1/endpoints", endpointSchema);
  if (items.length === 0 && !isJson) {
    deps.print("no endpoints yet: alivemcp add <url>");
    return;
  }
  const width = Math.max(0, ...items.map((item) => item.slug.length));
  printAnswer(deps, items, {
    isJson,
    lines: items.map((item) => {
      const state = paintState(deps.palette, item.is_paused ? "paused" : item.state);
      return `${state} ${printable(item.slug).padEnd(width)}  ${printable(item.url)}`;
    }),
  });
}

/** Shows one endpoint; the exit code is that of its state: 0 live, 1 degraded, 2 down, 3 unknown. */
async function showStatus(deps: CommandDeps, input: { slug: string; isJson: boolean }): Promise<number> {
  const answer = detailSchema.parse(await deps.api.call("GET", endpointPath(input.slug)));
  const percent = (value: number | null) => (value === null ? "no data yet" : `${value} %`);
  printAnswer(deps, answer, {
    isJson: input.isJson,
    lines: [
      `${paintState(deps.palette, answer.state).trimEnd()}  ${printable(answer.slug)}  ${printable(answer.url)}`,
      `  latest minute   ${answer.raw_state ?? "unknown"}${answer.failure_reason ? ` (${answer.failure_reason})` : ""}`,
      `  last probe      ${answer.last_probe_at ?? "not probed yet"}`,
      `  uptime 24 h     ${percent(answer.uptime_24h_pct)}`,
      `  uptime 30 d     ${percent(answer.uptime_30d_pct)}`,
      `  p95 24 h        ${answer.p95_latency_ms_24h === null ? "no data yet" : `${answer.p95_latency_ms_24h} ms`}`,
      `  page            ${answer.status_page_url}`,
    ],
  });
  return exitCodeOfState(answer.state);
}

/** 0 live, 1 degraded, 2 down, 3 unknown. */
export const exitCodeOfState = (state: string): number => ({ live: 0, degraded: 1, down: 2 })[state] ?? 3;

const STATE_WIDTH = 9;

/** In its colour, nine columns wide. */
export function paintState(palette: Palette, state: string): string {
  const paint = { live: palette.good, degraded: palette.warn, down: palette.bad }[state] ?? palette.dim;
  return paint(state) + " ".repeat(Math.max(0, STATE_WIDTH - state.length));
}
