/** Rules, escalation, maintenance and the delivery log, as owners, viewers and strangers meet them. */
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
import { insertRow, MESSAGE, seedDelivery, seedSink } from "../../test/seed-alerting.ts";

let dashboard: TestDashboard;
let mine: TestWorkspace;
beforeAll(async () => {
  dashboard = await openTestDashboard();
  mine = await addWorkspace(dashboard);
});
afterAll(() => dashboard.close());

const rows = async (sql: string, values: unknown[] = []) =>
  (await dashboard.database.pool("super").query(sql, values)).rows;
const page = async (userId: string, path: string) => {
  const answer = await askAs(dashboard, userId, path);
  return { status: answer.status, text: await answer.text() };
};
const post = async (userId: string, path: string, fields: Record<string, string> = {}) => {
  const answer = await postAs(dashboard, userId, path, fields);
  return { status: answer.status, to: answer.headers.get("location") ?? "", text: await answer.text() };
};
/** A workspace with an endpoint and a sink. */
async function openWorld() {
  const workspace = await addWorkspace(dashboard);
  const endpoint = await seedEndpoint(dashboard, workspace.id, { name: "Billing <b>", tags: ["prod"] });
  const sinkId = await seedSink(dashboard, workspace.id, { is_default: true });
  return { workspace, endpoint, sinkId, base: workspace.base, owner: workspace.ownerId };
}
const idOf = async (table: string, tenantId: string) =>
  (await rows(`SELECT id FROM ${table} WHERE tenant_id = $1`, [tenantId]))[0]?.id as string;

describe("rules", () => {
  test("without one show the default that holds, and where it leads", async () => {
    const { base, workspace } = await openWorld();
    const { text } = await page(workspace.viewerId, `${base}/rules`);
    expect(text).toContain("P1, P2 and P3 of all endpoints, always");
    expect(text).toContain("#on-call");
    expect(text).not.toContain(`${base}/rules/new`);
  });

  test("are added, shown in a sentence, changed, moved and deleted", async () => {
    const { base, owner, workspace, sinkId } = await openWorld();
    const fields = {
      name: "Day <b>",
      severities: "P1",
      scope: "some",
      tags: "prod",
      when: "hours",
      "days-1": "1",
      "from-1": "08:00",
      "to-1": "18:00",
      zone: "Europe/Berlin",
      sinks: sinkId,
      enabled: "1",
    };
    expect(await post(owner, `${base}/rules/new`, fields)).toMatchObject({
      status: 303,
      to: `${base}/rules`,
    });
    await post(owner, `${base}/rules/new`, { name: "Second", severities: "P3", scope: "all", enabled: "1" });
    const listed = (await page(owner, `${base}/rules`)).text;
    expect(listed).toContain("P1 of endpoints tagged prod, Mon 08:00–18:00 Europe/Berlin → #on-call");
    expect(listed).toContain("Day &lt;b&gt;");
    expect(listed).toContain("It names no sink, so that it tells nobody");
    const [first] = await rows("SELECT id FROM alert_rule WHERE tenant_id = $1 ORDER BY position", [
      workspace.id,
    ]);
    const path = `${base}/rules/${first.id}`;
    expect((await page(owner, path)).text).toContain('value="Europe/Berlin" selected');
    expect((await post(owner, `${path}/move`, { direction: "down" })).status).toBe(303);
    const moved = (await page(owner, `${base}/rules`)).text;
    expect(moved.indexOf("Second")).toBeLessThan(moved.indexOf("Day &lt;b&gt;"));
    expect((await post(owner, path, { ...fields, name: "Night" })).status).toBe(303);
    expect((await page(owner, `${base}/rules`)).text).toContain("Night");
    expect((await post(owner, `${path}/delete`)).status).toBe(303);
    expect((await page(owner, path)).status).toBe(404);
  });

  test("that are wrong are refused beside the field with what was typed, and a row more keeps it too", async () => {
    const { base, owner } = await openWorld();
    const typed = {
      name: "",
      scope: "some",
      when: "hours",
      "from-1": "08:00",
      "to-1": "x",
      zone: "Mars/Base",
    };
    const wrong = await post(owner, `${base}/rules/new`, typed);
    expect(wrong.status).toBe(400);
    for (const sentence of [
      "This may not be empty.",
      "Choose at least one severity.",
      "Choose at least one endpoint, tag or group",
      "Give a time zone by its name",
    ]) {
      expect(wrong.text).toContain(sentence);
    }
    expect(wrong.text).toContain('value="x"');
    const more = await post(owner, `${base}/rules/new`, { ...typed, name: "Kept", step: "add-hours" });
    expect(more.status).toBe(200);
    expect(more.text).toContain('value="Kept"');
    expect(more.text).toContain('name="from-2"');
    const foreign = await post(owner, `${base}/rules/new`, {
      name: "x",
      severities: "P1",
      scope: "all",
      sinks: await seedSink(dashboard, mine.id),
    });
    expect(foreign.status).toBe(400);
    expect(foreign.text).toContain("This workspace has no such sink.");
  });

  test("say what would happen, and why", async () => {
    const { base, owner, endpoint } = await openWorld();
    const asked = `${base}/rules/preview?endpoint=${endpoint.slug}&severity=P1&at=2026-11-21T12:00`;
    const { text } = await page(owner, asked);
    expect(text).toContain("It would be told");
    expect(text).toContain("Your workspace has no rules, so alerts go to its default sink.");
    expect((await page(owner, `${base}/rules/preview`)).text).not.toContain("would be told");
    expect((await page(owner, `${base}/rules/preview?endpoint=${endpoint.slug}&at=never`)).text).toContain(
      "Choose a severity",
    );
    expect((await page(owner, `${base}/rules/preview?endpoint=nobodys&severity=P1`)).status).toBe(404);
  });
});

describe("escalation", () => {
  test("is added with a step more, shown step by step, changed and deleted", async () => {
    const { base, owner, workspace, sinkId } = await openWorld();
    expect((await page(owner, `${base}/escalations`)).text).toContain("No escalation yet");
    const first = await page(owner, `${base}/escalations/new`);
    expect(first.text).toContain('value="15"');
    const more = await post(owner, `${base}/escalations/new`, { name: "Night", "after-1": "0", step: "add" });
    expect(more.text).toContain('name="after-2"');
    const fields = { name: "Night", "after-1": "0", "sinks-1": sinkId, "after-2": "20", "sinks-2": sinkId };
    expect((await post(owner, `${base}/escalations/new`, fields)).status).toBe(303);
    const listed = (await page(workspace.viewerId, `${base}/escalations`)).text;
    expect(listed).toContain("At once");
    expect(listed).toContain("After 20 min");
    const path = `${base}/escalations/${await idOf("escalation_policy", workspace.id)}`;
    expect((await page(owner, path)).text).toContain('value="20"');
    expect((await post(owner, path, { ...fields, name: "Day" })).status).toBe(303);
    expect((await post(owner, `${path}/delete`)).status).toBe(303);
    expect((await page(owner, path)).status).toBe(404);
  });

  test("that is wrong is refused beside the field", async () => {
    const { base, owner, sinkId } = await openWorld();
    const none = await post(owner, `${base}/escalations/new`, { name: "x", "after-1": "0" });
    expect(none.status).toBe(400);
    expect(none.text).toContain("Choose a sink for at least one step.");
    const fields = { name: "x", "after-1": "soon", "sinks-1": sinkId };
    expect((await post(owner, `${base}/escalations/new`, fields)).text).toContain("Give whole minutes.");
  });

  test("outside the plan says so, and is refused with 402", async () => {
    const workspace = await addWorkspace(dashboard, { plan: "author" });
    const sinkId = await seedSink(dashboard, workspace.id);
    expect((await page(workspace.ownerId, `${workspace.base}/escalations`)).text).toContain(
      "no escalation policies",
    );
    const fields = { name: "x", "after-1": "0", "sinks-1": sinkId };
    expect((await post(workspace.ownerId, `${workspace.base}/escalations/new`, fields)).status).toBe(402);
  });
});

describe("maintenance", () => {
  test("is planned now and every week, listed by when it is, and ended", async () => {
    const { base, owner, workspace } = await openWorld();
    expect((await page(owner, `${base}/maintenance`)).text).toContain("No maintenance planned");
    const once = {
      name: "Upgrade <b>",
      minutes: "60",
      zone: "UTC",
      scope: "all",
      repeat: "once",
      public: "1",
    };
    expect((await post(owner, `${base}/maintenance/new`, once)).status).toBe(303);
    const weekly = {
      ...once,
      name: "Backups",
      from: "2026-11-29T02:00",
      zone: "Europe/Berlin",
      repeat: "weekly",
    };
    expect((await post(owner, `${base}/maintenance/new`, weekly)).status).toBe(303);
    const listed = (await page(workspace.viewerId, `${base}/maintenance`)).text;
    expect(listed).toContain("Running now");
    expect(listed).toContain("Upgrade &lt;b&gt;");
    expect(listed).toContain("2026-11-29 01:00:00 UTC");
    expect(listed).toContain("Sun at 02:00 Europe/Berlin for 1 h");
    const [window] = await rows(
      "SELECT id FROM maintenance_window WHERE name = 'Upgrade <b>' AND tenant_id = $1",
      [workspace.id],
    );
    dashboard.clock.atMs += 60_000;
    expect((await post(owner, `${base}/maintenance/${window.id}/end`)).status).toBe(303);
    expect((await page(owner, `${base}/maintenance`)).text).toContain("Past");
  });

  test.each([
    [{ name: "" }, "This may not be empty."],
    [{ from: "2020-01-01T00:00" }, "This maintenance is over already."],
    [{ from: "never" }, "Give a date and a time"],
    [{ minutes: "7" }, "Maintenance ends after it begins."],
    [{ minutes: "10080", repeat: "weekly" }, "Recurring maintenance takes at most 24 hours."],
    [{ zone: "Mars/Base" }, "Choose a time zone."],
    [{ scope: "some" }, "Choose at least one endpoint, tag or group"],
  ])("with %j is refused beside the field, with what was typed", async (changes, sentence) => {
    const { base, owner } = await openWorld();
    const fields = {
      name: "Kept",
      minutes: "60",
      zone: "UTC",
      scope: "all",
      repeat: "once",
      note: "why",
      ...changes,
    };
    const answer = await post(owner, `${base}/maintenance/new`, fields);
    expect(answer.status).toBe(400);
    expect(answer.text).toContain(sentence);
    expect(answer.text).toContain("why</textarea>");
  });
});

describe("the delivery log", () => {
  test("shows every message with its tries, filters it, pages it, and says what to do when it is empty", async () => {
    const { base, owner, workspace, sinkId, endpoint } = await openWorld();
    expect((await page(owner, `${base}/deliveries`)).text).toContain("No message yet");
    const of = { tenantId: workspace.id, sinkId, endpointId: endpoint.id };
    const id = await seedDelivery(dashboard, of, { state: "failed", reason: "deadline" }, [
      { outcome: "retryable", status: 503, answer: "busy <i>", reason: "server_error", retry_at: new Date() },
      { outcome: "permanent", status: 404, answer: "no_service" },
    ]);
    const { text } = await page(workspace.viewerId, `${base}/deliveries`);
    expect(text).toContain("given up");
    expect(text).toContain("2 tries");
    expect(text).not.toContain("Send again");
    expect((await page(owner, `${base}/deliveries?state=sent`)).text).toContain(
      "No message fits this filter",
    );
    expect((await page(owner, `${base}/deliveries?sink=${sinkId}&endpoint=${endpoint.slug}`)).text).toContain(
      id,
    );
    const one = await page(workspace.viewerId, `${base}/deliveries/${id}`);
    expect(one.text).toContain("busy &lt;i&gt;");
    expect(one.text).toContain("Connections are refused");
    for (let n = 0; n < 50; n += 1) {
      await seedDelivery(dashboard, of, {}, []);
    }
    const next = /href="([^"]*before=[^"]*)"/.exec((await page(owner, `${base}/deliveries`)).text)?.[1];
    expect(
      (await page(owner, (next ?? "").replaceAll("&amp;", "&"))).text.match(/id="delivery-/g),
    ).toHaveLength(1);
  });

  test("sends a message again once, however often the button is pressed, and not one that is on its way", async () => {
    const { base, owner, workspace, sinkId } = await openWorld();
    const of = { tenantId: workspace.id, sinkId };
    const id = await seedDelivery(dashboard, of);
    const again = await post(owner, `${base}/deliveries/${id}/resend`, { click_id: "one" });
    expect(again.to).not.toBe(`${base}/deliveries/${id}`);
    expect((await post(owner, `${base}/deliveries/${id}/resend`, { click_id: "one" })).to).toBe(again.to);
    expect((await post(owner, `${again.to}/resend`)).to).toBe(again.to);
  });

  test("never shows the code that proves a sink", async () => {
    const { base, owner, workspace, sinkId } = await openWorld();
    const message = { ...MESSAGE, event: "verification", proof: { code: "ABCD-EFGH", url: null } };
    const id = await seedDelivery(
      dashboard,
      { tenantId: workspace.id, sinkId },
      { event: "verification", message: JSON.stringify(message) },
    );
    for (const path of [`${base}/deliveries`, `${base}/deliveries/${id}`, `${base}/sinks/${sinkId}`]) {
      expect((await page(owner, path)).text).not.toContain("ABCD");
    }
  });
});

/** What of a workspace a form or page names, by the columns that are needed. */
const THINGS = {
  rules: (tenantId: string) =>
    insertRow(dashboard, "alert_rule", {
      tenant_id: tenantId,
      name: "r",
      position: 1,
      severities: ["P1"],
      scope: '{"kind":"all"}',
    }),
  escalations: (tenantId: string) =>
    insertRow(dashboard, "escalation_policy", { tenant_id: tenantId, name: "p", steps: "[]" }),
  maintenance: (tenantId: string) =>
    insertRow(dashboard, "maintenance_window", {
      tenant_id: tenantId,
      name: "m",
      scope: '{"kind":"all"}',
      starts_at: new Date(dashboard.clock.atMs),
      ends_at: new Date(dashboard.clock.atMs + 3_600_000),
      created_by: "member x",
    }),
  deliveries: async (tenantId: string) =>
    seedDelivery(dashboard, { tenantId, sinkId: await seedSink(dashboard, tenantId) }),
} as const;
const FORMS = [
  ["rules", ""],
  ["rules", "/delete"],
  ["rules", "/move"],
  ["escalations", ""],
  ["escalations", "/delete"],
  ["maintenance", "/end"],
  ["deliveries", "/resend"],
] as const;
const PAGES = [
  ["rules", ""],
  ["escalations", ""],
  ["deliveries", ""],
  ["deliveries", "/events"],
] as const;

describe("who may not", () => {
  test.each(FORMS)("as a viewer post %s%s gets 403", async (kind, form) => {
    const workspace = await addWorkspace(dashboard);
    const path = `${workspace.base}/${kind}/${await THINGS[kind](workspace.id)}${form}`;
    expect((await post(workspace.viewerId, path)).status).toBe(403);
  });

  test.each(["rules/new", "escalations/new", "maintenance/new"])(
    "as a viewer get 403 for %s",
    async (path) => {
      expect((await page(mine.viewerId, `${mine.base}/${path}`)).status).toBe(403);
      expect((await post(mine.viewerId, `${mine.base}/${path}`)).status).toBe(403);
    },
  );

  test.each([
    ...FORMS.map((form) => [...form, "POST"] as const),
    ...PAGES.map((form) => [...form, "GET"] as const),
  ])(
    "%s%s of another workspace (%3$s) is not found, below its address and below one's own",
    async (kind, form, method) => {
      const other = await addWorkspace(dashboard);
      const id = await THINGS[kind](other.id);
      for (const base of [other.base, mine.base]) {
        const path = `${base}/${kind}/${id}${form}`;
        const answer = method === "GET" ? await page(mine.ownerId, path) : await post(mine.ownerId, path);
        expect(answer.status).toBe(404);
      }
    },
  );
});
