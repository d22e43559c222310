/** Maintenance that an owner announced to the public: what pages, Markdown and `summary.json` tell of it. */
import { occurrencesBetween, readMaintenanceWindow } from "./maintenance.ts";
import { publicLine, publicLines } from "./public-text.ts";

/** One window and one endpoint that it touches, as the public view has it. */
export interface AnnouncedMaintenance {
  readonly id: string;
  readonly endpointId: string;
  readonly name: string;
  readonly note: string | null;
  readonly startsAtMs: number;
  readonly endsAtMs: number;
  readonly recurrence: unknown;
  readonly cancelledAtMs: number | null;
}

export interface PublicMaintenance {
  /** Stable: window and start. */
  readonly id: string;
  readonly name: string;
  readonly note: string | null;
  readonly startsAtMs: number;
  readonly endsAtMs: number;
  readonly endpointIds: readonly string[];
}

/** Announced so long ahead. */
export const MAINTENANCE_AHEAD_MS = 14 * 86_400_000;
const SHOWN_MAX = 20;

/** What lasts or begins within 14 days, the earliest first; of a weekly one every time. At most 20. */
export function publicMaintenances(
  announced: readonly AnnouncedMaintenance[],
  nowMs: number,
): readonly PublicMaintenance[] {
  const byId = new Map<string, PublicMaintenance>();
  for (const { endpointId, name, note, ...stored } of announced) {
    const window = readMaintenanceWindow({ ...stored, scope: { kind: "all" } });
    const occurrences =
      window === null ? [] : occurrencesBetween(window, nowMs, nowMs + MAINTENANCE_AHEAD_MS, SHOWN_MAX);
    for (const { startsAtMs, endsAtMs } of occurrences) {
      const id = `${stored.id}-${startsAtMs}`;
      byId.set(id, {
        id,
        name: publicLine(name, 100),
        note: note === null ? null : publicLines(note, 1_000) || null,
        startsAtMs,
        endsAtMs,
        endpointIds: [...(byId.get(id)?.endpointIds ?? []), endpointId],
      });
    }
  }
  return [...byId.values()]
    .toSorted((a, b) => a.startsAtMs - b.startsAtMs || (a.id < b.id ? -1 : 1))
    .slice(0, SHOWN_MAX);
}

/** Whether it lasts now. */
export const isUnderWay = ({ startsAtMs, endsAtMs }: PublicMaintenance, nowMs: number): boolean =>
  startsAtMs <= nowMs && nowMs < endsAtMs;
