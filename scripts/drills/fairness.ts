/**
 * `npm run drill:fairness [-- --json]`: how much one tenant's 200 hanging endpoints delay another tenant's probes, at
 * the 60-second cadence, all five regions on one worker. The aim: less than 1 s at the 95th percentile.
 */
import { measureFairness } from "../../services/probe-worker/test/measure-fairness.ts";
import { openTestRedis } from "../../services/runtime/test/redis.ts";

const AIM_MS = 1_000;
const REGIONS = ["us-east", "us-west", "eu-west", "ap-southeast", "sa-east"];

const redis = await openTestRedis();
try {
  const found = await measureFairness({
    redisUrl: redis.url,
    regions: REGIONS,
    hangingEndpoints: 200,
    fineEndpoints: 50,
    cadenceMs: 60_000,
    measureMs: 60_000,
    warmUpMs: 60_000,
  });
  const movedMs = found.besideHangingMsP95 - found.aloneMsP95;
  console.log(
    process.argv.includes("--json")
      ? JSON.stringify({ ...found, movedMs })
      : `p95 lateness alone ${Math.round(found.aloneMsP95)} ms, beside ${found.hangingConnections} hanging connections ${Math.round(found.besideHangingMsP95)} ms`,
  );
  process.exitCode = movedMs <= AIM_MS ? 0 : 1;
} finally {
  await redis.close();
}
