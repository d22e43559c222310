import { expect, test } from "vitest";
import { createClosers } from "./lifecycle.ts";

test("what was opened last is closed first", async () => {
  const closed: string[] = [];
  const closers = createClosers();
  closers.add("pool", () => closed.push("pool"));
  closers.add("queue", async () => closed.push("queue"));
  await closers.closeAll();
  expect(closed).toEqual(["queue", "pool"]);
});

test("a close that fails is reported by name and keeps nothing else open", async () => {
  const closed: string[] = [];
  const closers = createClosers();
  closers.add("pool", () => closed.push("pool"));
  closers.add("redis", () => Promise.reject(new Error("gone")));
  await expect(closers.closeAll()).rejects.toMatchObject({ errors: [{ message: "closing redis failed" }] });
  expect(closed).toEqual(["pool"]);
});
