import { expect, test } from "vitest";
import { splitLints } from "./capability-lints.ts";
import type { ProbeStep } from "./pipeline.ts";

const step = (name: ProbeStep["step"]): ProbeStep => ({ step: name, ms: 1, ok: true, detail: null });
const lints = ["null_cursor: a", "capability_missing: b"];

test("a probe that did not list capabilities says nothing of them", () => {
  expect(splitLints({ steps: [step("tools_list")], lints: ["null_cursor: a"] })).toEqual({
    lints: ["null_cursor: a"],
    capabilityLints: null,
  });
});

test("one that listed them says what is wrong, or that nothing is", () => {
  const steps = [step("tools_list"), step("capabilities")];
  expect(splitLints({ steps, lints })).toEqual({
    lints: ["null_cursor: a"],
    capabilityLints: ["capability_missing: b"],
  });
  expect(splitLints({ steps, lints: [] })).toEqual({ lints: [], capabilityLints: [] });
});
