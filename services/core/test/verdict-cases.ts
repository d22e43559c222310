/** Generated and hand-made region results of one minute, for the tests that hold core and Lua against each other. */
import fc from "fast-check";
import { MINUTE_MS, type ProbeFinding, type RegionResult } from "../src/pipeline.ts";
import { FAILURE_REASONS, PROBE_STATES, type ProbeState } from "../src/states.ts";

export const MINUTE = 29_000_000;
export const MINUTE_AT_MS = MINUTE * MINUTE_MS;
export const REGIONS = ["us-east", "us-west", "eu-west", "ap-southeast", "sa-east"] as const;
const HASHES = ["a".repeat(64), "b".repeat(64)] as const;

const PLAIN_FINDING: ProbeFinding = {
  state: "up",
  reason: null,
  layer: null,
  detail: null,
  isAuthRequired: false,
  startedAtMs: MINUTE_AT_MS,
  observedAtMs: MINUTE_AT_MS + 400,
  latencyMs: 120,
  era: "legacy",
  protocolVersion: "2025-11-25",
  transport: "http",
  server: { name: "everything", version: "1.0.0" },
  toolsCount: 8,
  contractHash: HASHES[0],
  fullHash: HASHES[0],
  transientReason: null,
  tlsExpiresAtMs: null,
  retryAfterMs: null,
  lints: [],
  steps: [],
  evidence: null,
};

export interface ResultShape {
  readonly endpointId: string;
  readonly jobId?: string;
  readonly job?: Partial<RegionResult["job"]>;
  readonly finding?: Partial<ProbeFinding>;
}

/** A region result that is `up` from us-east, in the slot at the start of `MINUTE`, unless said otherwise. */
export function makeResult({ endpointId, jobId, job, finding }: ResultShape): RegionResult {
  const whole: RegionResult["job"] = {
    kind: "slot",
    endpointId,
    region: "us-east",
    regionsAsked: [...REGIONS],
    slotAtMs: MINUTE_AT_MS,
    minute: MINUTE,
    lastSlotOfMinuteAtMs: MINUTE_AT_MS,
    coversMinutes: 1,
    retentionClass: "d90",
    look: null,
    lastFullHash: HASHES[0],
    ...job,
  };
  return {
    v: 1,
    traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
    jobId: jobId ?? `${endpointId}-${whole.slotAtMs}`,
    job: whole,
    finding: { ...PLAIN_FINDING, ...finding },
  };
}

/** Any result of `MINUTE` for one endpoint: slots of several cadences, looks and immediate probes, instants that collide. */
export function anyResult(endpointId: string): fc.Arbitrary<RegionResult> {
  return fc
    .record({
      kind: fc.constantFrom(
        "slot" as const,
        "slot" as const,
        "slot" as const,
        "look" as const,
        "now" as const,
      ),
      region: fc.constantFrom(...REGIONS),
      asked: fc.subarray([...REGIONS], { minLength: 1 }),
      slotOffsetMs: fc.constantFrom(0, 30_000),
      hasLastSlot: fc.boolean(),
      lastSlotOffsetMs: fc.constantFrom(0, 30_000),
      observedOffsetMs: fc.constantFrom(400, 401, 30_400, 50_000),
      coversMinutes: fc.constantFrom(1, 15),
      state: fc.constantFrom(...PROBE_STATES),
      reason: fc.constantFrom(null, ...FAILURE_REASONS.slice(0, 4)),
      latencyMs: fc.option(fc.double({ min: 0, max: 20_000, noNaN: true })),
      fullHash: fc.constantFrom(null, ...HASHES),
      isHealed: fc.boolean(),
      n: fc.constantFrom(1 as const, 2 as const),
    })
    .map((shape) => {
      const startedAtMs = MINUTE_AT_MS + shape.slotOffsetMs;
      const isSlot = shape.kind === "slot";
      return makeResult({
        endpointId,
        jobId: `${endpointId}-${shape.kind}-${shape.slotOffsetMs}`,
        job: {
          kind: shape.kind,
          region: shape.region,
          regionsAsked: [...new Set([...shape.asked, shape.region])],
          slotAtMs: startedAtMs,
          lastSlotOfMinuteAtMs:
            isSlot || shape.hasLastSlot
              ? MINUTE_AT_MS + shape.lastSlotOffsetMs
              : MINUTE_AT_MS - 5 * MINUTE_MS,
          coversMinutes: shape.coversMinutes,
          look: shape.kind === "look" ? { confirmation: MINUTE_AT_MS, n: shape.n } : null,
        },
        finding: {
          state: shape.state,
          reason: shape.reason,
          startedAtMs,
          observedAtMs: MINUTE_AT_MS + shape.observedOffsetMs,
          latencyMs: shape.latencyMs,
          fullHash: shape.fullHash,
          transientReason: shape.isHealed ? "connection_refused" : null,
        },
      });
    });
}

/** A finding that says no more than its state. */
export const failing = (state: ProbeState, over: Partial<ProbeFinding> = {}): Partial<ProbeFinding> => ({
  state,
  reason: state === "unknown" ? "probe_error" : "connection_refused",
  latencyMs: null,
  fullHash: null,
  ...over,
});
