import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { PUBLIC_TENANT_ID } from "@alivemcp/db/seed";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { addTestTenant, type TestTenant } from "../../../../db/test/tenant.ts";
import { callerOf, openTestActions, type TestActions } from "../../test/action-deps.ts";
import { registerEndpoint } from "../endpoints/register-endpoint.ts";
import { updateEndpoint } from "../endpoints/update-endpoint.ts";
import { followEndpoint } from "../follows/follow-endpoint.ts";
import { claimEndpoint } from "./claim-endpoint.ts";
import { getClaim } from "./get-claim.ts";

let actions: TestActions;
const servers: Server[] = [];
beforeAll(async () => {
  actions = await openTestActions();
});
afterAll(async () => {
  for (const server of servers) {
    server.closeAllConnections();
    server.close();
  }
  await actions?.close();
});

/** What an endpoint of this test serves; the test changes it while it runs. */
interface Site {
  readonly url: string;
  file: string | null;
  redirectFileTo: string | null;
  instructions: string;
  isWalled: boolean;
}

let hosts = 100;
/** A small MCP server with a file of its origin, on an address of its own. */
async function openSite(): Promise<Site> {
  hosts += 1;
  const host = `127.0.77.${hosts}`;
  const site = { url: "", file: null, redirectFileTo: null, instructions: "", isWalled: false } as Site & {
    url: string;
  };
  const server = createServer(async (request, response) => {
    if (request.url === "/.well-known/alivemcp.txt") {
      if (site.redirectFileTo !== null) {
        response.writeHead(302, { location: site.redirectFileTo }).end();
      } else {
        response
          .writeHead(site.file === null ? 404 : 200, { "content-type": "text/plain" })
          .end(site.file ?? "");
      }
      return;
    }
    const chunks: Buffer[] = [];
    for await (const chunk of request) {
      chunks.push(chunk as Buffer);
    }
    const message = JSON.parse(Buffer.concat(chunks).toString() || "{}") as { id?: number; method?: string };
    if (site.isWalled) {
      response.writeHead(401, { "www-authenticate": "Bearer" }).end();
    } else if (message.method === "initialize") {
      const result = {
        protocolVersion: "2025-06-18",
        capabilities: {},
        serverInfo: { name: "test", version: "1" },
        instructions: site.instructions,
      };
      response
        .writeHead(200, { "content-type": "application/json" })
        .end(JSON.stringify({ jsonrpc: "2.0", id: message.id, result }));
    } else if (message.id === undefined) {
      response.writeHead(202).end();
    } else {
      const error = { code: -32601, message: "Method not found" };
      response
        .writeHead(200, { "content-type": "application/json" })
        .end(JSON.stringify({ jsonrpc: "2.0", id: message.id, error }));
    }
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  site.url = `http://${host}:${(server.address() as AddressInfo).port}/mcp`;
  return site;
}

const query = async (sql: string, values: unknown[] = []) =>
  (await actions.database.pool("super").query(sql, values)).rows;
let listed = 0;
/** An endpoint that nobody claimed, as a crawler lists it. */
async function list(url: string): Promise<{ id: string; slug: string; number: number }> {
  listed += 1;
  const { hostname } = new URL(url);
  const [row] = await query(
    `INSERT INTO endpoints (tenant_id, slug, name, url, normalized_url, host, registrable_domain, visibility, standing, retention_class)
     VALUES ($1, $2, 'Listed', $3, $3, $4, $4, 'public', 'unclaimed', 'public') RETURNING id, slug, number`,
    [PUBLIC_TENANT_ID, `listed-${listed}`, url, hostname],
  );
  return row;
}
const proofFor = async (tenant: TestTenant, slug: string) =>
  (await getClaim(actions.deps, callerOf(tenant), slug)).challenge.proof;
const claim = (tenant: TestTenant, slug: string, deps = actions.deps) =>
  claimEndpoint(deps, callerOf(tenant), slug);
const tenantOn = (plan: "public" | "author" | "team" = "team") => addTestTenant(actions.database, { plan });

describe("an endpoint of the board", () => {
  test.each(["file", "marker"] as const)(
    "changes hands with its history once the %s is there",
    async (method) => {
      const [site, tenant] = [await openSite(), await tenantOn("author")];
      const { id, slug, number } = await list(site.url);
      await query("INSERT INTO probe_day (endpoint_number, day, up_minutes) VALUES ($1, current_date, 7)", [
        number,
      ]);
      await followEndpoint(actions.deps, callerOf(tenant), { slug });
      expect(await claim(tenant, slug)).toMatchObject({
        kind: "unproven",
        proofs: [{ method: "dns" }, { method: "file", isFound: false }, { method: "marker", isFound: false }],
      });
      const proof = await proofFor(tenant, slug);
      if (method === "file") {
        site.file = `# ours\n${proof}\n`;
      } else {
        site.instructions = `Search our docs. ${proof}`;
      }
      expect(await claim(tenant, slug)).toMatchObject({ kind: "claimed", method });
      expect(
        await query(
          "SELECT tenant_id, standing, retention_class, number, visibility FROM endpoints WHERE id = $1",
          [id],
        ),
      ).toEqual([
        {
          tenant_id: tenant.id,
          standing: "claimed",
          retention_class: "author",
          number,
          visibility: "public",
        },
      ]);
      expect(await query("SELECT up_minutes FROM probe_day WHERE endpoint_number = $1", [number])).toEqual([
        { up_minutes: 7 },
      ]);
      expect(await query("SELECT FROM follow WHERE endpoint_id = $1", [id])).toEqual([]);
      expect(await query("SELECT FROM notice WHERE tenant_id = $1", [tenant.id])).toEqual([]);
      expect(
        await query("SELECT actor_id FROM audit_log WHERE tenant_id = $1 AND action = 'endpoint.claim'", [
          tenant.id,
        ]),
      ).toEqual([{ actor_id: tenant.ownerId }]);
    },
  );

  test("is proven by a TXT record beside its host's name, too", async () => {
    const tenant = await tenantOn();
    const { slug } = await list("http://nowhere.invalid/mcp");
    const { proof, dnsName } = (await getClaim(actions.deps, callerOf(tenant), slug)).challenge;
    expect(dnsName).toBe("_alivemcp.nowhere.invalid");
    const withRecords = (records: readonly string[]) => ({
      ...actions.deps,
      resolveTxt: async (name: string) =>
        name === dnsName ? ({ kind: "records", records } as const) : ({ kind: "none" } as const),
    });
    expect(await claim(tenant, slug, withRecords(["v=spf1 -all"]))).toMatchObject({
      proofs: [{ method: "dns", sentence: expect.stringContaining("another text") }, {}, {}],
    });
    expect(await claim(tenant, slug, withRecords(["v=spf1 -all", proof]))).toMatchObject({ method: "dns" });
  });

  test("is not proven by another workspace's text, nor by a file that another origin serves", async () => {
    const [site, elsewhere, tenant, other] = [
      await openSite(),
      await openSite(),
      await tenantOn(),
      await tenantOn(),
    ];
    const { slug, id } = await list(site.url);
    site.file = await proofFor(other, slug);
    expect(await claim(tenant, slug)).toMatchObject({
      proofs: [{}, { isFound: false, sentence: expect.stringContaining("not in it") }, {}],
    });
    elsewhere.file = await proofFor(tenant, slug);
    site.redirectFileTo = new URL("/.well-known/alivemcp.txt", elsewhere.url).href;
    expect(await claim(tenant, slug)).toMatchObject({
      proofs: [{}, { isFound: false, sentence: expect.stringContaining("could not be fetched") }, {}],
    });
    expect(await query("SELECT standing FROM endpoints WHERE id = $1", [id])).toEqual([
      { standing: "unclaimed" },
    ]);
  });

  test("behind a login wall can be proven by its file, and the marker says why it cannot", async () => {
    const [site, tenant] = [await openSite(), await tenantOn()];
    const { slug } = await list(site.url);
    site.isWalled = true;
    expect(await claim(tenant, slug)).toMatchObject({
      proofs: [{}, {}, { sentence: expect.stringContaining("without a credential") }],
    });
    site.file = await proofFor(tenant, slug);
    expect(await claim(tenant, slug)).toMatchObject({ kind: "claimed", method: "file" });
  });

  test("claimed by another says whom to write to, and nothing of who has it", async () => {
    const [site, first, second] = [await openSite(), await tenantOn(), await tenantOn()];
    const { slug } = await list(site.url);
    site.file = `${await proofFor(first, slug)}\n${await proofFor(second, slug)}`;
    const settled = await Promise.allSettled([claim(first, slug), claim(second, slug)]);
    const lost = settled.find(({ status }) => status === "rejected") as PromiseRejectedResult;
    expect(settled.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    for (const refusal of [
      lost.reason,
      await claim(settled[0]?.status === "fulfilled" ? second : first, slug).catch((err) => err),
    ]) {
      expect(refusal).toMatchObject({
        code: "conflict",
        public: expect.stringContaining("claims@example.com"),
      });
      expect(JSON.stringify([refusal.public, refusal.facts])).not.toMatch(
        new RegExp(`${first.id}|${second.id}|t-[0-9a-f]{8}`),
      );
    }
  });

  test("counts against the plan, and is not taken beside one of the same URL", async () => {
    const [site, tenant] = [await openSite(), await tenantOn("public")];
    const { slug } = await list(site.url);
    site.file = await proofFor(tenant, slug);
    const { endpoint } = await registerEndpoint(actions.deps, callerOf(tenant), {
      url: "http://127.0.77.250:9000/mcp",
    });
    await expect(claim(tenant, slug)).rejects.toMatchObject({ code: "limit_reached" });
    await query("UPDATE tenants SET plan = 'team' WHERE id = $1", [tenant.id]);
    await query("UPDATE endpoints SET normalized_url = $2 WHERE id = $1", [endpoint.id, site.url]);
    await expect(claim(tenant, slug)).rejects.toMatchObject({
      code: "conflict",
      public: expect.stringContaining("same URL"),
    });
    expect(await query("SELECT standing FROM endpoints WHERE slug = $1", [slug])).toEqual([
      { standing: "unclaimed" },
    ]);
  });
});

test("one's own endpoint is proven likewise, and may then go on the board", async () => {
  const [site, tenant] = [await openSite(), await tenantOn()];
  const { endpoint } = await registerEndpoint(actions.deps, callerOf(tenant), { url: site.url });
  const publish = () =>
    updateEndpoint(actions.deps, callerOf(tenant), {
      endpoint: endpoint.id,
      patch: { visibility: "public" },
    });
  await expect(publish()).rejects.toMatchObject({ code: "forbidden" });
  site.instructions = await proofFor(tenant, endpoint.slug);
  expect(await claim(tenant, endpoint.slug)).toMatchObject({ kind: "claimed", method: "marker" });
  expect((await publish()).endpoint).toMatchObject({ visibility: "public", standing: "claimed" });
  await expect(claim(tenant, endpoint.id)).rejects.toMatchObject({ code: "conflict" });
});

test("hidden endpoints of others are not found, members may not claim, and looks are bounded", async () => {
  const [tenant, other] = [await tenantOn(), await tenantOn()];
  const { endpoint } = await registerEndpoint(actions.deps, callerOf(other), {
    url: "http://127.0.77.251:9000/mcp",
  });
  for (const name of [endpoint.slug, endpoint.id, "nobody"]) {
    await expect(claim(tenant, name)).rejects.toMatchObject({ code: "not_found" });
  }
  const { slug } = await list("http://127.0.77.252:9000/mcp");
  await expect(claimEndpoint(actions.deps, callerOf(tenant, "member"), slug)).rejects.toMatchObject({
    code: "forbidden",
  });
  const looks = [];
  for (let n = 0; n < 12; n += 1) {
    looks.push(
      await claim(tenant, slug).then(
        ({ kind }) => kind,
        ({ code }) => code,
      ),
    );
  }
  expect(looks.at(-1)).toBe("rate_limited");
});

test("without a recorded proof the database moves nothing, whoever asks it", async () => {
  const tenant = await tenantOn();
  const { id } = await list("http://127.0.77.253:9000/mcp");
  const client = await actions.database.pool("app").connect();
  try {
    await client.query("BEGIN");
    await client.query("SELECT set_config('app.tenant_id', $1, true)", [tenant.id]);
    const { rows } = await client.query("SELECT take_over_endpoint($1, 'team', 60) AS taken", [id]);
    expect(rows).toEqual([{ taken: "unproven" }]);
  } finally {
    await client.query("ROLLBACK");
    client.release();
  }
});
