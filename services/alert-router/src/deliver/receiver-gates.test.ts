import { expect, test } from "vitest";
import { createReceiverGates, type Receiver } from "./receiver-gates.ts";
import { receiverOf } from "./receiver-of.ts";

const t0 = 1_000_000;
const webhook = (sinkId: string, host = "t hooks.example"): Receiver => ({
  sinkId,
  kind: "webhook",
  host,
  place: null,
  isTelegramGroup: false,
});
const fine = { nowMs: t0, hasFailed: false, quietMs: null };

test("a host takes twenty at once; who leaves makes room, once", () => {
  const gates = createReceiverGates();
  const inside = Array.from({ length: 20 }, (_, n) => gates.enter(webhook(`s${n}`), t0));
  expect(inside.every(({ kind }) => kind === "go")).toBe(true);
  expect(gates.enter(webhook("late"), t0)).toEqual({ kind: "held", by: "rate_limit", untilMs: t0 + 1_000 });
  expect(gates.enter(webhook("late", "t other.example"), t0).kind).toBe("go");
  const [first] = inside;
  if (first?.kind === "go") {
    first.leave(fine);
    first.leave(fine);
  }
  expect(gates.enter(webhook("late"), t0).kind).toBe("go");
  expect(gates.enter(webhook("later"), t0).kind).toBe("held");
});

test("a sink that fails three times rests for a minute and no other sink of its host does", () => {
  const gates = createReceiverGates();
  for (let n = 0; n < 3; n += 1) {
    const entrance = gates.enter(webhook("bad"), t0);
    if (entrance.kind === "go") {
      entrance.leave({ ...fine, hasFailed: true });
    }
  }
  expect(gates.enter(webhook("bad"), t0)).toEqual({ kind: "held", by: "breaker_open", untilMs: t0 + 60_000 });
  expect(gates.enter(webhook("good"), t0).kind).toBe("go");
  expect(gates.countOpen(t0)).toBe(0);
});

test("a host that fails ten times is left alone for all its sinks", () => {
  const gates = createReceiverGates();
  for (let n = 0; n < 10; n += 1) {
    const entrance = gates.enter(webhook(`s${n}`), t0);
    if (entrance.kind === "go") {
      entrance.leave({ ...fine, hasFailed: true });
    }
  }
  expect(gates.enter(webhook("new"), t0)).toMatchObject({ kind: "held", by: "breaker_open" });
  expect(gates.countOpen(t0)).toBe(1);
  expect(gates.countOpen(t0 + 20_000)).toBe(0);
});

test("a receiver that asked for quiet is left alone for so long", () => {
  const gates = createReceiverGates();
  const entrance = gates.enter(webhook("s"), t0);
  if (entrance.kind === "go") {
    entrance.leave({ ...fine, quietMs: 30_000 });
  }
  expect(gates.enter(webhook("s"), t0 + 29_999)).toEqual({
    kind: "held",
    by: "rate_limit",
    untilMs: t0 + 30_000,
  });
  expect(gates.enter(webhook("s"), t0 + 30_000).kind).toBe("go");
});

test.each([
  ["webhook", { url: "https://hooks.example/a" }, "tenant hooks.example", null],
  ["teams", { url: "https://x.logic.azure.com/a" }, "tenant x.logic.azure.com", null],
  ["ntfy", { server: "https://ntfy.sh" }, "tenant ntfy.sh", "ntfy.sh"],
  ["slack", { url: "https://hooks.slack.com/services/a" }, "slack", null],
  ["telegram", { chatId: "-100" }, "telegram", "-100"],
  ["email", { address: "a@example.com" }, "email", null],
  ["pagerduty", { region: "eu" }, "pagerduty eu", null],
  ["jsm", null, "jsm", null],
] as const)("a %s sink with %o is answered for by %s", (kind, settings, host, place) => {
  expect(receiverOf({ id: "s", kind, tenantId: "tenant" }, settings)).toMatchObject({
    sinkId: "s",
    kind,
    host,
    place,
  });
});
