import { describe, expect, test } from "vitest";
import { COMMITTED_STATES, PROBE_STATES } from "./states.ts";
import { judgeLook } from "./verdict-look.ts";

const confirming = { confirmation: 1, look1Minute: 1, look2Minute: 2 };
const plain = { kind: "slot", state: "up", freshness: "newer", committed: "up", confirming: null } as const;

describe("judgeLook", () => {
  test("a result crosses the committed state exactly between down and not-down, and anything crosses unknown", () => {
    const crossing = COMMITTED_STATES.flatMap((committed) =>
      PROBE_STATES.filter((state) => judgeLook({ ...plain, committed, state }) === "crosses-committed").map(
        (state) => `${committed} ${state}`,
      ),
    );
    expect(crossing).toEqual([
      "unknown up",
      "unknown degraded",
      "unknown down",
      "unknown auth_walled",
      "up down",
      "down up",
      "down degraded",
      "down auth_walled",
    ]);
  });

  test("a look's result is told whatever it says, also when a later one superseded it", () => {
    expect(judgeLook({ ...plain, kind: "look", state: "unknown", freshness: "superseded" })).toBe("look-job");
  });

  test("every result is told while the router is confirming", () => {
    expect(judgeLook({ ...plain, confirming })).toBe("confirming");
    expect(judgeLook({ ...plain, confirming, state: "unknown", freshness: "superseded" })).toBe("confirming");
  });

  test("a repeated result is told once", () => {
    expect(judgeLook({ ...plain, kind: "look", confirming, freshness: "repeated" })).toBeNull();
  });

  test("a superseded slot result crosses nothing", () => {
    expect(judgeLook({ ...plain, state: "down", freshness: "superseded" })).toBeNull();
  });

  test("a result that agrees with the committed state waits for its minute", () => {
    expect(judgeLook(plain)).toBeNull();
    expect(judgeLook({ ...plain, kind: "now", state: "degraded" })).toBeNull();
  });
});
