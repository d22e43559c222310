import fc from "fast-check";
import { expect, test } from "vitest";
import {
  DELIVERY_LANES,
  type DeliveryLane,
  deliveryPriority,
  LANE_OFFSET,
  laneOf,
  lanesAhead,
  PRIORITY_MAX,
} from "./delivery-order.ts";

test.each([
  ["incident.opened", "P1", "now"],
  ["incident.resolved", "P1", "now"],
  ["incident.opened", "P2", "soon"],
  ["drift.detected", "P3", "soon"],
  ["notice", null, "soon"],
  ["test", null, "now"],
  ["verification", null, "now"],
  ["digest", null, "later"],
] as const)("%s of %s goes %s", (event, severity, lane) => {
  expect(laneOf(event, severity)).toBe(lane);
});

test.each([
  ["now", 0, 1],
  ["now", 7, 8],
  ["soon", 0, 5],
  ["later", 0, 21],
  ["later", 10_000_000, PRIORITY_MAX],
] as const)("%s with %i ahead has priority %i", (lane, ahead, priority) => {
  expect(deliveryPriority(lane, ahead)).toBe(priority);
});

test("a tenant's own digests never stand before its pages", () => {
  expect(lanesAhead("now")).toEqual(["now"]);
  expect(lanesAhead("later")).toEqual(["now", "soon", "later"]);
});

interface Queued {
  readonly tenant: number;
  readonly lane: DeliveryLane;
  readonly priority: number;
  readonly n: number;
}

/** What a queue holds after these were added, in the order in which it gives them out. */
function queueOf(
  added: readonly { readonly tenant: number; readonly lane: DeliveryLane }[],
): readonly Queued[] {
  const queue: Queued[] = [];
  for (const [n, { tenant, lane }] of added.entries()) {
    const ahead = queue.filter(
      (other) => other.tenant === tenant && lanesAhead(lane).includes(other.lane),
    ).length;
    queue.push({ tenant, lane, n, priority: deliveryPriority(lane, ahead) });
  }
  return queue.toSorted((a, b) => a.priority - b.priority || a.n - b.n);
}

const messages = fc.array(
  fc.record({ tenant: fc.constantFrom(1, 1, 1, 1, 1, 2, 3), lane: fc.constantFrom(...DELIVERY_LANES) }),
  { maxLength: 200 },
);

test("an unrelated tenant's first message never waits behind more of another tenant than its lane's head start", () => {
  fc.assert(
    fc.property(messages, fc.constantFrom(...DELIVERY_LANES), (storm, lane) => {
      const queue = queueOf([...storm, { tenant: 9, lane }]);
      const before = queue.slice(
        0,
        queue.findIndex(({ tenant }) => tenant === 9),
      );
      for (const tenant of [1, 2, 3]) {
        // In each lane it has no more than so many before that rank.
        const bound = DELIVERY_LANES.reduce(
          (sum, one) => sum + Math.max(0, LANE_OFFSET[lane] + 1 - LANE_OFFSET[one]),
          0,
        );
        expect(before.filter((other) => other.tenant === tenant).length).toBeLessThanOrEqual(bound);
      }
    }),
  );
});

test("after 5,000 pages of one tenant, an unrelated tenant's page is the second to go", () => {
  const storm = Array.from({ length: 5_000 }, (_, ahead) => deliveryPriority("now", ahead));
  expect(storm.filter((priority) => priority <= deliveryPriority("now", 0))).toHaveLength(1);
});

test("within one tenant and lane, messages go in the order in which they were made", () => {
  fc.assert(
    fc.property(messages, (storm) => {
      const queue = queueOf(storm);
      for (const lane of DELIVERY_LANES) {
        const mine = queue.filter((one) => one.tenant === 1 && one.lane === lane).map(({ n }) => n);
        expect(mine).toEqual(mine.toSorted((a, b) => a - b));
      }
    }),
  );
});
