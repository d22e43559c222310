import { describe, expect, test } from "vitest";
import { type CallFailure, type CallOutcome, createCallPolicy } from "./call-policy.ts";

const bounds = { concurrencyMax: 2, queueMax: 2, failuresMax: 3, restMs: 60_000 };
const lost: CallFailure = {
  kind: "failed",
  detail: "connection_reset",
  isRepeatable: true,
  retryAfterMs: null,
};
const done = { kind: "done", value: "ok" } as const;
const soon = () => performance.now() + 5_000;

/** Calls that come to these outcomes one after the other, the last one for ever. */
function script(...outcomes: readonly CallOutcome<string>[]) {
  let calls = 0;
  return {
    calls: () => calls,
    call: async () => outcomes[Math.min(calls++, outcomes.length - 1)] as CallOutcome<string>,
  };
}

describe("a call to a dependency", () => {
  test("is tried again after a failure that may pass", async () => {
    const { call, calls } = script(lost, lost, done);
    expect(await createCallPolicy(bounds).run({ deadlineMs: soon(), call })).toEqual(done);
    expect(calls()).toBe(3);
  });

  test("is tried four times at most", async () => {
    const { call, calls } = script(lost);
    const policy = createCallPolicy({ ...bounds, failuresMax: 10 });
    expect(await policy.run({ deadlineMs: performance.now() + 60_000, call })).toEqual(lost);
    expect(calls()).toBe(4);
  });

  test("that must not be repeated is not", async () => {
    const { call, calls } = script({ ...lost, isRepeatable: false }, done);
    expect(await createCallPolicy(bounds).run({ deadlineMs: soon(), call })).toMatchObject({
      kind: "failed",
    });
    expect(calls()).toBe(1);
  });

  test("waits as long as the dependency asks, and gives up at once when its deadline is sooner", async () => {
    const patient = script({ ...lost, retryAfterMs: 300 }, done);
    const startedMs = performance.now();
    expect(await createCallPolicy(bounds).run({ deadlineMs: soon(), call: patient.call })).toEqual(done);
    expect(performance.now() - startedMs).toBeGreaterThanOrEqual(295);
    const hurried = script({ ...lost, retryAfterMs: 60_000 }, done);
    const outcome = await createCallPolicy(bounds).run({ deadlineMs: soon(), call: hurried.call });
    expect(outcome).toMatchObject({ kind: "failed", retryAfterMs: 60_000 });
    expect(hurried.calls()).toBe(1);
  });

  test("is not made while the dependency is left alone after failures in a row", async () => {
    const policy = createCallPolicy(bounds);
    const { call, calls } = script({ ...lost, isRepeatable: false });
    for (let n = 0; n < 3; n += 1) {
      await policy.run({ deadlineMs: soon(), call });
    }
    expect(await policy.run({ deadlineMs: soon(), call })).toMatchObject({ detail: "breaker_open" });
    expect(calls()).toBe(3);
  });

  test("is refused when too many wait for their turn already", async () => {
    const policy = createCallPolicy(bounds);
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const call = async () => {
      await held;
      return done;
    };
    const waiting = Array.from({ length: 4 }, () => policy.run({ deadlineMs: soon(), call }));
    expect(await policy.run({ deadlineMs: performance.now(), call })).toMatchObject({
      detail: "too_many_waiting",
    });
    release();
    expect(await Promise.all(waiting)).toEqual([done, done, done, done]);
  });
});
