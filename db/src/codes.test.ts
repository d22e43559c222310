import { PLAN_NAMES } from "@alivemcp/core/plans";
import { FAILURE_REASONS, PROBE_STATES } from "@alivemcp/core/states";
import { expect, test } from "vitest";
import { REASON_CODES, RETENTION_CLASS_CODES, reasonOfCode, STATE_CODES, stateOfCode } from "./codes.ts";

test.each([
  ["state", PROBE_STATES, STATE_CODES],
  ["reason", FAILURE_REASONS, REASON_CODES],
  ["retention class", PLAN_NAMES, RETENTION_CLASS_CODES],
])("every %s has a code of its own", (_name, words, codes) => {
  expect(Object.keys(codes).sort()).toEqual([...words].sort());
  expect(new Set(Object.values(codes)).size).toBe(words.length);
});

test("codes come back as their words", () => {
  expect(PROBE_STATES.map((state) => stateOfCode(STATE_CODES[state]))).toEqual(PROBE_STATES);
  expect(FAILURE_REASONS.map((reason) => reasonOfCode(REASON_CODES[reason]))).toEqual(FAILURE_REASONS);
});

test("a code of a newer version is refused, not guessed", () => {
  expect(() => stateOfCode(99)).toThrow("no word has the code 99");
});
