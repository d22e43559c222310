import { getIncident } from "@alivemcp/actions/incidents/get-incident";
import { listIncidents } from "@alivemcp/actions/incidents/list-incidents";
import { listOpenIncidents } from "@alivemcp/actions/incidents/list-open-incidents";
import { listToldSinks } from "@alivemcp/actions/incidents/list-told-sinks";
import { listMembers } from "@alivemcp/actions/members/list-members";
import { listWatchedNames } from "@alivemcp/actions/watched/list-watched-names";
import { INCIDENT_SEVERITIES } from "@alivemcp/core/alert-severity";
import { isUuid } from "@alivemcp/core/uuid";
import type { IncidentPosition, IncidentRow } from "@alivemcp/db/queries/incidents";
import { Hono } from "hono";
import { cityOf } from "../city-of.ts";
import type { Deps } from "../deps.ts";
import { incidentDigest, incidentsDigest } from "../incidents/incident-digest.ts";
import { type IncidentsQuery, incidentsView } from "../incidents/incidents-view.ts";
import { toIncidentLine } from "../incidents/to-incident-line.ts";
import type { LiveStreams } from "../live/create-streams.ts";
import { followChanges } from "../live/follow-changes.ts";
import { renderPage } from "../render-page.ts";
import type { WebContext, WebEnv } from "../web-env.ts";

const PER_PAGE = 50;

/** `GET /w/<workspace>/incidents`: what is open, then what was, by filters; and its stream of news. */
export function incidentListRoutes(deps: Deps, streams: LiveStreams): Hono<WebEnv> {
  const routes = new Hono<WebEnv>();
  routes.get("/w/:workspace/incidents", async (c) => {
    const { caller, tenant } = c.var.workspace;
    const query = queryOf(c);
    const before = positionOf(c);
    const endpoints = await listWatchedNames(deps, caller);
    const isKnown = query.endpoint === null || endpoints.some(({ slug }) => slug === query.endpoint);
    const page = isKnown ? await readPage(deps, c, { query, before }) : { rows: [], next: null };
    const names = { members: await listMembers(deps, caller), sinks: [], cityOf: cityOf(deps.regions) };
    const told = await listToldSinks(
      deps,
      caller,
      page.rows.map(({ id }) => id),
    );
    const path = `/w/${tenant.slug}/incidents`;
    const body = incidentsView({
      incidents: page.rows.map((row) =>
        toIncidentLine(row, names, {
          toldWhom: told.get(row.id) ?? [],
          together: togetherOf(row, page.rows),
        }),
      ),
      query,
      endpoints,
      base: `/w/${tenant.slug}`,
      next: page.next === null ? null : `${path}?${search(query, page.next)}`,
      digest: incidentsDigest(await listOpenIncidents(deps, c.var.workspace.caller)),
      nowMs: deps.clock.nowMs(),
    });
    return c.html(
      await renderPage(c, {
        title: `Incidents of ${tenant.name}`,
        section: "incidents",
        body,
        scripts: [deps.site.assets.liveScript],
      }),
    );
  });

  routes.get("/w/:workspace/incidents/events", (c) => {
    const digest = async () => incidentsDigest(await listOpenIncidents(deps, c.var.workspace.caller));
    const since = c.req.query("since") ?? "";
    return streams.open(c, (signal) => followChanges(digest, { since, signal }));
  });

  routes.get("/w/:workspace/incidents/:incident/events", async (c) => {
    const { caller } = c.var.workspace;
    const { incident } = await getIncident(deps, caller, c.req.param("incident"));
    const digest = async () => incidentDigest(await getIncident(deps, caller, incident.id));
    const since = c.req.query("since") ?? "";
    return streams.open(c, (signal) => followChanges(digest, { since, signal }));
  });
  return routes;
}

interface IncidentPage {
  readonly rows: readonly IncidentRow[];
  /** Where the next page begins; null: this is the last. */
  readonly next: IncidentPosition | null;
}

async function readPage(
  deps: Deps,
  c: WebContext,
  { query, before }: { query: IncidentsQuery; before: IncidentPosition | null },
): Promise<IncidentPage> {
  const { caller } = c.var.workspace;
  const open =
    query.state === "resolved" || before !== null
      ? []
      : await listOpenIncidents(deps, caller, filterOf(query));
  if (query.state === "open") {
    return { rows: open, next: null };
  }
  const filter = { ...filterOf(query), state: "resolved" as const };
  const rows = await listIncidents(deps, caller, { filter, before, limit: PER_PAGE + 1 });
  const shown = rows.slice(0, PER_PAGE);
  return { rows: [...open, ...shown], next: rows.length > PER_PAGE ? (shown.at(-1) ?? null) : null };
}

const filterOf = ({ severity, endpoint }: IncidentsQuery) => ({
  ...(severity && { severity }),
  ...(endpoint && { endpoint }),
});

const togetherOf = (row: IncidentRow, rows: readonly IncidentRow[]): number =>
  row.groupId === null ? 1 : rows.filter(({ groupId }) => groupId === row.groupId).length;

function queryOf(c: WebContext): IncidentsQuery {
  const { state, severity, endpoint } = c.req.query();
  return {
    state: state === "open" || state === "resolved" ? state : null,
    severity: INCIDENT_SEVERITIES.find((one) => one === severity) ?? null,
    endpoint: endpoint === undefined || endpoint === "" ? null : endpoint,
  };
}

function search({ state, severity, endpoint }: IncidentsQuery, next: IncidentPosition): URLSearchParams {
  return new URLSearchParams({
    ...(state && { state }),
    ...(severity && { severity }),
    ...(endpoint && { endpoint }),
    before: `${next.openedAtMs}.${next.id}`,
  });
}

/** A cursor that is not one begins at the newest. */
function positionOf(c: WebContext): IncidentPosition | null {
  const [openedAtMs = "", id = ""] = (c.req.query("before") ?? "").split(".");
  return /^\d{1,15}$/.test(openedAtMs) && isUuid(id) ? { openedAtMs: Number(openedAtMs), id } : null;
}
