import { FAILURE_REASONS, type FailureReason } from "@alivemcp/core/states";
import { expect, test } from "vitest";
import { AGAIN_FAULTS } from "./again-faults.ts";
import { CREDENTIAL_FAULTS } from "./credential-faults.ts";
import { DIAL_FAULTS } from "./dial-faults.ts";
import { EXPECTATION_FAULTS } from "./expectation-faults.ts";
import { HANDSHAKE_FAULTS } from "./handshake-faults.ts";
import { HEALTH_FAULTS } from "./health-faults.ts";
import { FLOODS, HOSTILE_FAULTS } from "./hostile-faults.ts";
import { HTTP_FAULTS } from "./http-faults.ts";
import { LIST_FAULTS } from "./list-faults.ts";
import { MANNERS_FAULTS } from "./manners-faults.ts";
import { PAIR_FAULTS } from "./pair-faults.ts";
import { REDIRECT_FAULTS } from "./redirect-faults.ts";
import { TLS_FAULTS } from "./tls-faults.ts";
import { WALL_FAULTS } from "./wall-faults.ts";

const ALL = [
  DIAL_FAULTS,
  TLS_FAULTS,
  REDIRECT_FAULTS,
  Object.values(HTTP_FAULTS).flat(),
  Object.values(HANDSHAKE_FAULTS).flat(),
  Object.values(LIST_FAULTS).flat(),
  Object.values(WALL_FAULTS).flat(),
  Object.values(CREDENTIAL_FAULTS).flat(),
  PAIR_FAULTS,
  HEALTH_FAULTS,
  Object.values(EXPECTATION_FAULTS).flat(),
  Object.values(MANNERS_FAULTS).flat(),
  AGAIN_FAULTS,
  FLOODS,
  HOSTILE_FAULTS,
].flat();

/** Reasons that no single probe can conclude, each with who does. */
const NOT_OF_A_PROBE: Partial<Record<FailureReason, string>> = {
  credential_expiring: "a date its owner declared or its token carries, compared by a clock",
  error_rate_elevated: "a share of many results",
};

test("every reason that a probe can give is produced by some fault, and judged", () => {
  const produced = new Set(ALL.map(({ judged }) => judged.split(" ")[1]));
  const missing = FAILURE_REASONS.filter((reason) => !produced.has(reason));
  expect(missing.sort()).toEqual(Object.keys(NOT_OF_A_PROBE).sort());
});

test("every fault has a name of its own", () => {
  const names = ALL.map(({ name }) => name);
  expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
});
