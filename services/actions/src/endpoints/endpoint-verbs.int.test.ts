import { randomUUID } from "node:crypto";
import type { HealthOptions } from "@alivemcp/core/health-options";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { addTestTenant, type TestTenant } from "../../../../db/test/tenant.ts";
import { callerOf, openTestActions, operatorOf, type TestActions } from "../../test/action-deps.ts";
import { deleteEndpoint } from "./delete-endpoint.ts";
import { endpointRevision } from "./endpoint-revision.ts";
import { getEndpoint } from "./get-endpoint.ts";
import { listEndpoints } from "./list-endpoints.ts";
import { pauseEndpoint, resumeEndpoint } from "./pause-endpoint.ts";
import { type NewEndpointInput, registerEndpoint } from "./register-endpoint.ts";
import { requestProbeOf } from "./request-probe-of.ts";
import { type EndpointPatch, updateEndpoint } from "./update-endpoint.ts";

let actions: TestActions;
beforeAll(async () => {
  actions = await openTestActions();
});
afterAll(() => actions?.close());

let hosts = 0;
/** A URL of its own host for every call, so that no host's budget is spent by another test. */
const freshUrl = (path = "/mcp") => `http://127.0.77.${(hosts++ % 250) + 1}:${15_000 + hosts}${path}`;
const tenantOn = (plan: "public" | "author" | "team" | "enterprise" = "team") =>
  addTestTenant(actions.database, { plan });
const register = async (tenant: TestTenant, input: Partial<NewEndpointInput> = {}) =>
  (await registerEndpoint(actions.deps, callerOf(tenant), { url: freshUrl(), ...input })).endpoint;
const update = (tenant: TestTenant, endpoint: string, patch: EndpointPatch, ifRevision?: string) =>
  updateEndpoint(actions.deps, callerOf(tenant), { endpoint, patch, ifRevision });
const query = async (sql: string, values: unknown[] = []) =>
  (await actions.database.pool("super").query(sql, values)).rows;
const auditOf = async (tenant: TestTenant) =>
  (await query("SELECT action FROM audit_log WHERE tenant_id = $1 ORDER BY id", [tenant.id])).map(
    ({ action }) => action,
  );
const nowJobsOf = async (id: string) => {
  const jobs = await actions.deps.probeQueues.get("eu-west")?.getJobs(["waiting", "prioritized"]);
  return (jobs ?? []).filter((job) => (job.data as { endpointId: string }).endpointId === id);
};

describe("registering", () => {
  test("stores every option that was given, and defaults where none was", async () => {
    const tenant = await tenantOn("enterprise");
    const options = {
      name: "Docs",
      transport: "http",
      cadenceS: 30,
      regions: ["eu-west"],
      confirmationPeriodMs: 60_000,
      runbookUrl: "https://wiki.example.com/docs",
      tags: ["prod"],
      groupName: "Search",
      expectedTools: ["find"],
      latencyDegradedMs: 2_000,
      sloTarget: 0.999,
    } as const;
    expect(await register(tenant, options)).toMatchObject({
      ...options,
      visibility: "unlisted",
      standing: "added",
      slug: expect.stringMatching(/^docs-[0-9a-f]{16}$/),
      retentionClass: "enterprise",
    });
    expect(await register(tenant)).toMatchObject({ cadenceS: 60, transport: "auto", regions: [], tags: [] });
  });

  test("at the plan's limit is refused with the limit and who can lift it, and nothing is stored", async () => {
    const tenant = await tenantOn("public");
    await register(tenant);
    await expect(register(tenant)).rejects.toMatchObject({
      code: "limit_reached",
      public: expect.stringMatching(/plan public allows 1 endpoint.*owner/s),
    });
    expect(await query("SELECT FROM endpoints WHERE tenant_id = $1", [tenant.id])).toHaveLength(1);
  });

  test("two at once with room for one: exactly one passes", async () => {
    const tenant = await tenantOn("public");
    const settled = await Promise.allSettled([1, 2, 3, 4].map(() => register(tenant)));
    expect(settled.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    expect(await query("SELECT FROM endpoints WHERE tenant_id = $1", [tenant.id])).toHaveLength(1);
    expect(await auditOf(tenant)).toEqual(["endpoint.create"]);
  });

  test.each([
    ["private endpoints where the plan has none", "public", { visibility: "private" }, "visibility"],
    ["a cadence below the plan's", "team", { cadenceS: 30 }, "cadence_s"],
  ] as const)("%s is a limit that names its field", async (_name, plan, input, field) => {
    await expect(register(await tenantOn(plan), input)).rejects.toMatchObject({
      code: "limit_reached",
      field,
    });
  });

  test.each([
    ["a region that does not exist", { regions: ["mars-north"] }, "invalid", "regions"],
    ["a place on the board without proof", { visibility: "public" }, "forbidden", "visibility"],
    ["the mark of a demo", { isDemo: true }, "forbidden", "is_demo"],
    ["a private address", { url: "http://127.0.0.1/mcp" }, "invalid", "url"],
    [
      "a health URL on another domain",
      { healthUrls: [{ url: "https://other.example/health", everyMinutes: 1, isStatusChecked: true }] },
      "invalid",
      "health_urls.0.url",
    ],
  ] as const)("%s is refused and names its field", async (_name, input, code, field) => {
    await expect(register(await tenantOn(), input)).rejects.toMatchObject({ code, field });
  });

  test("a pattern that could make a probe stall is refused and names its field, also when it is changed later", async () => {
    const tenant = await tenantOn();
    const health: HealthOptions = {
      kind: "auto",
      assertions: [
        { kind: "equals", path: "$.status", value: "ok" },
        { kind: "matches", path: "$.status", pattern: "(o)\\1" },
      ],
    };
    const refusal = { code: "invalid", field: "health.assertions.1.pattern" };
    await expect(register(tenant, { health })).rejects.toMatchObject(refusal);
    const { id } = await register(tenant);
    await expect(update(tenant, id, { health })).rejects.toMatchObject(refusal);
  });

  test("a URL on the board is offered to follow, and to claim while nobody did", async () => {
    const url = freshUrl();
    const [operator, adder] = [await tenantOn(), await tenantOn()];
    const { endpoint } = await registerEndpoint(actions.deps, operatorOf(operator), {
      url,
      visibility: "public",
    });
    await expect(register(adder, { url: `${url}/` })).rejects.toMatchObject({
      code: "conflict",
      facts: { board_slug: endpoint.slug, offers: "follow" },
    });
    await query("UPDATE endpoints SET standing = 'unclaimed' WHERE id = $1", [endpoint.id]);
    await expect(register(adder, { url })).rejects.toMatchObject({
      public: expect.stringContaining("claim it"),
      facts: { board_slug: endpoint.slug, offers: "follow claim" },
    });
  });

  test("another tenant's unlisted URL is never revealed: the adder gets its own", async () => {
    const url = freshUrl();
    const [theirs, ours] = [
      await register(await tenantOn(), { url }),
      await register(await tenantOn(), { url }),
    ];
    expect(ours.id).not.toBe(theirs.id);
  });

  test("the same URL twice in one workspace names the one that is there", async () => {
    const tenant = await tenantOn();
    const { slug, url } = await register(tenant);
    await expect(register(tenant, { url })).rejects.toMatchObject({
      code: "conflict",
      facts: { existing_slug: slug },
    });
  });

  test("a viewer may not", async () => {
    const viewer = callerOf(await tenantOn(), "viewer");
    await expect(registerEndpoint(actions.deps, viewer, { url: freshUrl() })).rejects.toMatchObject({
      code: "forbidden",
    });
  });
});

describe("changing", () => {
  test("another URL keeps history and id, and is probed at once", async () => {
    const tenant = await tenantOn();
    const before = await register(tenant);
    const url = freshUrl("/v2");
    const { endpoint, isProbeRequested } = await update(tenant, before.slug, { url });
    expect(endpoint).toMatchObject({
      id: before.id,
      number: before.number,
      url,
      host: new URL(url).hostname,
    });
    expect(isProbeRequested).toBe(true);
    expect((await nowJobsOf(before.id)).map(({ data }) => (data as { url: string }).url)).toContain(url);
  });

  test("the name alone probes nothing, and saying the same again changes and records nothing", async () => {
    const tenant = await tenantOn();
    const { slug } = await register(tenant);
    expect(await update(tenant, slug, { name: "Other" })).toMatchObject({ isProbeRequested: false });
    await update(tenant, slug, { name: "Other", tags: [] });
    expect(await auditOf(tenant)).toEqual(["endpoint.create", "endpoint.update"]);
  });

  test("what was seen before somebody else changed it cannot be overwritten", async () => {
    const tenant = await tenantOn();
    const seen = await register(tenant);
    await update(tenant, seen.slug, { name: "Theirs" }, endpointRevision(seen));
    await expect(update(tenant, seen.slug, { name: "Ours" }, endpointRevision(seen))).rejects.toMatchObject({
      code: "conflict",
    });
    expect((await getEndpoint(actions.deps, callerOf(tenant), seen.slug)).name).toBe("Theirs");
  });

  test.each([
    [
      "a URL that is watched already",
      async (tenant: TestTenant) => ({ url: (await register(tenant)).url }),
      "conflict",
    ],
    ["a private address", async () => ({ url: "http://10.0.0.1/mcp" }), "invalid"],
    ["the board without proof", async () => ({ visibility: "public" as const }), "forbidden"],
    ["a shorter cadence than the plan's", async () => ({ cadenceS: 30 }), "limit_reached"],
  ])("%s is refused and nothing changes", async (_name, patchFor, code) => {
    const tenant = await tenantOn();
    const before = await register(tenant);
    await expect(
      update(tenant, before.slug, { name: "New", ...(await patchFor(tenant)) }),
    ).rejects.toMatchObject({
      code,
    });
    expect((await getEndpoint(actions.deps, callerOf(tenant), before.id)).name).toBe(before.name);
  });

  test("a proof is of a host: on another one the endpoint is an added one again", async () => {
    const tenant = await tenantOn();
    const { id, slug, url } = await register(tenant);
    await query("UPDATE endpoints SET standing = 'claimed' WHERE id = $1", [id]);
    expect((await update(tenant, slug, { url: `${url}/other` })).endpoint.standing).toBe("claimed");
    await update(tenant, slug, { visibility: "public" });
    await expect(update(tenant, id, { url: freshUrl() })).rejects.toMatchObject({
      code: "conflict",
      field: "url",
    });
    await update(tenant, id, { visibility: "unlisted" });
    expect((await update(tenant, id, { url: freshUrl() })).endpoint.standing).toBe("added");
  });

  test("a stored credential goes to no other host, and nothing with one is shown in public", async () => {
    const tenant = await tenantOn();
    const { id, slug } = await register(tenant, { visibility: "private" });
    await query(
      "INSERT INTO tenant_data_key (tenant_id, version, provider, provider_key_id, wrapped_key) VALUES ($1, 1, 'local', 'k', '\\x00')",
      [tenant.id],
    );
    await query(
      `INSERT INTO endpoint_credential (endpoint_id, tenant_id, version, kind, data_key_version, sealed, hints)
       VALUES ($1, $2, 1, 'bearer', 1, '\\x00', '{}')`,
      [id, tenant.id],
    );
    await expect(update(tenant, slug, { url: freshUrl() })).rejects.toMatchObject({
      code: "conflict",
      field: "url",
    });
    await expect(update(tenant, slug, { visibility: "unlisted" })).rejects.toMatchObject({
      field: "visibility",
    });
  });
});

describe("a slug", () => {
  test("that was renamed leads to its endpoint for ever, and back again", async () => {
    const tenant = await tenantOn();
    const first = await register(tenant, { name: "Docs" });
    const { endpoint } = await update(tenant, first.slug, { slug: "papers" });
    expect(endpoint.slug).toBe(`papers${first.slug.slice("docs".length)}`);
    expect((await getEndpoint(actions.deps, callerOf(tenant), first.slug)).slug).toBe(endpoint.slug);
    expect((await update(tenant, endpoint.slug, { slug: "docs" })).endpoint.slug).toBe(first.slug);
    expect(await query("SELECT slug FROM retired_slug WHERE endpoint_id = $1", [first.id])).toEqual([
      { slug: endpoint.slug },
    ]);
  });

  test("of the board, once retired or deleted, is nobody else's", async () => {
    const [one, two] = [await tenantOn(), await tenantOn()];
    const name = `Board ${randomUUID()}`;
    const onBoard = async (tenant: TestTenant) => {
      const input = { url: freshUrl(), name, visibility: "public" } as const;
      return (await registerEndpoint(actions.deps, operatorOf(tenant), input)).endpoint;
    };
    const first = await onBoard(one);
    const { endpoint } = await updateEndpoint(actions.deps, operatorOf(one), {
      endpoint: first.slug,
      patch: { slug: "elsewhere-now" },
    });
    expect((await onBoard(two)).slug).not.toBe(first.slug);
    await deleteEndpoint(actions.deps, callerOf(one), endpoint.slug);
    const { slug } = await onBoard(two).catch(() => ({ slug: "" }));
    expect(slug).not.toBe("elsewhere-now");
    const foreign = await register(two);
    await query("UPDATE endpoints SET standing = 'claimed' WHERE id = $1", [foreign.id]);
    for (const taken of [first.slug, "elsewhere-now"]) {
      await expect(update(two, foreign.id, { visibility: "public", slug: taken })).rejects.toMatchObject({
        code: "conflict",
        field: "slug",
      });
    }
    await expect(
      query(
        `INSERT INTO endpoints (tenant_id, slug, name, url, normalized_url, host, registrable_domain, visibility, standing, retention_class)
         VALUES ($1, $2, 'x', 'x', 'x', 'x', 'x', 'unlisted', 'added', 'team')`,
        [two.id, first.slug],
      ),
    ).rejects.toThrow("belonged to another endpoint");
  });

  test("taken by five at the same moment is given to one", async () => {
    const tenants = await Promise.all([1, 2, 3, 4, 5].map(() => tenantOn()));
    const rows = await Promise.all(tenants.map((tenant) => register(tenant)));
    await query("UPDATE endpoints SET standing = 'claimed' WHERE id = ANY($1)", [rows.map(({ id }) => id)]);
    const slug = `race-${randomUUID().slice(0, 8)}`;
    const settled = await Promise.allSettled(
      tenants.map((tenant, n) => update(tenant, rows[n]?.id ?? "", { visibility: "public", slug })),
    );
    expect(settled.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    for (const one of settled.filter(({ status }) => status === "rejected")) {
      expect((one as PromiseRejectedResult).reason).toMatchObject({ code: "conflict" });
    }
  });
});

describe("pausing", () => {
  test("stops the probes until it is resumed, which probes at once; twice is once", async () => {
    const tenant = await tenantOn();
    const { slug } = await register(tenant);
    expect(await pauseEndpoint(actions.deps, callerOf(tenant), slug)).toMatchObject({
      pausedReason: "owner",
    });
    await pauseEndpoint(actions.deps, callerOf(tenant), slug);
    await expect(requestProbeOf(actions.deps, callerOf(tenant), slug)).rejects.toMatchObject({
      code: "conflict",
    });
    expect(await resumeEndpoint(actions.deps, callerOf(tenant), slug)).toMatchObject({
      endpoint: { pausedAt: null },
      isProbeRequested: true,
    });
    await resumeEndpoint(actions.deps, callerOf(tenant), slug);
    expect(await auditOf(tenant)).toEqual(["endpoint.create", "endpoint.pause", "endpoint.pause"]);
  });

  test("what was paused for the plan is resumed only where there is room, what an operator paused by no tenant", async () => {
    const tenant = await tenantOn("author");
    const rows = [];
    for (let n = 0; n < 5; n += 1) {
      rows.push(await register(tenant));
    }
    const slug = rows[0]?.slug ?? "";
    await query("UPDATE endpoints SET paused_at = now(), paused_reason = 'plan' WHERE slug = $1", [slug]);
    await register(tenant);
    await expect(resumeEndpoint(actions.deps, callerOf(tenant), slug)).rejects.toMatchObject({
      code: "limit_reached",
    });
    await query("UPDATE endpoints SET paused_reason = 'operator' WHERE slug = $1", [slug]);
    await expect(resumeEndpoint(actions.deps, callerOf(tenant), slug)).rejects.toMatchObject({
      code: "forbidden",
    });
  });
});

describe("the list", () => {
  test("is narrowed by state, tag, group, text and pause", async () => {
    const tenant = await tenantOn();
    const down = await register(tenant, { name: "Billing", tags: ["prod", "money"], groupName: "Core" });
    const sick = await register(tenant, { name: "Search", tags: ["prod"] });
    const paused = await register(tenant, { name: "Old 100% thing" });
    const quiet = await register(tenant, { name: "New" });
    await pauseEndpoint(actions.deps, callerOf(tenant), paused.slug);
    for (const [id, committed, flags] of [
      [down.id, "down", "{}"],
      [sick.id, "up", "{degraded}"],
    ]) {
      await query(
        "INSERT INTO endpoint_state (endpoint_id, shard, committed, since, flags, machine) VALUES ($1, 's00', $2, now(), $3, '{}')",
        [id, committed, flags],
      );
    }
    const names = async (filter: Parameters<typeof listEndpoints>[2]["filter"]) =>
      (await listEndpoints(actions.deps, callerOf(tenant), { filter, beforeNumber: null, limit: 10 })).map(
        ({ name }) => name,
      );
    expect(await names({})).toEqual([quiet.name, paused.name, sick.name, down.name]);
    expect(await names({ state: "down" })).toEqual(["Billing"]);
    expect(await names({ state: "degraded" })).toEqual(["Search"]);
    expect(await names({ state: "unknown" })).toEqual(["New"]);
    expect(await names({ tag: "prod" })).toEqual(["Search", "Billing"]);
    expect(await names({ group: "Core" })).toEqual(["Billing"]);
    expect(await names({ text: "100% TH" })).toEqual(["Old 100% thing"]);
    expect(await names({ paused: "true" })).toEqual(["Old 100% thing"]);
    expect(await names({ paused: "false", tag: "money", text: "bill" })).toEqual(["Billing"]);
  });
});

describe("another tenant", () => {
  const verbs = {
    get: (caller, slug) => getEndpoint(actions.deps, caller, slug),
    update: (caller, endpoint) => updateEndpoint(actions.deps, caller, { endpoint, patch: { name: "Mine" } }),
    pause: (caller, slug) => pauseEndpoint(actions.deps, caller, slug),
    resume: (caller, slug) => resumeEndpoint(actions.deps, caller, slug),
    delete: (caller, slug) => deleteEndpoint(actions.deps, caller, slug),
    "probe now": (caller, slug) => requestProbeOf(actions.deps, caller, slug),
  } satisfies Record<string, (caller: ReturnType<typeof callerOf>, slug: string) => Promise<unknown>>;

  test.each(Object.entries(verbs))("finds nothing to %s, by slug, old slug or id", async (_name, verb) => {
    const [mine, other] = [await tenantOn(), await tenantOn()];
    const before = await register(mine);
    const { endpoint } = await update(mine, before.slug, { slug: "renamed" });
    for (const name of [endpoint.slug, before.slug, endpoint.id]) {
      await expect(verb(callerOf(other), name)).rejects.toMatchObject({ code: "not_found" });
    }
    expect(await getEndpoint(actions.deps, callerOf(mine), endpoint.id)).toEqual(endpoint);
  });

  test.each([["../etc"], ["a'b"], ["\u0000"], ["x".repeat(500)], [randomUUID()], [""]])(
    "and nobody finds an endpoint by %j",
    async (name) => {
      await expect(getEndpoint(actions.deps, callerOf(await tenantOn()), name)).rejects.toMatchObject({
        code: "not_found",
      });
    },
  );
});

test("a probe now is one job per region under the ids it answers with, bounded per workspace", async () => {
  const tenant = await tenantOn();
  const { slug, id } = await register(tenant, { regions: ["eu-west"] });
  const { request } = await requestProbeOf(actions.deps, callerOf(tenant), slug);
  expect(request.jobs).toEqual([{ region: "eu-west", jobId: `${id}-now-${request.requestedAtMs}` }]);
  expect(await actions.deps.probeQueues.get("eu-west")?.getJob(request.jobs[0]?.jobId ?? "")).toBeDefined();
  const many = await Promise.allSettled(
    Array.from({ length: 31 }, () => requestProbeOf(actions.deps, callerOf(tenant), slug)),
  );
  expect(many.at(-1)).toMatchObject({
    status: "rejected",
    reason: { code: "rate_limited", retryAfterS: 60 },
  });
});

test("deleting removes the endpoint and tells who followed it", async () => {
  const [owner, follower] = [await tenantOn(), await tenantOn()];
  const input = { url: freshUrl(), name: "Gone", visibility: "public" } as const;
  const { endpoint } = await registerEndpoint(actions.deps, operatorOf(owner), input);
  await query("INSERT INTO follow (tenant_id, endpoint_id, cadence_s) VALUES ($1, $2, 60)", [
    follower.id,
    endpoint.id,
  ]);
  await deleteEndpoint(actions.deps, callerOf(owner), endpoint.slug);
  expect(await query("SELECT kind, facts FROM notice WHERE tenant_id = $1", [follower.id])).toEqual([
    { kind: "followed-endpoint-deleted", facts: { name: "Gone", slug: endpoint.slug } },
  ]);
  expect(await query("SELECT FROM follow WHERE endpoint_id = $1", [endpoint.id])).toEqual([]);
});
