/** Alerts where people look first: the overview and the page of an endpoint. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  addWorkspace,
  askAs,
  openTestDashboard,
  postAs,
  seedEndpoint,
  type TestDashboard,
  type TestWorkspace,
} from "../../test/open-test-dashboard.ts";
import { insertRow, seedIncident, seedSink } from "../../test/seed-alerting.ts";

let dashboard: TestDashboard;
let mine: TestWorkspace;
beforeAll(async () => {
  dashboard = await openTestDashboard();
  mine = await addWorkspace(dashboard);
});
afterAll(() => dashboard.close());

const page = async (userId: string, path: string) => {
  const answer = await askAs(dashboard, userId, path);
  return { status: answer.status, text: await answer.text() };
};
const post = async (userId: string, path: string) => {
  const answer = await postAs(dashboard, userId, path);
  return { status: answer.status, to: answer.headers.get("location") };
};
/** A workspace with an endpoint that has an open incident. */
async function openWorld() {
  const workspace = await addWorkspace(dashboard);
  const endpoint = await seedEndpoint(dashboard, workspace.id);
  const incident = await seedIncident(dashboard, { tenantId: workspace.id, endpointId: endpoint.id });
  return { workspace, incident, home: `${workspace.base}/endpoints/${endpoint.slug}`, endpoint };
}

describe("the overview", () => {
  test("says that nobody will be paged until a sink is verified, and how many incidents are open", async () => {
    const { workspace } = await openWorld();
    const before = (await page(workspace.viewerId, `${workspace.base}/`)).text;
    expect(before).toContain("Nobody will be paged:");
    expect(before).toContain("1 open incident<");
    await seedSink(dashboard, workspace.id);
    expect((await page(workspace.viewerId, `${workspace.base}/`)).text).not.toContain(
      "Nobody will be paged:",
    );
  });

  test("of a workspace that watches nothing has no warning yet", async () => {
    const fresh = await addWorkspace(dashboard);
    expect((await page(fresh.ownerId, `${fresh.base}/`)).text).not.toContain("Nobody will be paged:");
  });
});

describe("the page of an endpoint", () => {
  test("leads to its open incident, and to why who was told", async () => {
    const { workspace, incident, home, endpoint } = await openWorld();
    const { text } = await page(workspace.viewerId, home);
    expect(text).toContain(`${workspace.base}/incidents/${incident.id}`);
    expect(text).not.toContain(`${home}/simulate`);
    expect((await page(workspace.viewerId, `${home}/alerts`)).text).toContain("Nothing was decided yet");
    for (let n = 0; n < 51; n += 1) {
      await insertRow(dashboard, "alert_decision", {
        tenant_id: workspace.id,
        at: new Date(dashboard.clock.atMs),
        endpoint_id: endpoint.id,
        alert_key: `k${n}`,
        event: "incident.opened",
        severity: "P1",
        verdict: "skip",
        reason: n === 0 ? "a-reason-of-tomorrow" : "no-default-sink",
      });
    }
    const first = await page(workspace.viewerId, `${home}/alerts`);
    expect(first.text.match(/no rules and no default sink/g)).toHaveLength(50);
    const older = /href="(\?before=\d+)"/.exec(first.text)?.[1] ?? "";
    expect((await page(workspace.viewerId, `${home}/alerts${older}`)).text).toContain("a reason of tomorrow");
  });

  test("simulates an outage once at a time, for members and nobody less", async () => {
    const { workspace, home, endpoint } = await openWorld();
    expect((await page(workspace.ownerId, home)).text).toContain(`${home}/simulate`);
    expect((await post(workspace.viewerId, `${home}/simulate`)).status).toBe(403);
    expect(await post(workspace.ownerId, `${home}/simulate`)).toEqual({
      status: 303,
      to: `${workspace.base}/incidents?endpoint=${endpoint.slug}`,
    });
    expect(await post(workspace.ownerId, `${home}/simulate`)).toEqual({ status: 303, to: home });
  });

  test.each(["alerts", "simulate"])("%s of another workspace's endpoint is not found", async (what) => {
    const { workspace, endpoint } = await openWorld();
    for (const base of [workspace.base, mine.base]) {
      const path = `${base}/endpoints/${endpoint.slug}/${what}`;
      const { status } = await (what === "alerts" ? page(mine.ownerId, path) : post(mine.ownerId, path));
      expect(status).toBe(404);
    }
  });
});
