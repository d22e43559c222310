/**
 * A child whose probes do what their URL's path says, over the real protocol: everything of the supervisor can be
 * tried without a network. Started by fork, like `src/child.ts`.
 */
import type { ProbeFinding } from "@alivemcp/core/pipeline";
import type { ProbeOrder } from "../src/child-protocol.ts";
import { FLIGHT_RECORDER_FD } from "../src/child-protocol.ts";
import { createFlightRecorder } from "../src/flight-recorder.ts";
import { type ProbeContext, serveProbes } from "../src/serve-probes.ts";
import { finding } from "./finding.ts";

const HASH = "a".repeat(64);

async function act(
  order: ProbeOrder,
  { signal, handover }: Pick<ProbeContext, "signal" | "handover">,
): Promise<ProbeFinding> {
  const { pathname, searchParams } = new URL(order.url);
  const aborted = new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve()));
  const startedAtMs = Date.now();
  const ended = (over: Partial<ProbeFinding>) => finding({ startedAtMs, observedAtMs: Date.now(), ...over });
  switch (pathname) {
    case "/up":
      return ended({ fullHash: HASH });
    case "/slow":
      await new Promise((resolve) => setTimeout(resolve, Number(searchParams.get("ms"))));
      return ended({});
    // Says under which number it would fetch its credential.
    case "/dispatch":
      return ended({ detail: String(handover?.jobDispatch) });
    // As `/slow`, and says in which process, and whether another tenant's probe ran in it meanwhile.
    case "/of":
      return ofTenant(searchParams, ended);
    // Ends itself at its budget, as the real probe does.
    case "/hang":
      await new Promise((resolve) => setTimeout(resolve, order.budgetMs));
      return ended({ state: "down", reason: "timeout", layer: "http", latencyMs: null });
    // Outlives its budget and listens to the abort only.
    case "/overdue":
      await aborted;
      return ended({ state: "unknown", reason: "probe_error", layer: "probe", detail: "probe_aborted" });
    case "/deaf":
      return new Promise(() => {});
    case "/malformed":
      return { ...ended({}), state: "excellent" } as unknown as ProbeFinding;
    case "/busy":
      for (;;) {
        // Never gives the loop back.
      }
    case "/crash":
      process.exit(3);
      break;
    // Late by as much as it is told, in the middle of the handshake.
    case "/late": {
      const untilMs = performance.now() + Number(searchParams.get("ms"));
      while (performance.now() < untilMs) {
        // Holds the loop.
      }
      await new Promise((resolve) => setTimeout(resolve, 20));
      return ended({});
    }
  }
  throw new Error(`no such script: ${pathname}`);
}

const tenantsHere = new Map<string, number>();

async function ofTenant(
  params: URLSearchParams,
  ended: (over: Partial<ProbeFinding>) => ProbeFinding,
): Promise<ProbeFinding> {
  const tenant = params.get("tenant") ?? "";
  const count = (by: number) => tenantsHere.set(tenant, (tenantsHere.get(tenant) ?? 0) + by);
  const isAlone = () => [...tenantsHere].every(([other, probes]) => other === tenant || probes === 0);
  count(1);
  const wasAlone = isAlone();
  await new Promise((resolve) => setTimeout(resolve, Number(params.get("ms"))));
  const detail = wasAlone && isAlone() ? "alone" : "mixed";
  count(-1);
  return ended({ server: { name: String(process.pid), version: "1" }, detail });
}

serveProbes({
  async probe(order, { signal, handover, onStep }) {
    onStep({ step: "dns", ms: 1, ok: true, detail: null });
    const found = await act(order, { signal, handover });
    onStep({ step: "handshake", ms: 2, ok: true, detail: null });
    const isNew = found.fullHash !== null && found.fullHash !== order.lastFullHash;
    return { finding: found, toolList: isNew ? JSON.stringify([{ name: "echo" }]) : null };
  },
  selfCheck: async (urls) => urls.some((url) => url.includes("good")),
  touch: createFlightRecorder(FLIGHT_RECORDER_FD),
});
