import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  addWorkspace,
  askAs,
  openTestDashboard,
  postAs,
  type SeededEndpoint,
  seedEndpoint,
  type TestDashboard,
  type TestWorkspace,
} from "../../test/open-test-dashboard.ts";
import {
  insertRow,
  type SeededIncident,
  seedDelivery,
  seedIncident,
  seedSink,
} from "../../test/seed-alerting.ts";

let dashboard: TestDashboard;
let mine: TestWorkspace;
let endpoint: SeededEndpoint;
beforeAll(async () => {
  dashboard = await openTestDashboard();
  mine = await addWorkspace(dashboard);
  endpoint = await seedEndpoint(dashboard, mine.id, { name: "Billing <b>" });
});
afterAll(() => dashboard.close());

const page = async (userId: string, path: string) => {
  const answer = await askAs(dashboard, userId, path);
  return { status: answer.status, text: await answer.text() };
};
const post = async (userId: string, path: string, fields: Record<string, string> = {}) => {
  const answer = await postAs(dashboard, userId, path, fields);
  return { status: answer.status, to: answer.headers.get("location"), text: await answer.text() };
};
/** An incident of a workspace of its own, so that tests do not see each other's. */
async function openWorld(columns: Record<string, unknown> = {}) {
  const workspace = await addWorkspace(dashboard);
  const own = await seedEndpoint(dashboard, workspace.id, { name: "Search" });
  const incident = await seedIncident(dashboard, { tenantId: workspace.id, endpointId: own.id }, columns);
  return { workspace, own, incident, path: `${workspace.base}/incidents/${incident.id}` };
}
const resolved = () => ({
  causes: [],
  ended_at: new Date(dashboard.clock.atMs - 60_000),
  resolved_at: new Date(dashboard.clock.atMs - 30_000),
});

describe("the list", () => {
  test("has open incidents before newer resolved ones, with what, where, since and whom", async () => {
    const { workspace, own } = await openWorld();
    const other = await seedEndpoint(dashboard, workspace.id, { name: "Mail" });
    const over = await seedIncident(
      dashboard,
      { tenantId: workspace.id, endpointId: other.id },
      {
        ...resolved(),
        opened_at: new Date(dashboard.clock.atMs - 90_000),
      },
    );
    const sinkId = await seedSink(dashboard, workspace.id);
    await seedDelivery(dashboard, {
      tenantId: workspace.id,
      sinkId,
      endpointId: other.id,
      incidentId: over.id,
    });
    const { text, status } = await page(workspace.viewerId, `${workspace.base}/incidents`);
    expect(status).toBe(200);
    expect(text.indexOf("Search</a>")).toBeLessThan(text.indexOf("Mail</a>"));
    expect(text).toContain("Down: connection refused");
    expect(text).toContain("London, Ashburn");
    expect(text).toContain("#on-call");
    expect(text).toContain("nobody");
    const filtered = await page(
      workspace.ownerId,
      `${workspace.base}/incidents?state=resolved&endpoint=${own.slug}`,
    );
    expect(filtered.text).toContain("No incident fits this filter");
  });

  test("of a workspace without one says what to do next", async () => {
    const fresh = await addWorkspace(dashboard);
    const { text } = await page(fresh.ownerId, `${fresh.base}/incidents`);
    expect(text).toContain("No incident yet");
    expect(text).toContain(`${fresh.base}/endpoints/new`);
  });

  test.each(["state=x", "severity=P9", "endpoint=%00", "before=1.2", "endpoint=nobodys"])(
    "with %s in its address is still a page",
    async (search) => {
      expect((await page(mine.ownerId, `${mine.base}/incidents?${search}`)).status).toBe(200);
    },
  );
});

describe("an incident", () => {
  test("tells what, where, why, who was told and why; text of strangers stays text", async () => {
    const { id, incidentId } = await seedIncident(dashboard, { tenantId: mine.id, endpointId: endpoint.id });
    const sinkId = await seedSink(dashboard, mine.id, { name: "Night <i>" });
    const delivery = await seedDelivery(dashboard, { tenantId: mine.id, sinkId, incidentId: id });
    await insertRow(dashboard, "alert_decision", {
      tenant_id: mine.id,
      at: new Date(dashboard.clock.atMs),
      incident_tenant_id: id,
      alert_key: `incident:${id}:1`,
      event: "incident.opened",
      severity: "P1",
      sink_id: sinkId,
      verdict: "send",
      reason: "rule-matched",
    });
    const { text, status } = await page(mine.viewerId, `${mine.base}/incidents/${id}`);
    expect(status).toBe(200);
    expect(text).toContain("Billing &lt;b&gt;: Down: connection refused");
    expect(text).toContain("Confirmed by London, Ashburn");
    expect(text).toContain(`deliveries/${delivery}`);
    expect(text).toContain("Night &lt;i&gt;");
    expect(text).toContain("https://status.example/help/connection_refused");
    expect(text).not.toContain(incidentId);
    expect(text).not.toContain(`<form method="post" action="${mine.base}/incidents`);
  });

  test("is acknowledged, given back, muted and unmuted, each shown with who did it", async () => {
    const { workspace, path } = await openWorld();
    expect(await post(workspace.ownerId, `${path}/acknowledge`)).toMatchObject({ status: 303, to: path });
    expect((await page(workspace.ownerId, path)).text).toContain("Take the acknowledgement back");
    await post(workspace.ownerId, `${path}/unacknowledge`);
    expect((await post(workspace.ownerId, `${path}/mute`, { length: "4h" })).status).toBe(303);
    const muted = (await page(workspace.ownerId, path)).text;
    expect(muted).toContain("Muted until");
    await post(workspace.ownerId, `${path}/unmute`);
    const { text } = await page(workspace.ownerId, path);
    expect(text).toContain("Acknowledgement taken back");
    expect(text).toContain("Unmuted");
    expect(text).toContain(">Acknowledge<");
  });

  test("takes a comment with its lines, and refuses an empty one beside the field", async () => {
    const { workspace, path } = await openWorld();
    expect((await post(workspace.ownerId, `${path}/comments`, { comment: "first\n<script>" })).status).toBe(
      303,
    );
    expect((await page(workspace.viewerId, path)).text).toContain("first\n&lt;script&gt;");
    const empty = await post(workspace.ownerId, `${path}/comments`, { comment: "  " });
    expect(empty.status).toBe(400);
    expect(empty.text).toContain("This may not be empty.");
  });

  test("is told to the public only after a preview, and kept text comes back with it", async () => {
    const { workspace, path } = await openWorld();
    const words = { stage: "identified", body: "The disk is full <b>" };
    const preview = await post(workspace.ownerId, `${path}/updates`, { ...words, step: "preview" });
    expect(preview.status).toBe(200);
    expect(preview.text).toContain("This is how it will look");
    expect(preview.text).toContain("The disk is full &lt;b&gt;</textarea>");
    expect((await page(workspace.ownerId, path)).text).not.toContain("The disk is full");
    expect((await post(workspace.ownerId, `${path}/updates`, { ...words, step: "publish" })).status).toBe(
      303,
    );
    expect((await page(workspace.viewerId, path)).text).toContain("The disk is full &lt;b&gt;");
  });

  test("is not called resolved in public while probes see it, unless that is confirmed", async () => {
    const { workspace, path } = await openWorld();
    const words = { stage: "resolved", body: "Fixed.", step: "publish" };
    const refused = await post(workspace.ownerId, `${path}/updates`, words);
    expect(refused.status).toBe(409);
    expect(refused.text).toContain("Our probes still see this incident");
    expect((await post(workspace.ownerId, `${path}/updates`, { ...words, confirm: "1" })).status).toBe(303);
  });

  test("that is over can no longer be acknowledged, and says so", async () => {
    const { workspace, path } = await openWorld(resolved());
    expect((await post(workspace.ownerId, `${path}/acknowledge`)).status).toBe(303);
    const { text } = await page(workspace.ownerId, path);
    expect(text).toContain("It lasted 9 min");
    expect(text).not.toContain(">Acknowledge<");
  });

  test("that fails together with others leads to them", async () => {
    const workspace = await addWorkspace(dashboard);
    const groupId = await insertRow(dashboard, "incident_group", {
      tenant_id: workspace.id,
      cause: "host:mcp.example.com",
      opened_at: new Date(),
    });
    const incidents: SeededIncident[] = [];
    for (const name of ["One", "Two"]) {
      const { id: endpointId } = await seedEndpoint(dashboard, workspace.id, { name });
      incidents.push(await seedIncident(dashboard, { tenantId: workspace.id, endpointId, groupId }));
    }
    const [first, second] = incidents;
    const { text } = await page(workspace.ownerId, `${workspace.base}/incidents/${first?.id}`);
    expect(text).toContain("Fails together with one other endpoint: ");
    expect(text).toContain("mcp.example.com");
    expect(text).toContain(`${workspace.base}/incidents/${second?.id}`);
  });
});

const FORMS: readonly (readonly [string, Record<string, string>])[] = [
  ["acknowledge", {}],
  ["unacknowledge", {}],
  ["mute", { length: "1h" }],
  ["unmute", {}],
  ["comments", { comment: "x" }],
  ["updates", { stage: "identified", body: "x", step: "publish" }],
];

describe("who may not", () => {
  test.each(FORMS)("as a viewer post %s gets 403", async (form, fields) => {
    const { workspace, path } = await openWorld();
    expect((await post(workspace.viewerId, `${path}/${form}`, fields)).status).toBe(403);
  });

  test.each([...FORMS, ["", null], ["events", null]] as const)(
    "%s of another workspace's incident is not found, below its address and below one's own",
    async (form, fields) => {
      const { workspace, incident } = await openWorld();
      for (const base of [workspace.base, mine.base]) {
        const path = `${base}/incidents/${incident.id}${form === "" ? "" : `/${form}`}`;
        const answer =
          fields === null ? await page(mine.ownerId, path) : await post(mine.ownerId, path, fields);
        expect(answer.status).toBe(404);
      }
    },
  );
});
