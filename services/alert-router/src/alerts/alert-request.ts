import type { Alert } from "@alivemcp/core/alert";
import type { IncidentTenantRow } from "@alivemcp/db/queries/incidents-system";
import type { KnownIncident } from "../incidents/known-incident.ts";

/** One alert of one tenant that is to be decided. */
export interface AlertRequest {
  readonly alert: Alert;
  /** What it is about, as it is with this alert; null when it is about no incident. */
  readonly incident: {
    readonly facts: KnownIncident;
    readonly row: IncidentTenantRow;
    /** Endpoints that fail together with this one, it included; 1 when it is alone. */
    readonly endpointsTogether: number;
  } | null;
  /** It is over already, as a backlog shows: whoever was told of it now could do nothing about it. */
  readonly isOver?: boolean;
}
