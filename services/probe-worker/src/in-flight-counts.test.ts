import fc from "fast-check";
import { expect, test } from "vitest";
import { createInFlightCounts } from "./in-flight-counts.ts";

const jobs = fc.array(
  fc.record({
    capKey: fc.constantFrom("tenant:a", "tenant:b"),
    region: fc.constantFrom("us-east", "eu-west"),
    hasLeft: fc.boolean(),
  }),
);

test("the load is what entered and has not left, by cap key and by region", () => {
  fc.assert(
    fc.property(jobs, (entered) => {
      const counts = createInFlightCounts();
      for (const job of entered) {
        const leave = counts.enter(job);
        if (job.hasLeft) {
          leave();
        }
      }
      const inside = entered.filter((job) => !job.hasLeft);
      const ofCapKey = inside.filter((job) => job.capKey === "tenant:a");
      expect(counts.loadFor({ capKey: "tenant:a", region: "us-east" })).toEqual({
        total: inside.length,
        ofCapKey: ofCapKey.length,
        ofCapKeyInRegion: ofCapKey.filter((job) => job.region === "us-east").length,
      });
    }),
  );
});
