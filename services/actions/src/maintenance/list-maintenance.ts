import { AppError } from "@alivemcp/core/app-error";
import { type Occurrence, occurrencesBetween, readMaintenanceWindow } from "@alivemcp/core/maintenance";
import { isUuid } from "@alivemcp/core/uuid";
import {
  findMaintenanceWindow,
  listLiveMaintenanceWindows,
  listMaintenanceWindows,
  type MaintenanceWindowRow,
} from "@alivemcp/db/queries/maintenance-windows";
import type { TenantScope, Tx } from "@alivemcp/db/tenant-scope";
import type { ActionDeps } from "../action-deps.ts";
import type { Caller } from "../caller.ts";
import { read } from "../read.ts";

const LISTED_MAX = 200;
const UPCOMING_MAX = 100;
const AHEAD_MS = 30 * 86_400_000;

/** The newest 200 windows, past and cancelled ones included, the latest start first. */
export function listMaintenance(
  deps: Pick<ActionDeps, "pool">,
  caller: Caller,
): Promise<MaintenanceWindowRow[]> {
  return read(deps, caller, "rule.read", (tx) => listMaintenanceWindows(caller.scope, tx, LISTED_MAX));
}

/** One window of the workspace. Throws `not_found`. */
export function getMaintenance(
  deps: Pick<ActionDeps, "pool">,
  caller: Caller,
  id: string,
): Promise<MaintenanceWindowRow> {
  return read(deps, caller, "rule.read", (tx) => getMaintenanceIn(caller.scope, tx, id));
}

/** The same inside a transaction of the caller's. */
export async function getMaintenanceIn(
  scope: TenantScope,
  tx: Tx,
  id: string,
): Promise<MaintenanceWindowRow> {
  const row = isUuid(id) ? await findMaintenanceWindow(scope, tx, id) : null;
  if (row === null) {
    throw new AppError({
      code: "not_found",
      internal: "no such window",
      public: "There is no such maintenance window in this workspace.",
    });
  }
  return row;
}

export interface UpcomingMaintenance extends Occurrence {
  readonly window: MaintenanceWindowRow;
}

/** What is on now and begins within 30 days, each time of a recurring window by itself, soonest first; at most 100. */
export function listUpcomingMaintenance(
  deps: Pick<ActionDeps, "pool" | "clock">,
  caller: Caller,
): Promise<readonly UpcomingMaintenance[]> {
  const nowMs = deps.clock.nowMs();
  return read(deps, caller, "rule.read", async (tx) => {
    const windows = await listLiveMaintenanceWindows(caller.scope, tx, new Date(nowMs));
    return windows
      .flatMap((window) => occurrencesOf(window, nowMs).map((times) => ({ ...times, window })))
      .toSorted((a, b) => a.startsAtMs - b.startsAtMs)
      .slice(0, UPCOMING_MAX);
  });
}

function occurrencesOf(row: MaintenanceWindowRow, nowMs: number): readonly Occurrence[] {
  const window = readMaintenanceWindow({
    id: row.id,
    scope: row.scope,
    startsAtMs: row.startsAt.getTime(),
    endsAtMs: row.endsAt.getTime(),
    recurrence: row.recurrence,
    cancelledAtMs: row.cancelledAt?.getTime() ?? null,
  });
  return window === null ? [] : occurrencesBetween(window, nowMs, nowMs + AHEAD_MS, UPCOMING_MAX);
}
