import { AppError } from "@alivemcp/core/app-error";
import { occurrencesBetween, readMaintenanceWindow } from "@alivemcp/core/maintenance";
import {
  insertMaintenanceWindow,
  listLiveMaintenanceWindows,
  type MaintenanceWindowColumns,
  type MaintenanceWindowRow,
  updateMaintenanceWindow,
  wakeOpenIncidents,
} from "@alivemcp/db/queries/maintenance-windows";
import type { ActionDeps } from "../action-deps.ts";
import type { Caller } from "../caller.ts";
import { change } from "../change.ts";
import { actorKey } from "../incidents/actor-key.ts";
import { requireScope } from "../rules/require-known.ts";
import { getMaintenanceIn } from "./list-maintenance.ts";
import { acceptMaintenance, type MaintenanceInput } from "./maintenance-input.ts";

const LIVE_MAX = 100;
/** Later than this nothing can begin: a recurrence comes every week, another window begins within a year. */
const AHEAD_MS_MAX = 2 * 366 * 86_400_000;

type WindowDeps = Pick<ActionDeps, "pool" | "clock">;

/**
 * Announces maintenance: what it covers pages nobody meanwhile and does not count against uptime. Throws `invalid`
 * naming the field, `conflict` when 100 are announced and not over.
 */
export function createMaintenance(
  deps: WindowDeps,
  caller: Caller,
  input: MaintenanceInput,
): Promise<MaintenanceWindowRow> {
  const nowMs = deps.clock.nowMs();
  return change(deps, caller, "maintenance.write", async (tx) => {
    await requireScope(caller, tx, input.scope);
    const at = new Date(nowMs);
    if ((await listLiveMaintenanceWindows(caller.scope, tx, at)).length >= LIVE_MAX) {
      throw new AppError({
        code: "conflict",
        internal: "too many windows",
        public: `There are ${LIVE_MAX} announced windows already. Cancel one first.`,
      });
    }
    const window = acceptMaintenance(input, nowMs);
    const createdBy = actorKey(caller.actor);
    const row = await insertMaintenanceWindow(caller.scope, tx, { window, createdBy, at });
    await wakeOpenIncidents(caller.scope, tx, at);
    return {
      result: row,
      audit: {
        deed: "maintenance.create",
        targetKind: "maintenance-window",
        targetId: row.id,
        content: contentOf(window),
      },
    };
  });
}

/** Replaces a window that is neither over nor cancelled. Throws as `createMaintenance`. */
export function updateMaintenance(
  deps: WindowDeps,
  caller: Caller,
  { id, window: input }: { readonly id: string; readonly window: MaintenanceInput },
): Promise<MaintenanceWindowRow> {
  const nowMs = deps.clock.nowMs();
  return change(deps, caller, "maintenance.write", async (tx) => {
    const before = await getMaintenanceIn(caller.scope, tx, id);
    requireLive(before, nowMs);
    await requireScope(caller, tx, input.scope);
    const window = acceptMaintenance(input, nowMs);
    const row = await updateMaintenanceWindow(caller.scope, tx, { id, change: window });
    await wakeOpenIncidents(caller.scope, tx, new Date(nowMs));
    return {
      result: row ?? before,
      audit: {
        deed: "maintenance.update",
        targetKind: "maintenance-window",
        targetId: id,
        content: contentOf(window),
      },
    };
  });
}

/**
 * Ends a window for good: one that is on is over now, later times of a recurring one do not come. Ending it twice is
 * ending it once.
 */
export function endMaintenance(deps: WindowDeps, caller: Caller, id: string): Promise<MaintenanceWindowRow> {
  const nowMs = deps.clock.nowMs();
  return change(deps, caller, "maintenance.write", async (tx) => {
    const before = await getMaintenanceIn(caller.scope, tx, id);
    if (before.cancelledAt !== null || !isLive(before, nowMs)) {
      return { result: before, audit: null };
    }
    const cancelledAt = new Date(nowMs);
    const row = await updateMaintenanceWindow(caller.scope, tx, { id, change: { cancelledAt } });
    await wakeOpenIncidents(caller.scope, tx, cancelledAt);
    return {
      result: row ?? before,
      audit: {
        deed: "maintenance.end",
        targetKind: "maintenance-window",
        targetId: id,
        content: { ended_at: cancelledAt.toISOString() },
      },
    };
  });
}

/** Not cancelled, with a time that is on or to come. */
export function isLive(row: MaintenanceWindowRow, nowMs: number): boolean {
  const window = readMaintenanceWindow({
    id: row.id,
    scope: row.scope,
    startsAtMs: row.startsAt.getTime(),
    endsAtMs: row.endsAt.getTime(),
    recurrence: row.recurrence,
    cancelledAtMs: row.cancelledAt?.getTime() ?? null,
  });
  return window !== null && occurrencesBetween(window, nowMs, nowMs + AHEAD_MS_MAX, 1).length > 0;
}

function requireLive(row: MaintenanceWindowRow, nowMs: number): void {
  if (!isLive(row, nowMs)) {
    throw new AppError({
      code: "conflict",
      internal: "window is over",
      public: "This maintenance is over or cancelled; announce another one.",
    });
  }
}

const contentOf = ({ startsAt, endsAt, ...rest }: MaintenanceWindowColumns) =>
  ({ ...rest, starts_at: startsAt.toISOString(), ends_at: endsAt.toISOString() }) as never;
