import { setTimeout as pause } from "node:timers/promises";
import { runProgram } from "../src/program.ts";

/** Runs `alivemcp <args>` in this process, without colours, and gives all it printed. */
export async function runInTerminal(
  args: readonly string[],
  options: {
    env?: Readonly<Record<string, string>>;
    interruptAfterMs?: number;
    /** What is typed where a secret is asked for. */
    secret?: string;
    /** Standard input. */
    input?: string;
  } = {},
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
      readSecret: async () => options.secret ?? null,
      readInput: async () => options.input ?? "",
      nowMs: Date.now,
      pause: (ms) => pause(Math.min(ms, 50)),
    },
    args,
  );
  return { exitCode, out: out.join("\n"), err: err.join("\n") };
}
