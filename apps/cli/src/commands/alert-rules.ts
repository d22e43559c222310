import { readFileSync } from "node:fs";
import { type Command, InvalidArgumentError } from "commander";
import { z } from "zod";
import { type CommandDeps, printAnswer } from "../command-deps.ts";
import { printable } from "../terminal-text.ts";

const ruleSchema = z.looseObject({
  id: z.string(),
  name: z.string(),
  is_enabled: z.boolean(),
  severities: z.array(z.string()),
  sink_ids: z.array(z.string()),
});
const savedSchema = z.looseObject({ rule: ruleSchema, warnings: z.array(z.string()) });
const previewSchema = z.looseObject({
  items: z.array(
    z.looseObject({
      verdict: z.string(),
      why: z.string(),
      sink: z.looseObject({ name: z.string() }).nullable(),
    }),
  ),
});
const windowSchema = z.looseObject({
  id: z.string(),
  name: z.string(),
  starts_at: z.string(),
  ends_at: z.string(),
  cancelled_at: z.string().nullable(),
});
const items = <Row>(row: z.ZodType<Row>) => z.looseObject({ items: z.array(row) });

/** `rules list|add|remove|preview`. */
export function addRuleCommands(program: Command, deps: () => CommandDeps): void {
  const rules = program.command("rules").description("which alerts go where");
  rules
    .command("list")
    .description("in their order; without any, everything but P4 goes to the default sink")
    .option("--json", "one JSON array")
    .action(async (options: { json?: boolean }) => {
      const answer = items(ruleSchema).parse(await deps().api.call("GET", "/v1/rules"));
      const lines = answer.items.map(ruleLine);
      printAnswer(deps(), answer.items, {
        isJson: options.json ?? false,
        lines: lines.length === 0 ? ["no rules: everything but P4 goes to the default sink"] : lines,
      });
    });
  rules
    .command("add <file>")
    .description("add the rule of a JSON file, as POST /v1/rules takes it; - reads standard input")
    .option("--json", "one JSON object")
    .action(async (file: string, options: { json?: boolean }) => {
      const answer = savedSchema.parse(await deps().api.call("POST", "/v1/rules", jsonFile(file)));
      for (const warning of answer.warnings) {
        deps().printError(deps().palette.warn(printable(warning)));
      }
      printAnswer(deps(), answer, { isJson: options.json ?? false, lines: [ruleLine(answer.rule)] });
    });
  rules
    .command("remove <id>")
    .description("remove a rule")
    .action(async (id: string) => {
      await deps().api.call("DELETE", `/v1/rules/${encodeURIComponent(id)}`);
      deps().print("removed");
    });
  rules
    .command("preview <endpoint>")
    .description("where an alert would go, and why; nothing is sent")
    .option("--severity <severity>", "P1, P2, P3 or P4", "P1")
    .option("--at <instant>", "such as 2026-11-21T03:00:00Z; default: now")
    .option("--json", "one JSON array")
    .action(async (endpoint: string, options: { severity: string; at?: string; json?: boolean }) => {
      const { severity, at } = options;
      const body = { endpoint, severity, ...(at === undefined ? {} : { at }) };
      const answer = previewSchema.parse(await deps().api.call("POST", "/v1/rules/preview", body));
      const lines = answer.items.map(
        ({ verdict, sink, why }) => `${verdict}  ${printable(sink?.name ?? "nobody")}  ${printable(why)}`,
      );
      printAnswer(deps(), answer.items, { isJson: options.json ?? false, lines });
    });
}

/** `maintenance list|add|end`. */
export function addMaintenanceCommands(
  program: Command,
  deps: () => CommandDeps & { nowMs: () => number },
): void {
  const maintenance = program.command("maintenance").description("windows in which nobody is paged");
  maintenance
    .command("list")
    .description("the latest start first")
    .option("--json", "one JSON array")
    .action(async (options: { json?: boolean }) => {
      const answer = items(windowSchema).parse(await deps().api.call("GET", "/v1/maintenance-windows"));
      const lines = answer.items.map(windowLine);
      printAnswer(deps(), answer.items, {
        isJson: options.json ?? false,
        lines: lines.length === 0 ? ["no maintenance"] : lines,
      });
    });
  maintenance
    .command("add <name>")
    .description("announce maintenance, of everything or of some")
    .option("--minutes <minutes>", "how long it takes", minutes, 60)
    .option("--at <instant>", "when it begins; default: now")
    .option("--tag <tag>", "of endpoints with this tag only; may be repeated", collect, [])
    .option("--json", "one JSON object")
    .action(
      async (name: string, options: { minutes: number; at?: string; tag: string[]; json?: boolean }) => {
        const startsMs = options.at === undefined ? deps().nowMs() : Date.parse(options.at);
        if (Number.isNaN(startsMs)) {
          throw new InvalidArgumentError("give an instant such as 2026-11-21T10:00:00Z");
        }
        const row = windowSchema.parse(
          await deps().api.call("POST", "/v1/maintenance-windows", {
            name,
            scope: options.tag.length === 0 ? { kind: "all" } : { kind: "some", tags: options.tag },
            starts_at: new Date(startsMs).toISOString(),
            ends_at: new Date(startsMs + options.minutes * 60_000).toISOString(),
          }),
        );
        printAnswer(deps(), row, { isJson: options.json ?? false, lines: [windowLine(row)] });
      },
    );
  maintenance
    .command("end <id>")
    .description("end a window for good")
    .option("--json", "one JSON object")
    .action(async (id: string, options: { json?: boolean }) => {
      const row = windowSchema.parse(
        await deps().api.call("DELETE", `/v1/maintenance-windows/${encodeURIComponent(id)}`),
      );
      printAnswer(deps(), row, { isJson: options.json ?? false, lines: [windowLine(row)] });
    });
}

const ruleLine = (rule: z.infer<typeof ruleSchema>): string =>
  `${rule.id}  ${printable(rule.name)}  ${rule.severities.join(",")}  ${rule.sink_ids.length} sinks${rule.is_enabled ? "" : "  off"}`;

const windowLine = (row: z.infer<typeof windowSchema>): string =>
  `${row.id}  ${row.starts_at} – ${row.ends_at}  ${printable(row.name)}${row.cancelled_at === null ? "" : "  ended"}`;

function jsonFile(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file === "-" ? 0 : file, "utf8"));
  } catch {
    throw new InvalidArgumentError(`${file} is no file of JSON`);
  }
}

function minutes(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1 || value > 10_080) {
    throw new InvalidArgumentError("give whole minutes, at most 10080");
  }
  return value;
}

const collect = (value: string, previous: string[]): string[] => [...previous, value];
