import { openTestApi } from "../../apps/api/test/open-test-api.ts";
import { askAs, openTestDashboard, postAs } from "../../apps/web/test/open-test-dashboard.ts";
import { addTestTenant } from "../../db/test/tenant.ts";
import { addVictim, dropUnreadableSecrets, putOnBoard, type Victim } from "./add-victim.ts";
import { digestRows } from "./digest-rows.ts";
import { bodyFor, idsOf, isBoardRoute, isOperatorRoute, victimValue } from "./victim-values.ts";
import { type Answer, fillPath, type Route, type RouteWalk, walkRoutes } from "./walk-routes.ts";
import { type TableWalk, walkTables } from "./walk-tables.ts";

export interface Isolation {
  readonly routes: number;
  readonly tables: number;
  readonly leaks: readonly string[];
}

/** Walks every table, and every route of the API and the dashboard, as another tenant. Needs TEST_DATABASE_URL and TEST_REDIS_URL. */
export async function measureIsolation(): Promise<Isolation> {
  const [api, web] = [await walkApi(), await walkDashboard()];
  return {
    routes: api.walk.routes + web.routes,
    tables: api.tables.tables,
    leaks: [...api.tables.leaks, ...api.walk.leaks, ...web.leaks],
  };
}

/** Answered to everybody, without a key. */
const isAnonymous = (path: string) => path === "/v1/opt-outs" || path.startsWith("/v1/subscriptions");

async function walkApi(): Promise<{ walk: RouteWalk; tables: TableWalk }> {
  const api = await openTestApi();
  const ask = (key: string, { method }: Route, path: string, body: unknown): Promise<Answer> =>
    api.send(key, method, path, method === "GET" || method === "DELETE" ? {} : { body });
  /** A victim with a key that has a list to import. */
  const addKeyedVictim = async () => {
    const victim = await addVictim(api.database);
    const key = await api.addKey(victim);
    const content = "url\nhttps://list.example.com/mcp";
    const preview = await api.send(key, "POST", "/v1/imports", { body: { content } });
    return { ...victim, key, importId: String(preview.body.id) };
  };
  try {
    const victim = await addKeyedVictim();
    const intruder = await api.addWorkspace();
    const tables = await walkTables(api.database, tracesOf(victim), intruder.tenant.id);
    const walk = await walkRoutes({
      routes: api.app.routes,
      isTenantRoute: (path) => path.startsWith("/v1/") && !isAnonymous(path),
      ownParameters: [],
      argument: (parameter) => victimValue(victim, parameter),
      refusals: (path) => (isOperatorRoute(path) ? [401, 403] : [404]),
      body: (route) => bodyFor(victim, route),
      victimIds: idsOf(victim),
      marks: victim.marks,
      digest: () => digestRows(api.database.pool("super"), victim.marks),
      ask: (route, path, body) => ask(intruder.key, route, path, body),
      async prove(route) {
        const owner = await addKeyedVictim();
        if (route.method === "PUT" && route.path.endsWith("/credential")) {
          await dropUnreadableSecrets(api.database, owner);
        }
        if (isBoardRoute(route.path)) {
          await putOnBoard(api.database, owner);
          return ask(
            intruder.key,
            route,
            fillPath(route.path, (parameter) => victimValue(owner, parameter)),
            {},
          );
        }
        const path = fillPath(route.path, (parameter) => victimValue(owner, parameter));
        return ask(owner.key, route, path, bodyFor(owner, route));
      },
    });
    return { walk, tables };
  } finally {
    await api.close();
  }
}

const tracesOf = (victim: Victim) => ({
  tenantId: victim.id,
  userIds: [victim.ownerId, victim.colleagueId],
  endpointIds: [victim.endpointId],
});

/** Twice: below the victim's workspace, and below the intruder's own with the victim's names in it. */
async function walkDashboard(): Promise<RouteWalk> {
  const dashboard = await openTestDashboard();
  const ask = async (userId: string, { method }: Route, path: string, body: object): Promise<Answer> =>
    readAnswer(
      method === "GET"
        ? await askAs(dashboard, userId, path)
        : await postAs(dashboard, userId, path, body as Record<string, string>),
    );
  /** A victim who has a list to import and a probe under way. */
  const addBusyVictim = async () => {
    const victim = await addVictim(dashboard.database);
    const post = (path: string, fields: Record<string, string>) =>
      postAs(dashboard, victim.ownerId, `/w/${victim.slug}${path}`, fields);
    await post(`/endpoints/${victim.endpointSlug}/probe`, {});
    const preview = await post("/endpoints/import", { text: "url\nhttps://list.example.com/mcp" });
    return { ...victim, importId: preview.headers.get("location")?.split("/").at(-1) ?? "" };
  };
  try {
    const victim = await addBusyVictim();
    const intruder = await addTestTenant(dashboard.database);
    const walk = (ownParameters: readonly string[]) =>
      walkRoutes({
        routes: dashboard.app.routes,
        isTenantRoute: (path) => path.startsWith("/w/"),
        ownParameters,
        argument: (parameter) =>
          victimValue(
            ownParameters.includes(parameter) ? { ...victim, slug: intruder.slug } : victim,
            parameter,
          ),
        refusals: () => [404],
        body: (route) => bodyFor(victim, route),
        victimIds: idsOf(victim),
        marks: victim.marks,
        digest: () => digestRows(dashboard.database.pool("super"), victim.marks),
        ask: (route, path, body) => ask(intruder.ownerId, route, path, body),
        async prove(route) {
          const owner = await addBusyVictim();
          if (isBoardRoute(route.path)) {
            await putOnBoard(dashboard.database, owner);
          }
          const path = fillPath(route.path, (parameter) => victimValue(owner, parameter));
          return ask(owner.ownerId, route, path, bodyFor(owner, route));
        },
      });
    const inside = await walk(["workspace", "kind"]);
    const outside = await walk(["kind"]);
    return { routes: inside.routes, leaks: [...inside.leaks, ...outside.leaks] };
  } finally {
    await dashboard.close();
  }
}

/** A stream does not end by itself: its status says enough. */
async function readAnswer(response: Response): Promise<Answer> {
  if (response.headers.get("content-type")?.startsWith("text/event-stream")) {
    await response.body?.cancel();
    return { status: response.status, text: "" };
  }
  return { status: response.status, text: await response.text() };
}
