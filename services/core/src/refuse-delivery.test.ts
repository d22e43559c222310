import { describe, expect, test } from "vitest";
import { ALERT_EVENTS, type AlertEvent } from "./alert-event.ts";
import { type RefusalReason, refuseDelivery } from "./refuse-delivery.ts";
import { SINK_STATES, type SinkState } from "./sink-kind.ts";

const t0 = 1_000_000;
const at = (event: AlertEvent, sinkState: SinkState, wasToldBefore = true, deadlineAtMs = t0 + 1) =>
  refuseDelivery({ event, sinkState, wasToldBefore, deadlineAtMs }, t0);

const rows: readonly [string, ReturnType<typeof at>, RefusalReason | null][] = [
  ["a page to a verified sink goes", at("incident.opened", "verified"), null],
  ["a page to an unverified sink does not", at("incident.opened", "unverified"), "sink_unverified"],
  ["a test of an unverified sink does not", at("test", "unverified"), "sink_unverified"],
  ["a proof to an unverified sink goes", at("verification", "unverified"), null],
  ["a proof to a verified sink has nothing to prove", at("verification", "verified"), "sink_verified"],
  ["a proof to a disabled sink does not go", at("verification", "disabled"), "sink_disabled"],
  ["a page at its deadline is given up", at("incident.opened", "verified", true, t0), "deadline"],
  ["a proof after its deadline is given up", at("verification", "unverified", false, t0 - 1), "deadline"],
  ["an end that was announced goes", at("incident.resolved", "verified", true), null],
  ["an end of what was never told does not", at("incident.resolved", "verified", false), "never_told"],
  ["nor an answer to what was never told", at("incident.acknowledged", "verified", false), "never_told"],
  ["a change for the worse goes to who was not told", at("incident.updated", "verified", false), null],
];

describe("just before a try", () => {
  test.each(rows)("%s", (_name, refusal, reason) => {
    expect(refusal?.reason ?? null).toBe(reason);
  });

  test("only what ran out of time has failed; the rest is cancelled", () => {
    for (const [, refusal] of rows) {
      expect(refusal === null || (refusal.state === "failed") === (refusal.reason === "deadline")).toBe(true);
    }
  });

  test("nothing at all goes to a disabled sink, and nothing but a proof to an unverified one", () => {
    for (const event of ALERT_EVENTS) {
      for (const sinkState of SINK_STATES) {
        const mayGo =
          sinkState === "verified"
            ? event !== "verification"
            : sinkState === "unverified" && event === "verification";
        expect({ event, sinkState, goes: at(event, sinkState) === null }).toEqual({
          event,
          sinkState,
          goes: mayGo,
        });
      }
    }
  });
});
