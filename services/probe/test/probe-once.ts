/** Probing from tests: loopback open, everything else a test does not care about filled in. */
import type { ProbeAnswer } from "../src/make-finding.ts";
import { createProbeDeps, type ProbeDeps, type ProbeRequest } from "../src/probe-deps.ts";
import { runProbe } from "../src/run-probe.ts";

export function testDeps(overrides: Partial<ProbeDeps> = {}): ProbeDeps {
  return {
    ...createProbeDeps({ allowCidrs: ["127.0.0.0/8", "::1"], publicUrl: "https://status.example" }),
    ...overrides,
  };
}

export function testRequest(url: string, overrides: Partial<ProbeRequest> = {}): ProbeRequest {
  return {
    url,
    transport: "auto",
    remembered: null,
    lastFullHash: null,
    isToolListEmptyAtBaseline: false,
    health: { kind: "never" },
    budgetMs: 30_000,
    hasSecondAttempt: false,
    credential: null,
    ...overrides,
  };
}

/** One probe with fresh caches, unless the test brings its own deps. */
export function probeOnce(
  url: string,
  request: Partial<ProbeRequest> = {},
  deps: ProbeDeps = testDeps(),
): Promise<ProbeAnswer> {
  return runProbe(deps, testRequest(url, request));
}
