import { expect, test } from "vitest";
import { runChaos } from "./chaos.ts";

test("with every process killed in turn and both stores restarted, nothing sealed is lost and nothing stands twice", async () => {
  const report = await runChaos({ isShort: true, say: () => {} });
  expect(report).toMatchObject({ lost: 0, doubled: 0 });
  expect(report.sealed).toBeGreaterThan(0);
  expect(report.kills).toHaveLength(8);
}, 400_000);
