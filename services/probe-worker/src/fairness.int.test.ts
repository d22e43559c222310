import { expect, test } from "vitest";
import { openTestRedis } from "../../runtime/test/redis.ts";
import { measureFairness } from "../test/measure-fairness.ts";

test("200 hanging endpoints of one tenant move another tenant's p95 lateness by less than a second", async () => {
  const testRedis = await openTestRedis();
  const fairness = await measureFairness({
    redisUrl: testRedis.url,
    regions: ["us-east", "us-west", "eu-west", "ap-southeast", "sa-east"],
    hangingEndpoints: 200,
    fineEndpoints: 20,
    cadenceMs: 20_000,
    measureMs: 6_000,
    warmUpMs: 14_000,
  });
  await testRedis.close();
  expect(fairness.probesAlone).toBeGreaterThan(15);
  expect(fairness.probesBesideHanging).toBeGreaterThan(15);
  expect(fairness.hangingConnections).toBeGreaterThan(300);
  expect(fairness.besideHangingMsP95 - fairness.aloneMsP95).toBeLessThan(1_000);
});
