import { AppError } from "@alivemcp/core/app-error";
import type { Command } from "commander";
import { InvalidArgumentError, Option } from "commander";
import { z } from "zod";
import { type CommandDeps, printAnswer } from "../command-deps.ts";
import { printable } from "../terminal-text.ts";
import { endpointPath, exitCodeOfState, paintState } from "./endpoints.ts";

const endpointSchema = z.looseObject({
  slug: z.string(),
  state: z.string(),
  raw_state: z.string().nullable(),
  failure_reason: z.string().nullable(),
  is_stale: z.boolean(),
  is_confirming: z.boolean(),
  is_paused: z.boolean(),
  last_probe_at: z.string().nullable(),
});
type Endpoint = z.infer<typeof endpointSchema>;
const requestSchema = z.looseObject({ requested_at: z.string() });

const POLL_MS = 2_000;
/** Out-of-turn probes while waiting: the host's own budget allows ten a minute, and others ask, too. */
const PROBE_EVERY_MS = 20_000;
const TIMEOUT_S_MAX = 3_600;

/** States that a wait is over at. */
const GOALS = { up: ["live"], reachable: ["live", "degraded"], down: ["down"] } as const;
type Goal = keyof typeof GOALS;

export interface WaitDeps extends CommandDeps {
  readonly nowMs: () => number;
  readonly pause: (ms: number) => Promise<void>;
}

/** `wait`: the guardrail of a deployment. */
export function addWaitCommand(
  program: Command,
  deps: () => WaitDeps,
  setExitCode: (code: number) => void,
): void {
  program
    .command("wait <endpoint>")
    .description("wait until an endpoint is in a state, by probes that began after now")
    .addOption(
      new Option("--for <state>", "up: live; reachable: live or degraded; down")
        .choices(Object.keys(GOALS))
        .default("up"),
    )
    .option("--timeout <seconds>", "give up after so long, at most 3600", wholeSeconds, 300)
    .option("--json", "one JSON object at the end")
    .addHelpText(
      "after",
      `
It has the endpoint probed from every region at once and believes only what was seen since.

Exit codes: 0 it is so · at the deadline, by the state then: 1 degraded (or live, when waiting for down) · 2 down ·
3 unknown, or the API cannot be reached · 64 wrong usage, no such endpoint, or it is paused.

Example, as the last step of a deployment:
  alivemcp wait search --for up --timeout 300`,
    )
    .action(async (slug: string, options: { for: Goal; timeout: number; json?: boolean }) =>
      setExitCode(
        await waitFor(deps(), {
          slug,
          goal: options.for,
          timeoutS: options.timeout,
          isJson: options.json ?? false,
        }),
      ),
    );
}

async function waitFor(
  deps: WaitDeps,
  input: { readonly slug: string; readonly goal: Goal; readonly timeoutS: number; readonly isJson: boolean },
): Promise<number> {
  const deadlineMs = deps.nowMs() + input.timeoutS * 1_000;
  let sinceMs: number | null = null;
  let probeDueMs = deps.nowMs();
  for (;;) {
    if (deps.nowMs() >= probeDueMs) {
      const requestedAt = await askForProbe(deps, input.slug);
      sinceMs ??= requestedAt ?? deps.nowMs();
      probeDueMs = deps.nowMs() + PROBE_EVERY_MS;
    }
    const endpoint = endpointSchema.parse(await deps.api.call("GET", endpointPath(input.slug)));
    if (isReached(endpoint, input.goal, sinceMs ?? 0)) {
      report(deps, endpoint, { isReached: true, isJson: input.isJson });
      return 0;
    }
    if (deps.nowMs() + POLL_MS > deadlineMs || deps.signal.aborted) {
      report(deps, endpoint, { isReached: false, isJson: input.isJson });
      return exitCodeOfState(endpoint.state) || 1;
    }
    deps.printError(
      deps.palette.dim(`… ${endpoint.state}${endpoint.is_confirming ? ", looking again" : ""}`),
    );
    await deps.pause(POLL_MS);
  }
}

/** Epoch ms from which results count; null when no probe could be asked for now: the regular ones go on. */
async function askForProbe(deps: WaitDeps, slug: string): Promise<number | null> {
  try {
    const answer = requestSchema.parse(await deps.api.call("POST", endpointPath(slug, "/probes")));
    return Date.parse(answer.requested_at);
  } catch (err) {
    if (err instanceof AppError && (err.code === "rate_limited" || err.code === "upstream")) {
      return null;
    }
    throw err;
  }
}

/** Committed, and seen since: an old verdict proves nothing about a new deployment. */
function isReached(endpoint: Endpoint, goal: Goal, sinceMs: number): boolean {
  const isSeen = endpoint.last_probe_at !== null && Date.parse(endpoint.last_probe_at) >= sinceMs;
  const isSettled = !endpoint.is_stale && !endpoint.is_confirming;
  const isRawFitting = goal === "down" || (endpoint.raw_state !== "down" && endpoint.raw_state !== "unknown");
  return isSeen && isSettled && isRawFitting && (GOALS[goal] as readonly string[]).includes(endpoint.state);
}

function report(
  deps: WaitDeps,
  endpoint: Endpoint,
  { isReached: isDone, isJson }: { readonly isReached: boolean; readonly isJson: boolean },
): void {
  const state = paintState(deps.palette, endpoint.state).trimEnd();
  const reason = endpoint.failure_reason === null ? "" : ` (${endpoint.failure_reason})`;
  printAnswer(
    deps,
    { ...endpoint, is_reached: isDone },
    {
      isJson,
      lines: [
        isDone
          ? `${state}  ${printable(endpoint.slug)}`
          : `${state}${reason}  ${printable(endpoint.slug)}: the deadline has passed; see alivemcp status ${printable(endpoint.slug)}`,
      ],
    },
  );
}

function wholeSeconds(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1 || value > TIMEOUT_S_MAX) {
    throw new InvalidArgumentError(`give whole seconds from 1 to ${TIMEOUT_S_MAX}`);
  }
  return value;
}
