import type { ApiClient } from "./api-client.ts";
import type { Palette } from "./terminal-text.ts";

/** What a command that talks to the API gets. */
export interface CommandDeps {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly api: ApiClient;
  readonly palette: Palette;
  readonly print: (text: string) => void;
  readonly printError: (text: string) => void;
  readonly signal: AbortSignal;
}

/** One object for programs with `--json`, else the lines for people. */
export function printAnswer(
  { print }: Pick<CommandDeps, "print">,
  answer: unknown,
  { isJson, lines }: { readonly isJson: boolean; readonly lines: readonly string[] },
): void {
  print(isJson ? JSON.stringify(answer) : lines.join("\n"));
}
