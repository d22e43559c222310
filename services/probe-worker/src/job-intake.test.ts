import type { Job } from "@alivemcp/runtime/queues";
import fc from "fast-check";
import { expect, test } from "vitest";
import { eventually } from "../test/eventually.ts";
import { openJobIntake } from "./job-intake.ts";
import { createProbeSlots } from "./probe-slots.ts";

/** A queue as the intake sees it: jobs in order, and a blocking read that waits for the next or for the close. */
function openQueueOf(waiting: number[]) {
  let closed = false;
  let wake: (() => void)[] = [];
  const wakeAll = () => {
    for (const each of wake.splice(0)) {
      each();
    }
  };
  return {
    async getNextJob(_token: string, { block }: { block: boolean }) {
      while (block && waiting.length === 0 && !closed) {
        await new Promise<void>((resolve) => wake.push(resolve));
      }
      const id = waiting.shift();
      return id === undefined ? undefined : ({ id: String(id) } as Job<unknown, unknown>);
    },
    add(...ids: number[]) {
      waiting.push(...ids);
      wakeAll();
    },
    close() {
      closed = true;
      wakeAll();
      wake = [];
    },
  };
}

test("every job is handed on once, never more than one above the places, and every place comes back", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 50 }),
      fc.array(fc.nat({ max: 120 }), { maxLength: 4 }),
      async (places, bursts) => {
        const total = bursts.reduce((sum, burst) => sum + burst, 0);
        const queue = openQueueOf([]);
        const slots = createProbeSlots(places);
        const handed: string[] = [];
        let inHand = 0;
        let most = 0;
        const intake = openJobIntake({
          worker: queue,
          slots,
          onError: (err) => {
            throw err;
          },
          onJob: ({ job }) => {
            handed.push(job.id ?? "");
            inHand += 1;
            most = Math.max(most, inHand);
            setImmediate(() => {
              inHand -= 1;
              slots.give(1);
            });
          },
        });
        let next = 0;
        for (const burst of bursts) {
          queue.add(...Array.from({ length: burst }, () => next++));
          await new Promise((resolve) => setImmediate(resolve));
        }
        await eventually(() => handed.length === total && inHand === 0);
        expect(new Set(handed).size).toBe(total);
        expect(most).toBeLessThanOrEqual(places + 1);
        expect(slots.take(1_000)).toBe(places);
        intake.stop();
        queue.close();
        await intake.ended;
      },
    ),
    { numRuns: 50 },
  );
});

test("a fetch that fails is tried again, and its places are not lost", async () => {
  let failures = 0;
  const queue = openQueueOf([1]);
  const slots = createProbeSlots(1);
  const handed: unknown[] = [];
  const intake = openJobIntake({
    worker: {
      async getNextJob(token: string, options: { block: boolean }) {
        if (failures === 0) {
          failures += 1;
          throw new Error("connection lost");
        }
        return queue.getNextJob(token, options);
      },
    },
    slots,
    onError: () => {},
    onJob: ({ job }) => {
      handed.push(job.id);
      slots.give(1);
    },
  });
  await eventually(() => handed.length === 1);
  expect(slots.take(10)).toBe(1);
  intake.stop();
  queue.close();
  await intake.ended;
});
