import type { PublicIncident } from "@alivemcp/core/public-incident";
import type { PublicMaintenance } from "@alivemcp/core/public-maintenance";

/** What the operators of some endpoints, and our probes, have to tell of them beside their state. */
export interface News {
  /** Open, or ended within 90 days; newest first. */
  readonly incidents: readonly PublicIncident[];
  /** Under way or within 14 days, the earliest first. */
  readonly maintenances: readonly PublicMaintenance[];
}
