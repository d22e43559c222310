import type { Command } from "commander";
import { z } from "zod";
import { type CommandDeps, printAnswer } from "../command-deps.ts";
import { printable } from "../terminal-text.ts";
import { endpointPath } from "./endpoints.ts";

const driftSchema = z.looseObject({
  id: z.string(),
  at: z.string(),
  kind: z.string(),
  is_breaking: z.boolean(),
  is_suspicious: z.boolean(),
  accepted_at: z.string().nullable(),
  changes: z.array(
    z.looseObject({ kind: z.string(), class: z.string(), tool: z.string(), path: z.string() }),
  ),
});
const baselineSchema = z.looseObject({ is_new: z.boolean(), full_hash: z.string().nullable() });

/** `drift list`, `drift accept`. */
export function addDriftCommands(program: Command, deps: () => CommandDeps): void {
  const drift = program.command("drift").description("changes of an endpoint's tools");
  drift
    .command("list <endpoint>")
    .description("every change, newest first; marks those that break callers")
    .option("--open", "only those that nobody accepted yet")
    .option("--json", "one JSON array")
    .action(async (slug: string, options: { open?: boolean; json?: boolean }) => {
      const all = await deps().api.list(endpointPath(slug, "/drift"), driftSchema);
      const shown = options.open ? all.filter((event) => event.accepted_at === null) : all;
      const lines = shown.flatMap((event) => eventLines(deps(), event));
      printAnswer(deps(), shown, {
        isJson: options.json ?? false,
        lines: lines.length === 0 ? ["no changes"] : lines,
      });
    });
  drift
    .command("accept <endpoint>")
    .description("call the tools as they are now the baseline")
    .option("--hash <hash>", "the list to accept, where regions serve different ones")
    .option("--json", "one JSON object")
    .addHelpText(
      "after",
      "\nExample, after a release:\n  alivemcp drift list search --open\n  alivemcp drift accept search",
    )
    .action(async (slug: string, options: { hash?: string; json?: boolean }) => {
      const body = options.hash === undefined ? {} : { full_hash: options.hash };
      const answer = baselineSchema.parse(
        await deps().api.call("POST", endpointPath(slug, "/baseline"), body),
      );
      const line = answer.is_new
        ? `accepted ${answer.full_hash}`
        : "every region serves the baseline already";
      printAnswer(deps(), answer, { isJson: options.json ?? false, lines: [line] });
    });
}

function eventLines({ palette }: CommandDeps, event: z.infer<typeof driftSchema>): string[] {
  const marks = [
    event.is_breaking ? palette.bad("breaking") : palette.good("compatible"),
    event.is_suspicious ? palette.warn("look at its texts") : "",
    event.accepted_at === null ? "" : palette.dim("accepted"),
  ].filter((mark) => mark !== "");
  return [
    `${event.at}  ${event.kind}  ${marks.join(", ")}`,
    ...event.changes.map(
      (change) =>
        `  ${change.class.padEnd(10)} ${change.kind}  ${printable(change.tool)}${change.path === "" ? "" : ` ${printable(change.path)}`}`,
    ),
  ];
}
