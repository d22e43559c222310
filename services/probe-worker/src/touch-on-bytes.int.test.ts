import { AsyncLocalStorage } from "node:async_hooks";
import { createProbeDeps } from "@alivemcp/probe/probe-deps";
import { runProbe } from "@alivemcp/probe/run-probe";
import { expect, test } from "vitest";
import { legacyEndpoint } from "../../probe/test/servers/endpoints.ts";
import { openStub } from "../../probe/test/servers/stub.ts";
import { eventually } from "../test/eventually.ts";
import { probeJob } from "../test/probe-job.ts";
import { probeOrderOf } from "./region-result.ts";
import { touchOnBytes } from "./touch-on-bytes.ts";

test("bytes are put on the probe they arrived for, however many run at once", async () => {
  const current = new AsyncLocalStorage<number>();
  const touched: number[] = [];
  touchOnBytes(current, (dispatch) => touched.push(dispatch));
  const silent = await openStub(() => {});
  const lively = await openStub(legacyEndpoint());
  const deps = createProbeDeps({ allowCidrs: ["127.0.0.0/8"], publicUrl: "http://status.test" });
  const probe = (dispatch: number, url: string, budgetMs: number) =>
    current.run(dispatch, () =>
      runProbe(deps, {
        ...probeOrderOf(probeJob("/", { url, budgetMs, hasSecondAttempt: false })),
        credential: null,
      }),
    );
  const hanging = probe(1, silent.url, 2_000);
  await eventually(() => silent.asked.length > 0);
  await probe(2, lively.url, 5_000);
  expect(new Set(touched)).toEqual(new Set([2]));
  expect(touched.length).toBeGreaterThan(5);
  await hanging;
  await Promise.all([silent.close(), lively.close()]);
});
