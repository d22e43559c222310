import { AppError } from "@alivemcp/core/app-error";
import { Command, CommanderError, InvalidArgumentError } from "commander";
import { createApiClient } from "./api-client.ts";
import { addAccountCommands } from "./commands/account.ts";
import { addMaintenanceCommands, addRuleCommands } from "./commands/alert-rules.ts";
import { type CheckOptions, runCheck } from "./commands/check.ts";
import { addDeliveryCommands } from "./commands/deliveries.ts";
import { addDriftCommands } from "./commands/drift.ts";
import { addEndpointCommands } from "./commands/endpoints.ts";
import { addIncidentCommands, addSimulateCommand } from "./commands/incidents.ts";
import { addKeyCommands } from "./commands/keys.ts";
import { addOperatorCommands } from "./commands/operators.ts";
import { addSinkCommands } from "./commands/sinks.ts";
import { addWaitCommand } from "./commands/wait.ts";
import { EXIT_USAGE } from "./exit-code.ts";
import { readLogin } from "./stored-login.ts";
import { createPalette } from "./terminal-text.ts";
import { transportOption } from "./transport-option.ts";

/** What the terminal program touches of the world. */
export interface ProgramDeps {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly print: (text: string) => void;
  readonly printError: (text: string) => void;
  readonly hasColor: boolean;
  readonly signal: AbortSignal;
  /** Asks a person for a secret without showing it; null when nobody sits there. */
  readonly readSecret: (question: string) => Promise<string | null>;
  /** Everything on standard input. */
  readonly readInput: () => Promise<string>;
  readonly nowMs: () => number;
  readonly pause: (ms: number) => Promise<void>;
}

/** Where `scripts/up` puts the API. */
const DEFAULT_API_URL = "http://127.0.0.1:4401";

/** Runs `alivemcp <arguments>` and gives the exit code. Never throws. */
export async function runProgram(deps: ProgramDeps, argv: readonly string[]): Promise<number> {
  let exitCode = 0;
  const program = buildProgram(deps, (code) => {
    exitCode = code;
  });
  try {
    await program.parseAsync([...argv], { from: "user" });
    return exitCode;
  } catch (err) {
    return failureCode(deps, err);
  }
}

function failureCode(deps: ProgramDeps, err: unknown): number {
  if (err instanceof CommanderError) {
    return err.exitCode === 0 ? 0 : EXIT_USAGE;
  }
  if (err instanceof AppError) {
    deps.printError(`alivemcp: ${err.field === null ? "" : `${err.field}: `}${err.public}`);
    return err.code === "upstream" ? 3 : EXIT_USAGE;
  }
  deps.printError(`alivemcp: ${err instanceof Error ? err.message : String(err)}`);
  return 3;
}

function buildProgram(deps: ProgramDeps, setExitCode: (code: number) => void): Command {
  const palette = createPalette(deps.hasColor);
  const login = () => readLogin(deps.env);
  const apiUrl = () => deps.env.ALIVEMCP_API_URL || login()?.api_url || DEFAULT_API_URL;
  const api = () =>
    createApiClient({ apiUrl: apiUrl(), key: deps.env.ALIVEMCP_API_KEY || login()?.api_key, fetch });
  const commandDeps = () => ({ ...deps, palette, api: api() });

  const program = new Command("alivemcp")
    .description("Says whether an MCP server is alive, by speaking MCP to it.")
    .exitOverride()
    .configureOutput({
      writeOut: (text) => deps.print(text.trimEnd()),
      writeErr: (text) => deps.printError(text.trimEnd()),
    })
    .addHelpText(
      "after",
      `
All but check talk to the API: alivemcp login stores a key; ALIVEMCP_API_KEY and ALIVEMCP_API_URL (default
${DEFAULT_API_URL}) win over it.

Exit codes: 0 done · 1–3 of check, status and wait: their --help · 3 the API cannot be reached · 64 wrong usage, or refused.`,
    );
  addCheckCommand(program, (url, options) => runCheck({ ...deps, palette }, url, options).then(setExitCode));
  addAccountCommands(program, () => ({ ...deps, palette, api, apiUrl: apiUrl() }));
  addEndpointCommands(program, commandDeps, setExitCode);
  addWaitCommand(program, commandDeps, setExitCode);
  addDriftCommands(program, commandDeps);
  addKeyCommands(program, commandDeps);
  addIncidentCommands(program, commandDeps);
  addSimulateCommand(program, commandDeps);
  addSinkCommands(program, commandDeps);
  addRuleCommands(program, commandDeps);
  addMaintenanceCommands(program, commandDeps);
  addDeliveryCommands(program, commandDeps);
  addOperatorCommands(program, commandDeps);
  return program;
}

function addCheckCommand(program: Command, run: (url: string, options: CheckOptions) => Promise<void>): void {
  program
    .command("check <url>")
    .description("probe a URL once from here, exactly as the workers do")
    .option("--json", "one JSON object instead of the waterfall")
    .addOption(transportOption())
    .option("--bearer <token>", "send this bearer token (visible in the process list: prefer --bearer-env)")
    .option("--bearer-env <name>", "send the bearer token held by this environment variable")
    .option("--header <header>", 'send this header, "Name: value"; may be repeated', collect, [])
    .option(
      "--header-env <header>",
      'as --header, "Name: VARIABLE", the value comes from the environment',
      collect,
      [],
    )
    .option("--tool <name>", "also call this tool, without arguments; only do so when it is read-only")
    .option("--timeout <seconds>", "budget of the whole probe, 1 to 30", seconds, 30)
    .option("--allow-private", "let the URL be on a private or loopback address")
    .option("--official-client", "also run the official TypeScript clients (v1, v2) and show what they get")
    .option("--save-baseline <file>", "write the tool list to a file, to compare with later")
    .option("--baseline <file>", "compare with a saved tool list; exit 1 on breaking drift")
    .addHelpText(
      "after",
      "\nExit codes: 0 up, or a well-formed login wall · 1 degraded, or breaking drift · 2 down · 3 unknown · 64 wrong usage.",
    )
    .action(run);
}

function collect(value: string, previous: string[]): string[] {
  return [...previous, value];
}

function seconds(text: string): number {
  const value = Number(text);
  if (!Number.isFinite(value) || value < 1 || value > 30) {
    throw new InvalidArgumentError("give a number of seconds from 1 to 30");
  }
  return value;
}
