import { type Command, InvalidArgumentError } from "commander";
import { z } from "zod";
import { type CommandDeps, printAnswer } from "../command-deps.ts";
import { printable } from "../terminal-text.ts";
import { endpointPath } from "./endpoints.ts";

const incidentSchema = z.looseObject({
  id: z.string(),
  endpoint: z.looseObject({ slug: z.string(), name: z.string() }),
  state: z.string(),
  severity: z.string(),
  causes: z.array(z.string()),
  failure_reason: z.string().nullable(),
  started_at: z.string(),
  resolved_at: z.string().nullable(),
  is_simulated: z.boolean(),
});
type Incident = z.infer<typeof incidentSchema>;

const entrySchema = z.looseObject({
  kind: z.string(),
  at: z.string(),
  event: z.string().optional(),
  facts: z.record(z.string(), z.unknown()).optional(),
  update: z.looseObject({ stage: z.string(), body: z.string() }).optional(),
  delivery: z
    .looseObject({ event: z.string(), state: z.string(), sink: z.looseObject({ name: z.string() }) })
    .optional(),
  decision: z
    .looseObject({
      verdict: z.string(),
      why: z.string(),
      sink: z.looseObject({ name: z.string() }).nullable(),
    })
    .optional(),
});
const detailSchema = z.looseObject({ incident: incidentSchema, timeline: z.array(entrySchema) });

const path = (id: string, rest = "") => `/v1/incidents/${encodeURIComponent(id)}${rest}`;
const HOUR_MS = 3_600_000;

/** `incidents list|show|ack|unack|comment|mute|unmute`. */
export function addIncidentCommands(
  program: Command,
  deps: () => CommandDeps & { nowMs: () => number },
): void {
  const incidents = program.command("incidents").description("outages and what is made of them");
  incidents
    .command("list")
    .description("newest first")
    .option("--state <state>", "open, acknowledged or resolved")
    .option("--endpoint <endpoint>", "of one endpoint, by slug or id")
    .option("--severity <severity>", "P1 or P2")
    .option("--json", "one JSON array")
    .action(async (options: Record<"state" | "endpoint" | "severity", string> & { json?: boolean }) => {
      const { json, ...filter } = options;
      const query = new URLSearchParams(filter).toString();
      const rows = await deps().api.list(`/v1/incidents${query === "" ? "" : `?${query}`}`, incidentSchema);
      const lines = rows.length === 0 ? ["no incidents"] : rows.map((row) => incidentLine(deps(), row));
      printAnswer(deps(), rows, { isJson: json ?? false, lines });
    });
  incidents
    .command("show <id>")
    .description("with its timeline: what happened, who was told, and why somebody was not")
    .option("--json", "one JSON object")
    .action(async (id: string, options: { json?: boolean }) => {
      const answer = detailSchema.parse(await deps().api.call("GET", path(id)));
      const lines = [incidentLine(deps(), answer.incident), ...answer.timeline.map(entryLine)];
      printAnswer(deps(), answer, { isJson: options.json ?? false, lines });
    });
  const deed = (name: string, description: string, request: readonly ["POST" | "DELETE", string]) => {
    incidents
      .command(`${name} <id>`)
      .description(description)
      .option("--json", "one JSON object")
      .action(async (id: string, options: { json?: boolean }) => {
        const [method, rest] = request;
        const row = incidentSchema.parse(await deps().api.call(method, path(id, rest)));
        printAnswer(deps(), row, { isJson: options.json ?? false, lines: [incidentLine(deps(), row)] });
      });
  };
  deed("ack", "say that somebody is on it: escalation stops", ["POST", "/acknowledge"]);
  deed("unack", "take an acknowledgement back", ["DELETE", "/acknowledge"]);
  deed("unmute", "end a mute", ["DELETE", "/mute"]);
  incidents
    .command("mute <id>")
    .description("keep it quiet; if it is still on at the end, it is told again")
    .option("--hours <hours>", "for so long, at most 168", hours, 1)
    .option("--json", "one JSON object")
    .action(async (id: string, options: { hours: number; json?: boolean }) => {
      const until = new Date(deps().nowMs() + options.hours * HOUR_MS).toISOString();
      const row = incidentSchema.parse(await deps().api.call("PUT", path(id, "/mute"), { until }));
      printAnswer(deps(), row, { isJson: options.json ?? false, lines: [`muted until ${until}`] });
    });
  incidents
    .command("comment <id> <text>")
    .description("write into the workspace's own timeline")
    .action(async (id: string, text: string) => {
      await deps().api.call("POST", path(id, "/comments"), { body: text });
      deps().print("noted");
    });
}

/** `simulate`. */
export function addSimulateCommand(program: Command, deps: () => CommandDeps): void {
  program
    .command("simulate <endpoint>")
    .description("drive the whole path of alerting once, with an outage that is marked as a test")
    .option("--json", "one JSON object")
    .addHelpText("after", "\nOnly your workspace is told. It is over after a minute. Five an hour.")
    .action(async (slug: string, options: { json?: boolean }) => {
      const answer = z
        .looseObject({ incident_id: z.string() })
        .parse(await deps().api.call("POST", endpointPath(slug, "/simulate")));
      const lines = [`simulated: alivemcp incidents show ${answer.incident_id}`];
      printAnswer(deps(), answer, { isJson: options.json ?? false, lines });
    });
}

function incidentLine({ palette }: CommandDeps, row: Incident): string {
  const state = row.state === "resolved" ? palette.good(row.state) : palette.bad(row.state);
  const what = row.failure_reason ?? row.causes.join(",");
  const test = row.is_simulated ? "  simulated" : "";
  return `${row.id}  ${row.started_at}  ${row.severity}  ${state}  ${printable(row.endpoint.slug)}  ${what}${test}`;
}

function entryLine(entry: z.infer<typeof entrySchema>): string {
  const { at, event, facts, update, delivery, decision } = entry;
  if (update !== undefined) {
    return `  ${at}  told the public (${update.stage}): ${printable(update.body)}`;
  }
  if (delivery !== undefined) {
    return `  ${at}  ${delivery.event} to ${printable(delivery.sink.name)}: ${delivery.state}`;
  }
  if (decision !== undefined) {
    const to = decision.sink === null ? "" : ` to ${printable(decision.sink.name)}`;
    return `  ${at}  ${decision.verdict}${to}: ${printable(decision.why)}`;
  }
  const body = typeof facts?.body === "string" ? `: ${printable(facts.body)}` : "";
  return `  ${at}  ${event ?? entry.kind}${body}`;
}

function hours(text: string): number {
  const value = Number(text);
  if (!(value > 0 && value <= 168)) {
    throw new InvalidArgumentError("give hours, at most 168");
  }
  return value;
}
