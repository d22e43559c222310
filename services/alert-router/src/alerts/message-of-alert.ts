import type { AlertEvent } from "@alivemcp/core/alert-event";
import { ALERT_MESSAGE_VERSION, type AlertMessage, alertMessageSchema } from "@alivemcp/core/alert-message";
import { publicLine } from "@alivemcp/core/public-text";
import type { AlertEndpointRow } from "@alivemcp/db/queries/alert-policy-system";
import type { Deps } from "../deps.ts";
import type { AlertRequest } from "./alert-request.ts";

export type MessageDeps = Pick<Deps, "places">;

/** The message of one alert to one sink: whole, so that sending it again sends the same. */
export function messageOfAlert(
  { places }: MessageDeps,
  input: {
    readonly request: AlertRequest;
    readonly endpoint: AlertEndpointRow;
    /** What the sink is told: its first message of an incident is always an opening. */
    readonly event: AlertEvent;
    readonly nowMs: number;
  },
): AlertMessage {
  const { request, endpoint, event, nowMs } = input;
  const { alert, incident } = request;
  const name = publicLine(endpoint.name, 120) || "An endpoint";
  const isOver = incident?.facts.resolvedAtMs != null;
  return alertMessageSchema.parse({
    v: ALERT_MESSAGE_VERSION,
    event,
    severity: alert.severity,
    dedupKey: alert.dedupKey,
    title: publicLine(`${name} ${isOver ? "is back" : "is in trouble"}`, 150),
    summary: publicLine(`${name} ${isOver ? "is back" : "is in trouble"}.`, 600),
    atMs: nowMs,
    isTest: alert.isTest,
    endpoint: { slug: endpoint.slug, name, group: endpoint.group, tags: endpoint.tags },
    incident: incident && {
      state: isOver ? "resolved" : incident.row.acknowledgedAtMs === null ? "open" : "acknowledged",
      startedAtMs: incident.facts.startedAtMs,
      resolvedAtMs: incident.facts.resolvedAtMs,
      failureReason: incident.facts.failureReason,
      causes: incident.facts.causes,
      regions: incident.facts.regions.map((region) => places.cities.get(region) ?? region),
      isFlapping: incident.facts.isFlapping,
      update: null,
      endpointsTogether: 1,
    },
    facts: [],
    links: [{ label: "Endpoint", url: `${places.appUrl}/endpoints/${endpoint.slug}` }],
    entries: [],
    entriesLeftOut: 0,
    proof: null,
  });
}
