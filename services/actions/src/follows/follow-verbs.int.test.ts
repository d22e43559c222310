import { randomUUID } from "node:crypto";
import { listEndpointPlansById } from "@alivemcp/db/queries/endpoint-plans-system";
import { afterAll, beforeAll, expect, test } from "vitest";
import { addTestTenant, type TestTenant } from "../../../../db/test/tenant.ts";
import { callerOf, openTestActions, operatorOf, type TestActions } from "../../test/action-deps.ts";
import { registerEndpoint } from "../endpoints/register-endpoint.ts";
import { updateEndpoint } from "../endpoints/update-endpoint.ts";
import { dismissNotice } from "../notices/dismiss-notice.ts";
import { listNotices } from "../notices/list-notices.ts";
import { followEndpoint, unfollowEndpoint } from "./follow-endpoint.ts";
import { listFollowed } from "./list-followed.ts";

let actions: TestActions;
beforeAll(async () => {
  actions = await openTestActions();
});
afterAll(() => actions?.close());

let ports = 20_000;
const add = async (owner: TestTenant, visibility: "public" | "unlisted" = "public") => {
  ports += 1;
  const input = { url: `http://127.0.77.${ports % 250}:${ports}/mcp?key=secret`, name: "Docs", visibility };
  return (await registerEndpoint(actions.deps, operatorOf(owner), { ...input, cadenceS: 300 })).endpoint;
};
const tenantOn = (plan: "public" | "author" | "team" | "enterprise" = "team") =>
  addTestTenant(actions.database, { plan });
const followedBy = async (tenant: TestTenant) =>
  (await listFollowed(actions.deps, callerOf(tenant))).map(({ slug, cadenceS }) => [slug, cadenceS]);
const plansOf = (id: string) => listEndpointPlansById(actions.database.pool("system"), [id]);

test("a follower has the endpoint probed at its own cadence and sees nothing that is not public", async () => {
  const [owner, follower] = [await tenantOn(), await tenantOn("enterprise")];
  const { slug, id } = await add(owner);
  await followEndpoint(actions.deps, callerOf(follower), { slug, cadenceS: 30 });
  expect(await plansOf(id)).toMatchObject([{ cadenceS: 30, isFollowed: true }]);
  const [followed] = await listFollowed(actions.deps, callerOf(follower));
  expect(followed).toMatchObject({ slug, cadenceS: 30 });
  expect(JSON.stringify(followed)).not.toContain("secret");
  await unfollowEndpoint(actions.deps, callerOf(follower), slug);
  expect(await plansOf(id)).toMatchObject([{ cadenceS: 300, isFollowed: false }]);
});

test("following twice is once; saying another cadence changes it", async () => {
  const [owner, follower] = [await tenantOn(), await tenantOn()];
  const { slug } = await add(owner);
  for (const cadenceS of [undefined, undefined, 900, 900]) {
    await followEndpoint(actions.deps, callerOf(follower), { slug, cadenceS });
  }
  expect(await followedBy(follower)).toEqual([[slug, 900]]);
  const { rows } = await actions.database
    .pool("super")
    .query("SELECT FROM audit_log WHERE tenant_id = $1", [follower.id]);
  expect(rows).toHaveLength(2);
});

test("followed endpoints count against the plan, and two at once do not both pass", async () => {
  const owner = await tenantOn();
  const [one, two] = [await add(owner), await add(owner)];
  const follower = await tenantOn("public");
  const settled = await Promise.allSettled(
    [one, two].map(({ slug }) => followEndpoint(actions.deps, callerOf(follower), { slug })),
  );
  expect(settled.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
  await expect(
    registerEndpoint(actions.deps, callerOf(follower), { url: "http://127.0.77.9:9999/mcp" }),
  ).rejects.toMatchObject({ code: "limit_reached" });
  await expect(
    followEndpoint(actions.deps, callerOf(await tenantOn()), { slug: one.slug, cadenceS: 30 }),
  ).rejects.toMatchObject({ code: "limit_reached", field: "cadence_s" });
});

test("one's own endpoint is not followed", async () => {
  const owner = await tenantOn();
  const { slug } = await add(owner);
  await expect(followEndpoint(actions.deps, callerOf(owner), { slug })).rejects.toMatchObject({
    code: "conflict",
  });
});

test("hidden endpoints are not found, whoever guesses the slug or the id", async () => {
  const hidden = await add(await tenantOn(), "unlisted");
  for (const guess of [hidden.slug, hidden.id, randomUUID(), "'; --"]) {
    for (const verb of [followEndpoint, (deps, caller, { slug }) => unfollowEndpoint(deps, caller, slug)] as [
      typeof followEndpoint,
      typeof followEndpoint,
    ]) {
      await expect(verb(actions.deps, callerOf(await tenantOn()), { slug: guess })).rejects.toMatchObject({
        code: "not_found",
      });
    }
  }
});

test("when it leaves the board its followers are detached and told, until they dismiss it", async () => {
  const [owner, follower, stranger] = [await tenantOn(), await tenantOn(), await tenantOn()];
  const { slug } = await add(owner);
  await followEndpoint(actions.deps, callerOf(follower), { slug });
  await updateEndpoint(actions.deps, callerOf(owner), { endpoint: slug, patch: { visibility: "private" } });
  expect(await followedBy(follower)).toEqual([]);
  const [notice, ...more] = await listNotices(actions.deps, callerOf(follower));
  expect(notice?.sentence).toBe(
    "Docs, which you followed, is no longer public, so you do not follow it any more.",
  );
  expect(more).toEqual([]);
  expect(await listNotices(actions.deps, callerOf(owner))).toEqual([]);
  await expect(dismissNotice(actions.deps, callerOf(stranger), notice?.id ?? 0)).rejects.toMatchObject({
    code: "not_found",
  });
  expect(await listNotices(actions.deps, callerOf(follower))).toHaveLength(1);
  await dismissNotice(actions.deps, callerOf(follower), notice?.id ?? 0);
  expect(await listNotices(actions.deps, callerOf(follower))).toEqual([]);
});
