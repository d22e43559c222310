import { AppError } from "@alivemcp/core/app-error";
import type { Command } from "commander";
import { z } from "zod";
import { createApiClient } from "../api-client.ts";
import { type CommandDeps, printAnswer } from "../command-deps.ts";
import { deleteLogin, writeLogin } from "../stored-login.ts";
import { printable } from "../terminal-text.ts";

const meSchema = z.looseObject({
  key: z.looseObject({ scopes: z.array(z.string()) }).nullable(),
  is_operator: z.boolean(),
  workspace: z.looseObject({ name: z.string(), slug: z.string(), is_suspended: z.boolean() }),
  plan: z.looseObject({ name: z.string() }),
});

export interface AccountDeps extends Omit<CommandDeps, "api"> {
  readonly api: () => CommandDeps["api"];
  readonly apiUrl: string;
  /** Asks a person for a secret without showing it; null when nobody sits there. */
  readonly readSecret: (question: string) => Promise<string | null>;
  /** Everything on standard input. */
  readonly readInput: () => Promise<string>;
}

/** `login`, `logout`, `whoami`. */
export function addAccountCommands(program: Command, deps: () => AccountDeps): void {
  program
    .command("login")
    .description("store an API key of a workspace for this user")
    .option("--with-token", "read the key from standard input instead of asking for it")
    .addHelpText(
      "after",
      `
The key is verified, then stored in $XDG_CONFIG_HOME/alivemcp/login.json (default ~/.config), readable by you only.
ALIVEMCP_API_KEY wins over it. Make a key in the dashboard, under API keys.

Examples:
  alivemcp login
  alivemcp login --with-token < key.txt
  ALIVEMCP_API_URL=https://alivemcp.example.com/ alivemcp login`,
    )
    .action((options: { withToken?: boolean }) => login(deps(), options.withToken ?? false));
  program
    .command("logout")
    .description("forget the stored key; revoke it with `alivemcp keys revoke` when others may have it")
    .action(() => {
      const { env, print } = deps();
      print(deleteLogin(env) ? "logged out" : "nobody was logged in");
    });
  program
    .command("whoami")
    .description("the workspace, plan and scopes behind the key")
    .option("--json", "one JSON object")
    .action((options: { json?: boolean }) => whoAmI(deps(), options.json ?? false));
}

async function login(deps: AccountDeps, isFromInput: boolean): Promise<void> {
  const text = isFromInput ? await deps.readInput() : await deps.readSecret("API key: ");
  const key = text?.trim() ?? "";
  if (key === "") {
    throw new AppError({
      code: "invalid",
      internal: "no key given",
      public: isFromInput
        ? "there was no key on standard input"
        : "no key was typed; where nobody can type, use --with-token",
    });
  }
  const api = createApiClient({ apiUrl: deps.apiUrl, key, fetch });
  const me = meSchema.parse(await api.call("GET", "/v1/me"));
  const file = writeLogin(deps.env, { api_url: deps.apiUrl, api_key: key });
  deps.print(`logged in to ${printable(me.workspace.name)} at ${deps.apiUrl}\n  stored in ${file}`);
  if (deps.env.ALIVEMCP_API_KEY) {
    deps.printError("alivemcp: ALIVEMCP_API_KEY is set and wins over the stored key");
  }
}

async function whoAmI(deps: AccountDeps, isJson: boolean): Promise<void> {
  const answer = meSchema.parse(await deps.api().call("GET", "/v1/me"));
  const { workspace, plan, key } = answer;
  printAnswer(deps, answer, {
    isJson,
    lines: [
      `${printable(workspace.name)} (${workspace.slug})${workspace.is_suspended ? ", suspended: nothing can be changed" : ""}`,
      `  plan    ${plan.name}`,
      `  key     ${key === null ? "operator key" : key.scopes.join(", ")}`,
      `  api     ${deps.apiUrl}`,
    ],
  });
}
