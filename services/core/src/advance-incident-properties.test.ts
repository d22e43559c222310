import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { at, simulated } from "../test/incident-story.ts";
import { advanceIncident } from "./advance-incident.ts";
import { alertOfIncident } from "./alert-of-incident.ts";
import { type Incident, incidentSchema, severityOfCauses } from "./incident.ts";
import { INCIDENT_RULES, type IncidentDecision, type IncidentUpdate } from "./incident-decision.ts";
import { FAILURE_REASONS } from "./states.ts";

interface Told {
  readonly nowMs: number;
  readonly update: IncidentUpdate;
}

const REGIONS = ["eu-west", "sa-east", "us-east"];
const MARKS = ["degraded", "auth_walled", "flapping", "error_rate_elevated", "latency", "regional:eu-west"];
const stepMinutes = fc.oneof(
  { weight: 9, arbitrary: fc.integer({ min: 0, max: 40 }) },
  { weight: 1, arbitrary: fc.constant(1_500) },
);

/** Any update, about any time up to now. */
const anyUpdate = (nowMs: number, lateMs: number): fc.Arbitrary<IncidentUpdate> =>
  fc.oneof(
    {
      weight: 8,
      arbitrary: fc
        .record({
          kind: fc.constant("endpoint" as const),
          committed: fc.constantFrom("up" as const, "down" as const, "unknown" as const),
          sinceAtMs: fc.constant(nowMs - lateMs),
          marks: fc.subarray(MARKS),
          failureReason: fc.option(fc.constantFrom(...FAILURE_REASONS), { nil: null }),
          regions: fc.shuffledSubarray(REGIONS),
          isAccessNew: fc.boolean(),
          aboutAtMs: fc.constantFrom(nowMs, nowMs - lateMs),
        })
        .map(({ isAccessNew, ...update }) => ({
          ...update,
          access: isAccessNew ? { atMs: nowMs, isWalled: update.marks.includes("auth_walled") } : null,
        })),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        kind: fc.constant("cause" as const),
        cause: fc.constant("burn_rate" as const),
        isRaised: fc.boolean(),
        atMs: fc.constantFrom(nowMs, nowMs - lateMs),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constant("gone" as const),
        why: fc.constantFrom("endpoint-paused" as const, "endpoint-deleted" as const),
      }),
    },
    { weight: 1, arbitrary: fc.constant({ kind: "time" as const }) },
  );

const anyStory: fc.Arbitrary<readonly Told[]> = fc
  .array(fc.record({ step: stepMinutes, late: fc.integer({ min: 0, max: 20 }) }), {
    minLength: 1,
    maxLength: 25,
  })
  .chain((steps) => {
    let minute = 100;
    const told = steps.map(({ step, late }) => {
      minute += step;
      const nowMs = at(minute);
      return anyUpdate(nowMs, late * 60_000).map((update): Told => ({ nowMs, update }));
    });
    return fc.tuple(...told);
  });

const advance = (incident: Incident | null, { nowMs, update }: Told): IncidentDecision =>
  advanceIncident(incident, update, nowMs, INCIDENT_RULES);

/** Tells a story; `look` sees every step. */
function tellAll(
  story: readonly Told[],
  look: (before: Incident | null, decision: IncidentDecision, told: Told) => void,
  from: Incident | null = null,
): void {
  let incident = from;
  for (const told of story) {
    const decision = advance(incident, told);
    look(incident, decision, told);
    incident = decision.next;
  }
}

const isOpen = (incident: Incident | null) => incident !== null && incident.resolvedAtMs === null;

describe("whatever an endpoint does, its incident", () => {
  test("does not change when it is told the same twice", () => {
    fc.assert(
      fc.property(anyStory, (story) => {
        tellAll(story, (_before, { next }, told) => {
          const again = advance(next, told);
          expect(again.write).toBe("none");
        });
      }),
    );
  });

  test("does not depend on the order in which regions and marks are named, nor on naming them twice", () => {
    fc.assert(
      fc.property(anyStory, fc.boolean(), (story, isReversed) => {
        tellAll(story, (before, decision, told) => {
          if (told.update.kind !== "endpoint") {
            return;
          }
          const { regions, marks } = told.update;
          const other = {
            ...told.update,
            regions: isReversed ? regions.toReversed() : [...regions, ...regions],
            marks: isReversed ? marks.toReversed() : [...marks, ...marks],
          };
          expect(advance(before, { ...told, update: other })).toEqual(decision);
        });
      }),
    );
  });

  test("has the severity of its worst cause, none exactly when it is resolved, and is stored as it is", () => {
    fc.assert(
      fc.property(anyStory, (story) => {
        tellAll(story, (_before, { next }) => {
          if (next === null) {
            return;
          }
          expect(next.causes.length === 0).toBe(next.resolvedAtMs !== null);
          expect((next.resolvedAtMs === null) === (next.endedAtMs === null)).toBe(true);
          if (isOpen(next)) {
            expect(next.severity).toBe(severityOfCauses(next.causes));
            expect(next.causes).not.toEqual(["flapping", "flapping"]);
          }
          expect(next.severityWorst <= next.severity).toBe(true);
          expect(next.startedAtMs).toBeLessThanOrEqual(next.endedAtMs ?? Number.POSITIVE_INFINITY);
          expect([...next.causes]).toEqual([...new Set(next.causes)].sort());
          expect([...next.regions]).toEqual([...new Set(next.regions)].sort());
          expect(incidentSchema.parse(JSON.parse(JSON.stringify(next)))).toEqual(next);
        });
      }),
    );
  });

  test("opens only when none is open, and resolves only what was open", () => {
    fc.assert(
      fc.property(anyStory, (story) => {
        tellAll(story, (before, { next, write, changes }) => {
          const kinds = changes.map(({ kind }) => kind);
          if (write === "insert") {
            expect(isOpen(before)).toBe(false);
            expect(kinds).toEqual(["opened"]);
            expect(next?.revision).toBe(1);
          } else {
            expect(next?.openedAtMs).toBe(before?.openedAtMs);
          }
          expect(kinds.includes("resolved")).toBe(isOpen(before) && !isOpen(next));
          expect(kinds.includes("reopened")).toBe(write === "update" && !isOpen(before) && isOpen(next));
        });
      }),
    );
  });

  test("writes exactly when something changed, each time under the next revision", () => {
    fc.assert(
      fc.property(anyStory, (story) => {
        tellAll(story, (before, { next, write, changes }) => {
          expect(changes.length > 0).toBe(write !== "none");
          if (write === "none") {
            expect(next).toBe(before);
          } else if (write === "update") {
            expect(next?.revision).toBe((before?.revision ?? 0) + 1);
          }
          expect(new Set(changes.map(({ key }) => key)).size).toBe(changes.length);
        });
      }),
    );
  });

  test("is told of at most once per change, its end after its beginning, and nothing between two equal states", () => {
    fc.assert(
      fc.property(anyStory, (story) => {
        let isTold = false;
        tellAll(story, (_before, { next, write, changes }) => {
          const alert = next === null ? null : alertOfIncident(next, changes);
          if (write === "none") {
            expect(alert?.kind === "alert").toBe(false);
            return;
          }
          if (alert?.kind !== "alert") {
            return;
          }
          expect(isTold).toBe(alert.event !== "incident.opened");
          isTold = alert.event !== "incident.resolved";
        });
      }),
    );
  });

  test("is never opened by flapping alone", () => {
    fc.assert(
      fc.property(anyStory, (story) => {
        tellAll(story, (_before, { next, write }) => {
          expect(write === "insert" && next?.causes.join() === "flapping").toBe(false);
        });
      }),
    );
  });

  test("ends at last when the endpoint is well and watched", () => {
    fc.assert(
      fc.property(anyStory, (story) => {
        const nowMs = at(1_000_000);
        const well: IncidentUpdate = {
          kind: "endpoint",
          committed: "up",
          sinceAtMs: nowMs,
          marks: [],
          failureReason: null,
          regions: [],
          access: null,
          aboutAtMs: nowMs,
        };
        const calm: IncidentUpdate = { kind: "cause", cause: "burn_rate", isRaised: false, atMs: nowMs };
        let last: Incident | null = null;
        tellAll([...story, { nowMs, update: calm }, { nowMs, update: well }], (_before, { next }) => {
          last = next;
        });
        expect(isOpen(last)).toBe(false);
      }),
    );
  });

  test("touches no simulated one", () => {
    fc.assert(
      fc.property(anyStory, (story) => {
        const told = story.filter(({ update }) => update.kind !== "gone" && update.kind !== "time");
        tellAll(told, (before, decision) => expect(decision.next).toBe(before), simulated(100));
      }),
    );
  });
});
