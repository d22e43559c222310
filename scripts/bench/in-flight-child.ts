/** A process that does nothing but probe: told `{ url, count }`, it says `started` with all in flight, `done` at the end. */
import { createProbeDeps } from "@alivemcp/probe/probe-deps";
import { runProbe } from "@alivemcp/probe/run-probe";

const deps = createProbeDeps({ allowCidrs: ["127.0.0.0/8"], publicUrl: "https://alivemcp.test" });

process.on("message", async ({ url, count }: { url: string; count: number }) => {
  const probes = Array.from({ length: count }, () =>
    runProbe(deps, {
      url,
      transport: "http",
      remembered: { era: "legacy", transport: "http", protocolVersion: "2025-11-25" },
      lastFullHash: null,
      isToolListEmptyAtBaseline: false,
      health: { kind: "never" },
      budgetMs: 30_000,
      hasSecondAttempt: false,
      credential: null,
    }),
  );
  process.send?.("started");
  const answers = await Promise.all(probes);
  process.send?.({
    unsuccessful: answers.filter(({ finding }) => finding.state === "down" || finding.state === "unknown")
      .length,
  });
});
process.once("disconnect", () => process.exit(0));
