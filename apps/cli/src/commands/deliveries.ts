import type { Command } from "commander";
import { z } from "zod";
import { type CommandDeps, printAnswer } from "../command-deps.ts";
import { printable } from "../terminal-text.ts";

const deliverySchema = z.looseObject({
  id: z.string(),
  created_at: z.string(),
  event: z.string(),
  title: z.string(),
  state: z.string(),
  attempts: z.number(),
  why: z.string().nullable(),
  last_answer: z.string().nullable(),
  sink: z.looseObject({ name: z.string() }),
});
const detailSchema = z.looseObject({
  delivery: deliverySchema,
  attempts: z.array(
    z.looseObject({
      n: z.number(),
      at: z.string(),
      outcome: z.string(),
      status: z.number().nullable(),
      answer: z.string().nullable(),
    }),
  ),
});
const path = (id: string, rest = "") => `/v1/deliveries/${encodeURIComponent(id)}${rest}`;

/** `deliveries list|show|resend`. */
export function addDeliveryCommands(program: Command, deps: () => CommandDeps): void {
  const deliveries = program.command("deliveries").description("what was sent, and what came of it");
  deliveries
    .command("list")
    .description("newest first")
    .option("--state <state>", "pending, sent, failed, folded or cancelled")
    .option("--sink <id>", "to one sink")
    .option("--incident <id>", "about one incident")
    .option("--json", "one JSON array")
    .action(async (options: Record<"state" | "sink" | "incident", string> & { json?: boolean }) => {
      const { json, ...filter } = options;
      const query = new URLSearchParams(filter).toString();
      const rows = await deps().api.list(`/v1/deliveries${query === "" ? "" : `?${query}`}`, deliverySchema);
      const lines = rows.length === 0 ? ["nothing was sent"] : rows.map((row) => deliveryLine(deps(), row));
      printAnswer(deps(), rows, { isJson: json ?? false, lines });
    });
  deliveries
    .command("show <id>")
    .description("with every try and what the receiver answered")
    .option("--json", "one JSON object")
    .action(async (id: string, options: { json?: boolean }) => {
      const answer = detailSchema.parse(await deps().api.call("GET", path(id)));
      const lines = answer.attempts.map(
        ({ n, at, outcome, status, answer: said }) =>
          `  ${n}. ${at}  ${outcome}  ${status ?? ""} ${printable(said ?? "")}`,
      );
      printAnswer(deps(), answer, {
        isJson: options.json ?? false,
        lines: [deliveryLine(deps(), answer.delivery), ...lines],
      });
    });
  deliveries
    .command("resend <id>")
    .description("the same message to the same sink once more")
    .option("--json", "one JSON object")
    .action(async (id: string, options: { json?: boolean }) => {
      const answer = z
        .looseObject({ delivery_id: z.string() })
        .parse(await deps().api.call("POST", path(id, "/resend")));
      const lines = [`on its way: alivemcp deliveries show ${answer.delivery_id}`];
      printAnswer(deps(), answer, { isJson: options.json ?? false, lines });
    });
}

function deliveryLine({ palette }: CommandDeps, row: z.infer<typeof deliverySchema>): string {
  const state = row.state === "failed" ? palette.bad(row.state) : row.state;
  const why = row.why === null ? "" : `  ${printable(row.why)}`;
  return `${row.id}  ${row.created_at}  ${state}  ${printable(row.sink.name)}  ${printable(row.title)}${why}`;
}
