import type { AlertEvent } from "@alivemcp/core/alert-event";
import { type AlertMessage, alertMessageSchema } from "@alivemcp/core/alert-message";
import { buildAlertMessage } from "@alivemcp/core/build-alert-message";
import type { AlertEndpointRow } from "@alivemcp/db/queries/alert-policy-system";
import type { Deps } from "../deps.ts";
import type { AlertRequest } from "./alert-request.ts";

export type MessageDeps = Pick<Deps, "places">;

/**
 * The message of one alert to one sink: whole, so that sending it again sends the same. Checked before it is stored: what
 * a sink could not read later is refused here, where it is a bug and not a lost page.
 */
export function messageOfAlert(
  { places }: MessageDeps,
  input: {
    readonly request: AlertRequest;
    readonly endpoint: AlertEndpointRow;
    readonly workspaceSlug: string;
    /** What the sink is told: its first message of an incident is always an opening. */
    readonly event: AlertEvent;
    /** Newest public update of the incident. */
    readonly update: NonNullable<AlertMessage["incident"]>["update"];
    readonly nowMs: number;
  },
): AlertMessage {
  const { request, endpoint, workspaceSlug, event, update, nowMs } = input;
  const { alert, incident } = request;
  const message = buildAlertMessage(
    {
      alert,
      event,
      endpoint,
      relation: endpoint.tenantId === alert.tenantId ? "owner" : "follower",
      incident: incident && {
        ...incident.facts,
        acknowledgedAtMs: incident.row.acknowledgedAtMs,
        update,
        endpointsTogether: incident.endpointsTogether,
      },
      site: {
        appUrl: places.appUrl,
        publicUrl: places.publicUrl,
        workspaceSlug,
        cityOf: (region) => places.cities.get(region) ?? region,
      },
    },
    nowMs,
  );
  return alertMessageSchema.parse(message);
}
