/**
 * Ends every session an endpoint handed out, also on error replies: at one probe a minute a forgotten one is 1,440 a day
 * in somebody's memory. How an endpoint takes it is never held against it.
 */
import { exchange } from "./exchange.ts";
import { baseHeaders, noteStep, type ProbeRun } from "./probe-run.ts";

/** Outside the probe's budget. */
export const CLOSE_BUDGET_MS = 1_500;

/** Sends `DELETE` for each session, with the probe's own credentials, and waits at most 1.5 s for all of them. */
export async function closeSessions(run: ProbeRun): Promise<void> {
  if (run.sessions.size === 0) {
    return;
  }
  const startedMs = performance.now();
  run.scope.cancelled = null;
  const closing = Promise.all([...run.sessions].map(([id, url], index) => closeOne(run, id, url, index)));
  const statuses = await withinBudget(closing);
  run.sessions.clear();
  const detail = statuses === null ? "no answer in time" : statuses.join(", ");
  noteStep(run, "close", performance.now() - startedMs, statuses !== null, detail);
}

async function closeOne(run: ProbeRun, id: string, url: URL, index: number): Promise<string> {
  const headers = baseHeaders(run);
  headers.push("mcp-session-id", id);
  if (run.wire !== null) {
    headers.push("mcp-protocol-version", run.wire.protocolVersion);
  }
  const result = await exchange(run.scope, {
    url,
    method: "DELETE",
    headers,
    body: null,
    timeoutMs: CLOSE_BUDGET_MS,
    bodyBytesMax: 65_536,
    // The first goes over the connection that is open anyway.
    lane: index === 0 ? "main" : `close-${index}`,
    readBody: null,
  });
  return result.kind === "replied" ? `${result.head.status}` : result.outcome.kind;
}

function withinBudget<T>(work: Promise<T>): Promise<T | null> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(null), CLOSE_BUDGET_MS);
    void work.then((result) => {
      clearTimeout(timer);
      resolve(result);
    });
  });
}
