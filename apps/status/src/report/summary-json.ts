/**
 * A page as Statuspage answers `/api/v2/summary.json`, so that whoever reads those reads ours
 * (https://developer.statuspage.io/, "Status Page API", Summary). Ids are slugs and the ids of public incidents.
 */
import type { PublicIncident } from "@alivemcp/core/public-incident";
import { isUnderWay, type PublicMaintenance } from "@alivemcp/core/public-maintenance";
import type { PublicState } from "@alivemcp/core/states";
import { stateWord } from "@alivemcp/pages/state-mark";
import type { PageReport, ReportedEndpoint } from "./page-report.ts";

type ComponentStatus = "operational" | "degraded_performance" | "major_outage" | "under_maintenance";
type Indicator = "none" | "minor" | "major" | "critical" | "maintenance";

/** There is no word for "not measured": it reads as trouble rather than as fine, and `alivemcp_state` tells it apart. */
const STATUS: Readonly<Record<PublicState, ComponentStatus>> = {
  live: "operational",
  degraded: "degraded_performance",
  down: "major_outage",
  unknown: "degraded_performance",
};

export function summaryJson(report: PageReport, nowMs: number): string {
  const { id, title, url } = report;
  const now = report.maintenances.filter((one) => isUnderWay(one, nowMs));
  const underWork = new Set(now.flatMap(({ endpointIds }) => endpointIds));
  return JSON.stringify({
    page: { id, name: title, url, time_zone: "Etc/UTC", updated_at: iso(updatedAtMs(report)) },
    status: statusOf(report, underWork),
    components: report.endpoints.map((one, index) => componentOf(report, one, index, underWork)),
    incidents: (report.incidents ?? [])
      .filter(({ endedAtMs }) => endedAtMs === null)
      .map((incident) => incidentOf(report, incident)),
    scheduled_maintenances: report.maintenances.map((one) => maintenanceOf(report, one, nowMs)),
  });
}

const iso = (atMs: number) => new Date(atMs).toISOString();

function updatedAtMs({ endpoints, incidents }: PageReport): number {
  return Math.max(
    0,
    ...endpoints.map(({ reading }) => reading.committedSinceMs ?? reading.endpoint.watchedSinceMs),
    ...(incidents ?? []).map(changedAtMs),
  );
}

const changedAtMs = ({ startedAtMs, endedAtMs, updates }: PublicIncident) =>
  Math.max(startedAtMs, endedAtMs ?? 0, ...updates.map(({ atMs }) => atMs));

/** The worst of the page; all of it down is critical. Maintenance is told where nothing else is the matter. */
function statusOf({ endpoints }: PageReport, underWork: ReadonlySet<string>) {
  const counted = endpoints.filter(({ endpointId }) => !underWork.has(endpointId));
  const is = (state: PublicState) => counted.filter(({ reading }) => reading.status.state === state).length;
  const said = (indicator: Indicator, description: string) => ({ indicator, description });
  if (is("down") > 0) {
    return is("down") === endpoints.length
      ? said("critical", endpoints.length === 1 ? "Down" : "Everything is down")
      : said("major", `${is("down")} of ${endpoints.length} are down`);
  }
  if (is("degraded") > 0) {
    return said("minor", endpoints.length === 1 ? "Degraded" : "Some are degraded");
  }
  if (is("unknown") > 0) {
    return said("minor", "Not measured at the moment");
  }
  return underWork.size > 0
    ? said("maintenance", "Under maintenance")
    : said("none", endpoints.length === 1 ? "Operational" : "All are operational");
}

function componentOf(
  page: PageReport,
  { endpointId, reading }: ReportedEndpoint,
  index: number,
  underWork: ReadonlySet<string>,
) {
  const { endpoint, status, committedSinceMs } = reading;
  return {
    id: endpoint.slug,
    name: endpoint.name,
    status: underWork.has(endpointId) ? "under_maintenance" : STATUS[status.state],
    created_at: iso(endpoint.watchedSinceMs),
    updated_at: iso(committedSinceMs ?? endpoint.watchedSinceMs),
    position: index + 1,
    description: stateWord(status),
    showcase: true,
    start_date: iso(endpoint.watchedSinceMs).slice(0, 10),
    group_id: null,
    page_id: page.id,
    group: false,
    only_show_if_degraded: false,
    alivemcp_state: status.state,
  };
}

function incidentOf(page: PageReport, incident: PublicIncident) {
  const latest = incident.updates.at(-1);
  const at = (stage: string) => incident.updates.find((update) => update.stage === stage)?.atMs;
  const monitoringAtMs = at("monitoring");
  return {
    id: incident.id,
    name: incident.title,
    status: latest?.stage ?? "investigating",
    created_at: iso(incident.startedAtMs),
    updated_at: iso(changedAtMs(incident)),
    monitoring_at: monitoringAtMs === undefined ? null : iso(monitoringAtMs),
    resolved_at: incident.endedAtMs === null ? null : iso(incident.endedAtMs),
    impact: incident.severity === "P1" ? "critical" : "minor",
    shortlink: `${page.url}#incident-${incident.id}`,
    started_at: iso(incident.startedAtMs),
    page_id: page.id,
    incident_updates: incident.updates.toReversed().map(({ stage, body, atMs }) => ({
      id: `${incident.id}-${atMs}`,
      status: stage,
      body,
      incident_id: incident.id,
      created_at: iso(atMs),
      updated_at: iso(atMs),
      display_at: iso(atMs),
    })),
    components: componentsOf(page, [incident.endpointId]),
  };
}

function maintenanceOf(page: PageReport, one: PublicMaintenance, nowMs: number) {
  return {
    id: one.id,
    name: one.name,
    status: isUnderWay(one, nowMs) ? "in_progress" : "scheduled",
    impact: "maintenance",
    shortlink: `${page.url}#maintenance-title`,
    scheduled_for: iso(one.startsAtMs),
    scheduled_until: iso(one.endsAtMs),
    page_id: page.id,
    incident_updates:
      one.note === null
        ? []
        : [{ id: `${one.id}-note`, status: "scheduled", body: one.note, incident_id: one.id }],
    components: componentsOf(page, one.endpointIds),
  };
}

const componentsOf = ({ endpoints }: PageReport, ids: readonly string[]) =>
  endpoints
    .filter(({ endpointId }) => ids.includes(endpointId))
    .map(({ reading }) => ({ id: reading.endpoint.slug, name: reading.endpoint.name }));
