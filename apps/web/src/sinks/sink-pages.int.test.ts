import { AppError } from "@alivemcp/core/app-error";
import { SINK_KINDS } from "@alivemcp/core/sink-kind";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  addWorkspace,
  askAs,
  openTestDashboard,
  postAs,
  type TestDashboard,
  type TestWorkspace,
} from "../../test/open-test-dashboard.ts";
import { seedDelivery, seedSink } from "../../test/seed-alerting.ts";
import type { SinkSecrets } from "./sink-secrets.ts";

const WEBHOOK = "https://hooks.slack.com/services/T00000001/B00000001/abcdefghijklmnopqrstuvwx";

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
const addSlack = (workspace: TestWorkspace, fields: Record<string, string> = {}) =>
  post(workspace.ownerId, `${workspace.base}/sinks/new/slack`, {
    "sink-way": "webhook",
    "sink-name": "#ops",
    url: WEBHOOK,
    ...fields,
  });
/** The code that the newest message of a sink carries. */
const codeOf = async (sinkId: string): Promise<string> =>
  (
    await rows("SELECT message FROM delivery WHERE sink_id = $1 ORDER BY created_at DESC, attempts LIMIT 1", [
      sinkId,
    ])
  )[0]?.message.proof.code;

describe("the list", () => {
  test("without a sink says that nobody will be paged, and what to do", async () => {
    const { text, status } = await page(mine.ownerId, `${mine.base}/sinks`);
    expect(status).toBe(200);
    expect(text).toContain("Nobody will be paged");
    expect(text).toContain(`${mine.base}/sinks/new`);
    expect((await page(mine.viewerId, `${mine.base}/sinks`)).text).not.toContain("/sinks/new");
  });

  test("shows state, last answer, failures and the default, and warns while none is verified", async () => {
    const workspace = await addWorkspace(dashboard);
    await seedSink(dashboard, workspace.id, {
      name: "Old <b>",
      state: "disabled",
      disabled_at: new Date(),
      disabled_reason: "refused_for_good",
      is_default: true,
      last_outcome: "permanent",
      last_answer: "no_service <i>",
      failures_in_a_row: 3,
    });
    const { text } = await page(workspace.viewerId, `${workspace.base}/sinks`);
    expect(text).toContain("Nobody will be paged:");
    expect(text).toContain("Old &lt;b&gt;");
    expect(text).toContain("no_service &lt;i&gt;");
    expect(text).toContain("3 failures in a row");
    expect(text).toContain(">default<");
  });
});

describe("a new sink", () => {
  test.each(SINK_KINDS)("of kind %s has a page that says what to do", async (kind) => {
    const { status, text } = await page(mine.ownerId, `${mine.base}/sinks/new/${kind}`);
    expect(status).toBe(200);
    expect(text).toContain("prove that it is yours");
  });

  test("of a kind that there is not is not found", async () => {
    expect((await page(mine.ownerId, `${mine.base}/sinks/new/pigeon`)).status).toBe(404);
  });

  test("goes from form to code to verified; the page never shows the code or the URL", async () => {
    const workspace = await addWorkspace(dashboard);
    const added = await addSlack(workspace);
    expect(added.status).toBe(303);
    const path = added.to.replace("/verify", "");
    const id = path.split("/").at(-1) ?? "";
    const code = await codeOf(id);
    const verify = await page(workspace.ownerId, added.to);
    expect(verify.text).toContain("Type the code back");
    expect(verify.text).not.toContain(code);
    expect(verify.text).not.toContain("abcdefghij");
    const wrong = await post(workspace.ownerId, added.to, { code: "AAAA-AAAA" });
    expect(wrong.status).toBe(400);
    expect(wrong.text).toContain("You have 4 more tries");
    expect(await post(workspace.ownerId, added.to, { code: code.toLowerCase() })).toMatchObject({
      status: 303,
      to: path,
    });
    const shown = await page(workspace.ownerId, path);
    expect(shown.text).toContain("Send a test");
    expect(shown.text).not.toContain(code);
  });

  test("with settings that are wrong is refused beside the field, keeping what is no secret", async () => {
    const workspace = await addWorkspace(dashboard);
    const wrong = await addSlack(workspace, { url: "https://example.com/" });
    expect(wrong.status).toBe(400);
    expect(wrong.text).toContain("This is not the URL of a Slack incoming webhook");
    expect(wrong.text).toContain('value="#ops"');
    expect(wrong.text).not.toContain('value="https://example.com/"');
    const unnamed = await addSlack(workspace, { "sink-name": " " });
    expect(unnamed.status).toBe(400);
    expect(unnamed.text).toContain("This may not be empty.");
    expect((await addSlack(workspace, { "sink-way": "install" })).status).toBe(400);
  });

  test("of kind webhook shows its signing secret once", async () => {
    const workspace = await addWorkspace(dashboard);
    const added = await post(workspace.ownerId, `${workspace.base}/sinks/new/webhook`, {
      "sink-way": "url",
      "sink-name": "Ours",
      url: "https://127.0.0.1:8443/hook",
    });
    expect(added.status).toBe(200);
    expect(added.text).toMatch(/whsec_[\w+/=]{20,}/);
    const [sink] = await rows("SELECT id FROM sink WHERE tenant_id = $1", [workspace.id]);
    const later = await page(workspace.ownerId, `${workspace.base}/sinks/${sink.id}/verify`);
    expect(later.text).not.toContain("whsec_");
  });

  test("over the plan is refused with the limit", async () => {
    const workspace = await addWorkspace(dashboard, { plan: "public" });
    const answer = await addSlack(workspace);
    expect(answer.status).toBe(402);
    expect(answer.text).toContain("plan");
  });
});

describe("a sink", () => {
  test("is renamed, tested, made the default, replaced and deleted", async () => {
    const workspace = await addWorkspace(dashboard);
    const id = await seedSink(dashboard, workspace.id);
    await seedDelivery(dashboard, { tenantId: workspace.id, sinkId: id });
    const path = `${workspace.base}/sinks/${id}`;
    expect((await post(workspace.ownerId, `${path}/name`, { name: "Night <b>" })).status).toBe(303);
    const empty = await post(workspace.ownerId, `${path}/name`, { name: "" });
    expect(empty.status).toBe(400);
    const shown = await page(workspace.viewerId, path);
    expect(shown.text).toContain("Night &lt;b&gt;");
    expect(shown.text).not.toContain(`${path}/delete`);
    const tested = await post(workspace.ownerId, `${path}/test`);
    expect(tested.to).toContain(`${workspace.base}/deliveries/`);
    await post(workspace.ownerId, `${path}/default`);
    expect((await page(workspace.ownerId, path)).text).toContain(">default<");
    const other = await seedSink(dashboard, workspace.id, { name: "Other" });
    expect((await post(workspace.ownerId, `${workspace.base}/sinks/${other}/delete`)).to).toBe(
      `${workspace.base}/sinks`,
    );
    expect((await page(workspace.ownerId, `${workspace.base}/sinks/${other}`)).status).toBe(404);
    expect((await page(workspace.ownerId, `${path}/settings`)).text).toContain("verified again");
    const replaced = await post(workspace.ownerId, `${path}/settings`, {
      "sink-way": "webhook",
      url: WEBHOOK,
    });
    expect(replaced).toMatchObject({ status: 303, to: `${path}/verify` });
    expect((await page(workspace.ownerId, `${path}/verify`)).text).toContain("Type the code back");
    expect((await post(workspace.ownerId, `${path}/proof`)).status).toBe(303);
  });

  test("that is disabled is switched on by proving it again", async () => {
    const workspace = await addWorkspace(dashboard);
    const id = await seedSink(dashboard, workspace.id, { state: "disabled", disabled_at: new Date() });
    const path = `${workspace.base}/sinks/${id}`;
    expect((await page(workspace.ownerId, path)).text).toContain("Nothing is sent here any more");
    expect(await post(workspace.ownerId, `${path}/enable`)).toMatchObject({
      status: 303,
      to: `${path}/verify`,
    });
  });

  test("that is verified says so where it was proven", async () => {
    const workspace = await addWorkspace(dashboard);
    const id = await seedSink(dashboard, workspace.id);
    const { text } = await page(workspace.ownerId, `${workspace.base}/sinks/${id}/verify`);
    expect(text).toContain("It is verified");
    expect(text).not.toContain("Type the code back");
  });
});

describe("the way over Slack", () => {
  const install = (workspace: TestWorkspace, userId = workspace.ownerId, kind = "slack") =>
    post(userId, `${workspace.base}/sinks/install/${kind}`, { "sink-way": "install" });

  test("is offered where the installation has an app, not for a sink that there is, and never taken as a form", async () => {
    const workspace = await addWorkspace(dashboard);
    const setUp = `${workspace.base}/sinks/new/slack`;
    expect((await page(workspace.ownerId, setUp)).text).not.toContain("Add to Slack");
    Object.assign(dashboard.deps, { slackApp: { clientId: "111.222" } });
    try {
      expect((await page(workspace.ownerId, setUp)).text).toContain("Add to Slack");
      const id = await seedSink(dashboard, workspace.id);
      const replaced = await page(workspace.ownerId, `${workspace.base}/sinks/${id}/settings`);
      expect(replaced.text).not.toContain("Add to Slack");
      expect((await addSlack(workspace, { "sink-way": "install" })).status).toBe(400);
    } finally {
      Object.assign(dashboard.deps, { slackApp: null });
    }
  });

  test("leads to Slack with our id, our callback and a state that only its hash is kept of", async () => {
    const workspace = await addWorkspace(dashboard);
    Object.assign(dashboard.deps, { slackApp: { clientId: "111.222" } });
    try {
      const { status, text } = await install(workspace);
      expect(status).toBe(200);
      const href = /href="(https:\/\/slack\.com[^"]+)"/.exec(text)?.[1]?.replaceAll("&amp;", "&") ?? "";
      const url = new URL(href);
      expect(Object.fromEntries(url.searchParams)).toMatchObject({
        client_id: "111.222",
        redirect_uri: "https://api.example/oauth/slack/callback",
        state: expect.stringMatching(/^[\w-]{43}$/),
      });
      const state = url.searchParams.get("state") ?? "";
      const kept = await dashboard.deps.redis.keys("*slack-install:*");
      expect(kept.length).toBeGreaterThan(0);
      expect(kept.join()).not.toContain(state);
      expect((await install(workspace, workspace.ownerId, "discord")).status).toBe(404);
      expect((await install(workspace, workspace.viewerId)).status).toBe(403);
      expect((await install(workspace, mine.ownerId)).status).toBe(404);
      const small = await addWorkspace(dashboard, { plan: "public" });
      expect((await install(small)).status).toBe(402);
    } finally {
      Object.assign(dashboard.deps, { slackApp: null });
    }
  });

  test("says what to do instead where there is no app", async () => {
    const { status, text } = await install(mine);
    expect(status).toBe(409);
    expect(text).toContain("Paste the URL of an incoming webhook");
  });
});

test("Telegram is offered where a bot is named, with the way to it", async () => {
  const paths = [`${mine.base}/sinks/new`, `${mine.base}/sinks/new/telegram`] as const;
  expect((await page(mine.ownerId, paths[0])).text).not.toContain("new/telegram");
  expect((await page(mine.ownerId, paths[1])).text).toContain("This installation cannot send there");
  Object.assign(dashboard.deps.config, { TELEGRAM_BOT_NAME: "alive_bot" });
  try {
    expect((await page(mine.ownerId, paths[0])).text).toContain("new/telegram");
    expect((await page(mine.ownerId, paths[1])).text).toContain('href="https://t.me/alive_bot"');
  } finally {
    Object.assign(dashboard.deps.config, { TELEGRAM_BOT_NAME: undefined });
  }
});

describe("another secret for a webhook", () => {
  const SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
  const asked: unknown[] = [];
  let refusal: AppError | null = null;
  beforeAll(() => {
    const port: SinkSecrets = {
      async rotate(caller, sinkId) {
        asked.push({ tenantId: caller.tenantId, userId: caller.userId, sinkId });
        if (refusal !== null) {
          throw refusal;
        }
        return { secret: SECRET };
      },
    };
    Object.assign(dashboard.deps, { sinkSecrets: port });
  });

  test("is asked of the api for the person, shown once, kept by no cache, and never seen again", async () => {
    const workspace = await addWorkspace(dashboard);
    const id = await seedSink(dashboard, workspace.id, { kind: "webhook", name: "Ours" });
    const path = `${workspace.base}/sinks/${id}`;
    const rotated = await postAs(dashboard, workspace.ownerId, `${path}/secret`);
    const text = await rotated.text();
    expect([rotated.status, rotated.headers.get("cache-control")]).toEqual([200, "no-store"]);
    expect(text).toContain(SECRET);
    expect(text).toContain("signs beside it for 24 hours more");
    expect(asked.at(-1)).toEqual({ tenantId: workspace.id, userId: workspace.ownerId, sinkId: id });
    expect((await page(workspace.ownerId, path)).text).not.toContain("whsec_");
    expect((await page(workspace.viewerId, path)).text).not.toContain("Rotate secret");
  });

  test.each(["conflict", "upstream"] as const)("that the api refuses as %s says why", async (code) => {
    const workspace = await addWorkspace(dashboard);
    const id = await seedSink(dashboard, workspace.id, { kind: "webhook" });
    refusal = new AppError({ code, internal: "x", public: `Told as ${code}.` });
    const path = `${workspace.base}/sinks/${id}`;
    const answer = await post(workspace.ownerId, `${path}/secret`);
    refusal = null;
    expect(answer).toMatchObject({ status: 303, to: path });
  });

  test("asks nothing of the api for who may not", async () => {
    const workspace = await addWorkspace(dashboard);
    const id = await seedSink(dashboard, workspace.id, { kind: "webhook" });
    const before = asked.length;
    expect((await post(workspace.viewerId, `${workspace.base}/sinks/${id}/secret`)).status).toBe(403);
    expect((await post(mine.ownerId, `${mine.base}/sinks/${id}/secret`)).status).toBe(404);
    expect(asked.length).toBe(before);
  });
});

const FORMS: readonly (readonly [string, Record<string, string>])[] = [
  ["name", { name: "x" }],
  ["verify", { code: "x" }],
  ["proof", {}],
  ["enable", {}],
  ["test", {}],
  ["default", {}],
  ["secret", {}],
  ["delete", {}],
  ["settings", { "sink-way": "webhook", url: WEBHOOK }],
];

describe("who may not", () => {
  test.each(FORMS)("as a viewer post %s gets 403 and changes nothing", async (form, fields) => {
    const workspace = await addWorkspace(dashboard);
    const id = await seedSink(dashboard, workspace.id);
    expect((await post(workspace.viewerId, `${workspace.base}/sinks/${id}/${form}`, fields)).status).toBe(
      403,
    );
    expect(await rows("SELECT name, state FROM sink WHERE id = $1", [id])).toEqual([
      { name: "#on-call", state: "verified" },
    ]);
  });

  test.each(["sinks/new", "sinks/new/slack"])("as a viewer get 403 for %s", async (path) => {
    expect((await page(mine.viewerId, `${mine.base}/${path}`)).status).toBe(403);
    if (path.endsWith("slack")) {
      expect((await post(mine.viewerId, `${mine.base}/${path}`)).status).toBe(403);
    }
  });

  test.each([...FORMS, ["", null], ["verify", null], ["events", null], ["settings", null]] as const)(
    "%s of another workspace's sink is not found, below its address and below one's own",
    async (form, fields) => {
      const other = await addWorkspace(dashboard);
      const id = await seedSink(dashboard, other.id);
      for (const base of [other.base, mine.base]) {
        const path = `${base}/sinks/${id}${form === "" ? "" : `/${form}`}`;
        const answer =
          fields === null ? await page(mine.ownerId, path) : await post(mine.ownerId, path, fields);
        expect(answer.status).toBe(404);
      }
    },
  );
});
