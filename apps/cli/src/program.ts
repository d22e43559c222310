import { AppError } from "@alivemcp/core/app-error";
import { TRANSPORTS } from "@alivemcp/core/states";
import { Command, CommanderError, InvalidArgumentError, Option } from "commander";
import { createApiClient } from "./api-client.ts";
import { type CheckOptions, runCheck } from "./commands/check.ts";
import { addEndpoint, listEndpoints, showStatus } from "./commands/endpoints.ts";
import { EXIT_USAGE } from "./exit-code.ts";
import { createPalette } from "./terminal-text.ts";

/** What the terminal program touches of the world. */
export interface ProgramDeps {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly print: (text: string) => void;
  readonly printError: (text: string) => void;
  readonly hasColor: boolean;
  readonly signal: AbortSignal;
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
  const api = () =>
    createApiClient({
      apiUrl: deps.env.ALIVEMCP_API_URL || DEFAULT_API_URL,
      key: deps.env.ALIVEMCP_API_KEY,
      fetch,
    });
  const endpointDeps = () => ({ api: api(), palette, print: deps.print });

  const program = new Command("alivemcp")
    .description("Says whether an MCP server is alive, by speaking MCP to it.")
    .exitOverride()
    .configureOutput({
      writeOut: (text) => deps.print(text.trimEnd()),
      writeErr: (text) => deps.printError(text.trimEnd()),
    })
    .addHelpText(
      "after",
      "\nadd, list and status talk to the API: ALIVEMCP_API_URL (default http://127.0.0.1:4401) and ALIVEMCP_API_KEY.",
    );
  addCheckCommand(program, (url, options) => runCheck({ ...deps, palette }, url, options).then(setExitCode));
  program
    .command("add <url>")
    .description("watch a URL from now on")
    .option("--name <name>", "how pages call it")
    .addOption(transportOption())
    .option("--json", "one JSON object")
    .action((url: string, options: { name?: string; transport: string; json?: boolean }) =>
      addEndpoint(endpointDeps(), {
        url,
        name: options.name,
        transport: options.transport,
        isJson: options.json ?? false,
      }),
    );
  program
    .command("list")
    .description("the endpoints under watch, with their states")
    .option("--json", "one JSON array")
    .action((options: { json?: boolean }) =>
      listEndpoints(endpointDeps(), { isJson: options.json ?? false }),
    );
  program
    .command("status <slug>")
    .description("one endpoint; exits 0 live, 1 degraded, 2 down, 3 unknown")
    .option("--json", "one JSON object")
    .action(async (slug: string, options: { json?: boolean }) =>
      setExitCode(await showStatus(endpointDeps(), { slug, isJson: options.json ?? false })),
    );
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

function transportOption(): Option {
  return new Option("--transport <transport>", "http is Streamable HTTP, sse the old HTTP+SSE pair")
    .choices(TRANSPORTS)
    .default("auto");
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
