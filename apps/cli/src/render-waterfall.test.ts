import { PROBE_STEPS, type ProbeFinding, type ProbeStep } from "@alivemcp/core/pipeline";
import { expect, test } from "vitest";
import { renderWaterfall } from "./render-waterfall.ts";
import { createPalette } from "./terminal-text.ts";

const plain = createPalette(false);
const finding = (over: Partial<ProbeFinding>): ProbeFinding => ({
  state: "up",
  reason: null,
  layer: null,
  detail: null,
  isAuthRequired: false,
  startedAtMs: 0,
  observedAtMs: 0,
  latencyMs: null,
  era: null,
  protocolVersion: null,
  transport: null,
  server: null,
  toolsCount: null,
  contractHash: null,
  fullHash: null,
  transientReason: null,
  tlsExpiresAtMs: null,
  retryAfterMs: null,
  lints: [],
  steps: [],
  evidence: null,
  ...over,
});
const stepOf = (step: ProbeStep["step"]): ProbeStep => ({ step, ms: 1, ok: true, detail: null });

test("the times of all steps stand in one column, however long a step's name is", () => {
  const lines = renderWaterfall(
    "https://x.example/mcp",
    finding({ steps: PROBE_STEPS.map(stepOf) }),
    plain,
  ).split("\n");
  const columns = PROBE_STEPS.map((step) =>
    lines.find((line) => line.includes(` ${step} `))?.indexOf("1.0 ms"),
  );
  expect(new Set(columns).size).toBe(1);
  expect(columns[0]).toBeGreaterThan(0);
});

test.each([
  { reason: "auth_required", says: "reachable, login required" },
  { reason: "credential_rejected", says: "reachable, credential rejected" },
] as const)("a wall with the reason $reason is told as: $says", ({ reason, says }) => {
  const text = renderWaterfall(
    "https://x.example/mcp",
    finding({ state: "auth_walled", reason, layer: "auth" }),
    plain,
  );
  expect(text.split("\n")[0]).toContain(says);
});
