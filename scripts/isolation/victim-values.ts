import { NOW_MS } from "../../apps/web/test/open-test-dashboard.ts";
import type { Victim } from "./add-victim.ts";

/** The victim's value of a parameter; undefined for a name that nobody taught the drill. */
export function victimValue(victim: Victim, parameter: string): string | undefined {
  const values: Readonly<Record<string, string>> = {
    workspace: victim.slug,
    endpoint: victim.endpointSlug,
    slug: victim.endpointSlug,
    key: victim.keyId,
    member: victim.colleagueId,
    user: victim.colleagueId,
    invitation: victim.invitationId,
    window: victim.releaseWindowId,
    event: victim.driftEventId,
    notice: victim.noticeId,
    // When the owner asked for a probe: the test dashboard's clock stands still.
    at: String(NOW_MS),
  };
  return values[parameter];
}

/** Bodies that would do, by method and path; what is not named here needs none. */
export const BODIES: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  "PATCH /v1/endpoints/:endpoint": { name: "renamed" },
};
