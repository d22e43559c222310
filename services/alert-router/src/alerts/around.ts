import type { LoneIncident, OpenGroup } from "@alivemcp/core/group-incidents";

/** What of a tenant failed a moment ago. Grows while alerts are decided. */
export interface Around {
  readonly groups: (OpenGroup & { members: number; lastJoinedAtMs: number })[];
  lone: LoneIncident[];
}
