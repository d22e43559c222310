import { AppError } from "@alivemcp/core/app-error";
import { answerIncident, type IncidentAnswer, type IncidentRow } from "@alivemcp/db/queries/incidents";
import type { ActionDeps } from "../action-deps.ts";
import type { Caller } from "../caller.ts";
import { change } from "../change.ts";
import { actorKey } from "./actor-key.ts";
import { getIncidentIn } from "./get-incident-in.ts";
import { noteInTimeline } from "./note-in-timeline.ts";

/** How long one person may keep an incident quiet. */
export const MUTE_MS_MAX = 7 * 86_400_000;

type RespondDeps = Pick<ActionDeps, "pool" | "clock">;

/**
 * Says that somebody is on it: escalation stops, the end is still told. Acknowledging twice is acknowledging once.
 * `facts` stand in the timeline beside the entry, such as who pressed the button in a channel.
 * Throws `conflict` when it is over.
 */
export function acknowledgeIncident(
  deps: RespondDeps,
  caller: Caller,
  id: string,
  facts: Readonly<Record<string, string>> = {},
): Promise<IncidentRow> {
  return respond(
    deps,
    caller,
    { id, deed: "incident.acknowledge", kind: "acknowledged", facts },
    (row, now) =>
      row.acknowledgedAtMs === null ? { acknowledgedAt: now, acknowledgedBy: actorKey(caller.actor) } : null,
  );
}

/** Nobody is on it after all: escalation goes on. Throws `conflict` when it is over. */
export function unacknowledgeIncident(
  deps: RespondDeps,
  caller: Caller,
  id: string,
  facts: Readonly<Record<string, string>> = {},
): Promise<IncidentRow> {
  return respond(
    deps,
    caller,
    { id, deed: "incident.unacknowledge", kind: "unacknowledged", facts },
    (row) => (row.acknowledgedAtMs === null ? null : { acknowledgedAt: null, acknowledgedBy: null }),
  );
}

/**
 * Keeps an incident quiet until then, at most 7 days; if it is still on at the end, it is told again. Throws `invalid`
 * naming `until`, `conflict` when it is over.
 */
export function muteIncident(
  deps: RespondDeps,
  caller: Caller,
  { id, untilMs }: { readonly id: string; readonly untilMs: number },
): Promise<IncidentRow> {
  const facts = { untilMs };
  return respond(deps, caller, { id, deed: "incident.mute", kind: "muted", facts }, (row, now) => {
    if (!(untilMs > now.getTime()) || untilMs > now.getTime() + MUTE_MS_MAX) {
      throw new AppError({
        code: "invalid",
        internal: "mute out of range",
        public: "An incident can be muted until an instant within the next 7 days.",
        field: "until",
      });
    }
    return row.mutedUntilMs === untilMs
      ? null
      : { mutedUntil: new Date(untilMs), mutedBy: actorKey(caller.actor) };
  });
}

/** Ends a mute: what is due is told at once. */
export function unmuteIncident(deps: RespondDeps, caller: Caller, id: string): Promise<IncidentRow> {
  return respond(deps, caller, { id, deed: "incident.unmute", kind: "unmuted" }, (row) =>
    row.mutedUntilMs === null ? null : { mutedUntil: null, mutedBy: null },
  );
}

interface Deed {
  readonly id: string;
  readonly deed: string;
  /** Of the entry in the timeline. */
  readonly kind: string;
  readonly facts?: Readonly<Record<string, unknown>>;
}

/** The answer, its entry in the timeline and its audit row in one transaction; the router decides again at once. */
function respond(
  deps: RespondDeps,
  caller: Caller,
  { id, deed, kind, facts = {} }: Deed,
  decide: (row: IncidentRow, now: Date) => IncidentAnswer | null,
): Promise<IncidentRow> {
  return change(deps, caller, "incident.respond", async (tx) => {
    const row = await getIncidentIn(caller.scope, tx, id);
    requireUnresolved(row);
    const now = new Date(deps.clock.nowMs());
    const answer = decide(row, now);
    if (answer === null) {
      return { result: row, audit: null };
    }
    await answerIncident(caller.scope, tx, { id: row.id, answer, wakeAt: now });
    await noteInTimeline(caller, tx, { row, at: now, kind, facts });
    const result = await getIncidentIn(caller.scope, tx, row.id);
    return { result, audit: { deed, targetKind: "incident", targetId: row.id, content: facts } };
  });
}

function requireUnresolved(row: IncidentRow): void {
  if (row.resolvedAtMs !== null) {
    throw new AppError({
      code: "conflict",
      internal: "incident is over",
      public: "This incident is over; there is nothing left to answer.",
    });
  }
}
