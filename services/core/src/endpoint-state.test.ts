import { describe, expect, test } from "vitest";
import { minuteEvent, slotResult, storyOf, T0 } from "../test/endpoint-story.ts";
import { simulateEndpoint } from "../test/simulate-endpoint.ts";
import {
  type EndpointState,
  nextWakeAtMs,
  readEndpointState,
  shownReason,
  unknownEndpoint,
  writeEndpointState,
} from "./endpoint-state.ts";
import { STATE_RULES } from "./endpoint-state-rules.ts";
import { MINUTE_MS, minuteOf } from "./pipeline.ts";

const stored = (
  state: EndpointState,
  machine: unknown = JSON.parse(JSON.stringify(writeEndpointState(state))),
) => ({
  committed: state.committed,
  sinceAtMs: state.sinceAtMs,
  reason: state.downReason,
  machine,
});

/** A state with everything in it: a past full of marks and, at its end, a confirmation half-way. */
function richState(): EndpointState {
  const { state } = simulateEndpoint({
    world: (region, atMs) => {
      const isOut = Math.floor(atMs / (2 * MINUTE_MS)) % 2 === 1;
      return isOut || (region === "eu-west" && atMs < 4 * MINUTE_MS)
        ? { state: "down", reason: "http_error", tookMs: 50 }
        : { state: "auth_walled", reason: "auth_required", tookMs: 200 };
    },
    phaseMs: 1_000,
    policy: { baselineLatencyMsP95: 20 },
    untilMs: 18 * MINUTE_MS + 20_000,
  });
  return state;
}

describe("storing", () => {
  test("a machine read back is the machine that was written", () => {
    const rich = richState();
    expect(rich.confirmation).not.toBeNull();
    expect(rich.marks).toContain("flapping");
    expect(readEndpointState(stored(rich))).toEqual(rich);
    const young = unknownEndpoint(T0);
    expect(readEndpointState(stored(young))).toEqual(young);
    const walled = storyOf("up");
    walled.tell(minuteEvent(minuteOf(T0), "auth_walled", { "eu-west": "down", "us-east": "auth_walled" }));
    expect(readEndpointState(stored(walled.state()))).toEqual(walled.state());
  });

  test("half an hour of minutes takes under 4 kB", () => {
    const { state } = simulateEndpoint({
      world: () => ({ state: "degraded", reason: "tools_list_malformed", tookMs: 200 }),
      untilMs: 60 * MINUTE_MS,
    });
    expect(JSON.stringify(writeEndpointState(state)).length).toBeLessThan(4_096);
  });

  test.each([
    { name: "another version", machine: { v: 2 } },
    { name: "nothing", machine: null },
    { name: "a broken minute", machine: brokenMinute("29|1|sideways||0|0||") },
    { name: "a minute of another shape", machine: brokenMinute("29|1|up") },
  ])("a machine that cannot be read ($name) is begun anew from the committed state", ({ machine }) => {
    const read = readEndpointState({ committed: "down", sinceAtMs: T0, reason: "http_error", machine });
    expect(read).toEqual({ ...unknownEndpoint(T0), committed: "down", downReason: "http_error" });
    expect(
      readEndpointState({ committed: "up", sinceAtMs: T0, reason: "latency", machine }).downReason,
    ).toBeNull();
  });
});

function brokenMinute(packed: string) {
  const whole = writeEndpointState(unknownEndpoint(T0));
  return { ...whole, memory: { ...unknownEndpoint(T0).memory, minutes: [packed] } };
}

describe("waking", () => {
  test("an endpoint at rest wants no waking", () => {
    expect(nextWakeAtMs(unknownEndpoint(T0), STATE_RULES)).toBeNull();
  });
  test("an open confirmation wants to be woken for its next look, then for the end of each", () => {
    const story = storyOf("up");
    story.tell(slotResult("eu-west", "down", T0));
    const wake = () => nextWakeAtMs(story.state(), STATE_RULES);
    expect(wake()).toBe(T0 + 100 + 15_000);
    story.tell({ kind: "gathered", votes: {}, inFlightRegions: ["us-east", "us-west"] });
    story.tell(slotResult("us-east", "down", T0 + 5));
    story.tell(slotResult("us-west", "down", T0 + 5));
    expect(wake()).toBe(T0 + 30_000);
    story.tell({ kind: "deadline", progressMs: T0 + 30_500 });
    expect(wake()).toBe(T0 + 45_500);
  });
  test("a flapping endpoint wants to be woken when its changes lie half an hour back, and then no longer flaps", () => {
    const { state } = simulateEndpoint({
      world: (_, atMs) =>
        Math.floor(atMs / (3 * MINUTE_MS)) % 2 === 1 && atMs < 20 * MINUTE_MS
          ? { state: "down", reason: "http_error", tookMs: 50 }
          : { state: "up", tookMs: 50 },
      phaseMs: 1_000,
      untilMs: 30 * MINUTE_MS,
    });
    expect(state.marks).toContain("flapping");
    const wakeAtMs = nextWakeAtMs(state, STATE_RULES) ?? 0;
    expect(wakeAtMs).toBe((state.changedAtMs.at(-4) ?? 0) + 30 * MINUTE_MS);
  });
});

describe("shown reason", () => {
  test.each([
    {
      name: "down says why it is down",
      state: { committed: "down", downReason: "http_error" },
      reason: "http_error",
    },
    { name: "up says nothing", state: { committed: "up" }, reason: null },
    {
      name: "a flag without a minute says nothing",
      state: { committed: "up", marks: ["degraded"] },
      reason: null,
    },
  ] as const)("$name", ({ state, reason }) => {
    expect(shownReason({ ...unknownEndpoint(T0), ...state }, STATE_RULES)).toBe(reason);
  });
  test("a degraded endpoint behind a login wall says what degraded it", () => {
    const story = storyOf("up");
    const say = (i: number, state: "auth_walled" | "degraded", reason: "auth_required" | "latency") =>
      story.tell(minuteEvent(minuteOf(T0) + i, state, {}, { reason }));
    say(0, "auth_walled", "auth_required");
    expect(shownReason(story.state(), STATE_RULES)).toBe("auth_required");
    for (const i of [1, 2, 3]) {
      say(i, "degraded", "latency");
    }
    expect(shownReason(story.state(), STATE_RULES)).toBe("latency");
  });
});
