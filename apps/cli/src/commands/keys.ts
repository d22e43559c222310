import { SCOPES } from "@alivemcp/core/permissions";
import { type Command, InvalidArgumentError } from "commander";
import { z } from "zod";
import { type CommandDeps, printAnswer } from "../command-deps.ts";
import { printable } from "../terminal-text.ts";

const keySchema = z.looseObject({
  id: z.string(),
  name: z.string(),
  hint: z.string(),
  scopes: z.array(z.string()),
  expires_at: z.string().nullable(),
  last_used_at: z.string().nullable(),
  revoked_at: z.string().nullable(),
});
const createdSchema = keySchema.extend({ key: z.string() });
const DAY_MS = 86_400_000;

/** `keys list`, `keys create`, `keys revoke`. */
export function addKeyCommands(program: Command, deps: () => CommandDeps & { nowMs: () => number }): void {
  const keys = program.command("keys").description("API keys of the workspace");
  keys
    .command("list")
    .description("every key, newest first, with its last use")
    .option("--json", "one JSON array")
    .action(async (options: { json?: boolean }) => {
      const rows = await deps().api.list("/v1/keys", keySchema);
      const lines = rows.map((row) => {
        const state = row.revoked_at === null ? `used ${row.last_used_at ?? "never"}` : "revoked";
        return `${row.id}  ${row.hint}  ${printable(row.name)}  ${row.scopes.join(",")}  ${state}`;
      });
      printAnswer(deps(), rows, { isJson: options.json ?? false, lines });
    });
  keys
    .command("create <name>")
    .description("make a key; it is shown this once")
    .requiredOption("--scope <scope>", `may be repeated: ${SCOPES.join(", ")}`, collect, [])
    .option("--expires-in <days>", "days until it ends, at most 730", wholeDays)
    .option("--json", "one JSON object")
    .addHelpText(
      "after",
      "\nExample, for a deployment:\n  alivemcp keys create deploys --scope read --scope endpoints:write --expires-in 90",
    )
    .action(async (name: string, options: { scope: string[]; expiresIn?: number; json?: boolean }) => {
      const { api, nowMs } = deps();
      const expiresAt =
        options.expiresIn === undefined ? null : new Date(nowMs() + options.expiresIn * DAY_MS).toISOString();
      const answer = createdSchema.parse(
        await api.call("POST", "/v1/keys", { name, scopes: options.scope, expires_at: expiresAt }),
      );
      if (!options.json) {
        deps().printError("keep it: nobody can show it again");
      }
      printAnswer(deps(), answer, { isJson: options.json ?? false, lines: [answer.key] });
    });
  keys
    .command("revoke <id>")
    .description("end a key at once")
    .action(async (id: string) => {
      const answer = keySchema.parse(await deps().api.call("DELETE", `/v1/keys/${encodeURIComponent(id)}`));
      deps().print(`revoked ${answer.hint}`);
    });
}

const collect = (value: string, previous: string[]): string[] => [...previous, value];

function wholeDays(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1 || value > 730) {
    throw new InvalidArgumentError("give whole days from 1 to 730");
  }
  return value;
}
