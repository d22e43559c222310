import type { FailureReason, ProbeState } from "@alivemcp/core/states";
import { expect, test } from "vitest";
import { exitCodeOf } from "./exit-code.ts";

const cases: [ProbeState, FailureReason | null, number][] = [
  ["up", null, 0],
  ["auth_walled", "auth_required", 0],
  ["auth_walled", null, 0],
  ["auth_walled", "auth_challenge_malformed", 1],
  ["auth_walled", "credential_rejected", 1],
  ["degraded", "latency", 1],
  ["down", "connection_refused", 2],
  ["unknown", "probe_error", 3],
];

test.each(cases)("%s with reason %s exits with %i", (state, reason, code) => {
  expect(exitCodeOf({ state, reason })).toBe(code);
});
