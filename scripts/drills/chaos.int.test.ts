import { expect, test } from "vitest";
import { PROCESSES } from "../processes.ts";
import { runChaos } from "./chaos.ts";

test("with every process killed in turn and both stores restarted, nothing sealed is lost and nothing stands twice", async () => {
  const report = await runChaos({ isShort: true, say: () => {} });
  expect(report).toMatchObject({ lost: 0, doubled: 0 });
  expect(report.sealed).toBeGreaterThan(0);
  // Every process, and both stores.
  expect(report.kills).toHaveLength(PROCESSES.length + 2);
}, 400_000);
