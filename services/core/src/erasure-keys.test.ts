import { describe, expect, test } from "vitest";
import { endpointOfKey, KEY_ERASURE, type KeyErasure } from "./erasure-keys.ts";
import * as pipeline from "./pipeline.ts";

/** Functions and words of the pipeline that name nothing in Redis. */
const NO_NAMES = ["minuteOf", "ARCHIVER_GROUP", "ROUTER_GROUP"];
const ENDPOINT = "0b7e6f4a-1111-4222-8333-444455556666";
const listed: Readonly<Record<string, KeyErasure>> = KEY_ERASURE;

test("every key, stream, queue and job id that the pipeline builds is listed with how it is erased, and nothing else", () => {
  const names = Object.entries(pipeline)
    .filter(([, value]) => typeof value === "function" || typeof value === "string")
    .map(([name]) => name)
    .filter((name) => !NO_NAMES.includes(name));
  expect(Object.keys(listed).sort()).toEqual(names.sort());
});

describe("the endpoint of a key", () => {
  test("is read from every kind of key that is erased with it", () => {
    const keys = {
      verdictMinuteKey: pipeline.verdictMinuteKey(ENDPOINT, 29_000_000),
      nowKey: pipeline.nowKey(ENDPOINT),
      toolListKey: pipeline.toolListKey(ENDPOINT, "a".repeat(64)),
    };
    const kinds = Object.keys(listed).filter((name) => listed[name]?.kind === "endpoint");
    expect(Object.keys(keys).sort()).toEqual(kinds.sort());
    expect(Object.values(keys).map(endpointOfKey)).toEqual(kinds.map(() => ENDPOINT));
  });

  test.each([
    pipeline.unsealedKey("s01"),
    pipeline.verdictStream("s01"),
    pipeline.killsKey(`tenant:${ENDPOINT}`),
    `now:{s01}:${ENDPOINT}x`,
    `bull:{probe-us-east}:probe-us-east:${ENDPOINT}`,
    "",
  ])("is none of %j", (key) => {
    expect(endpointOfKey(key)).toBeNull();
  });
});
