import { runProgram } from "../src/program.ts";

/** Runs `alivemcp <args>` in this process, without colours, and gives all it printed. */
export async function runInTerminal(
  args: readonly string[],
  options: { env?: Readonly<Record<string, string>>; interruptAfterMs?: number } = {},
): Promise<{ exitCode: number; out: string; err: string }> {
  const out: string[] = [];
  const err: string[] = [];
  const exitCode = await runProgram(
    {
      env: options.env ?? {},
      print: (text) => out.push(text),
      printError: (text) => err.push(text),
      hasColor: false,
      signal:
        options.interruptAfterMs === undefined
          ? new AbortController().signal
          : AbortSignal.timeout(options.interruptAfterMs),
    },
    args,
  );
  return { exitCode, out: out.join("\n"), err: err.join("\n") };
}
