import { DRIFT_CLASSES, DRIFT_KINDS, type DriftClass, type DriftKind } from "@alivemcp/core/drift-change";
import { publicLine } from "@alivemcp/core/public-text";
import { z } from "zod";

const CHANGES_SHOWN = 25;

export interface DriftEntry {
  /** Null where the event has no page of its own. */
  readonly id: string | null;
  readonly atMs: number;
  readonly kind: "drift" | "inconsistent_replicas" | "inconsistent_regions" | "tool_list_emptied";
  readonly regionCity: string | null;
  readonly isBreaking: boolean;
  readonly isSuspicious: boolean;
  readonly isAccepted: boolean;
  /** Its owner had announced a release. */
  readonly isAnnounced: boolean;
  readonly changes: readonly {
    readonly kind: DriftKind;
    readonly class: DriftClass;
    readonly tool: string;
    readonly path: string;
  }[];
  /** Changes beyond those listed. */
  readonly moreChanges: number;
}

/** One drift event as it is stored. */
export interface StoredDriftEvent
  extends Pick<DriftEntry, "atMs" | "kind" | "isBreaking" | "isSuspicious" | "isAccepted" | "isAnnounced"> {
  /** Null for what is not one region's doing. */
  readonly region: string | null;
  readonly id?: string;
  readonly changes: readonly unknown[];
}

/** What of a stored change is shown: where and of which kind. The texts before and after are the owner's to read. */
const changeSchema = z.object({
  kind: z.enum(DRIFT_KINDS),
  class: z.enum(DRIFT_CLASSES),
  tool: z.string().transform((text) => publicLine(text, 80)),
  path: z.string().transform((text) => publicLine(text, 120)),
});

/** One drift event for the page. A change that this release cannot read is left out and counted among the rest. */
export function toDriftEntry(event: StoredDriftEvent, cityOf: (region: string) => string): DriftEntry {
  const changes = event.changes
    .map((change) => changeSchema.safeParse(change))
    .flatMap((parsed) => (parsed.success ? [parsed.data] : []));
  const shown = changes
    .toSorted((a, b) => DRIFT_CLASSES.indexOf(a.class) - DRIFT_CLASSES.indexOf(b.class))
    .slice(0, CHANGES_SHOWN);
  return {
    id: event.id ?? null,
    atMs: event.atMs,
    kind: event.kind,
    regionCity: event.region === null ? null : cityOf(event.region),
    isBreaking: event.isBreaking,
    isSuspicious: event.isSuspicious,
    isAccepted: event.isAccepted,
    isAnnounced: event.isAnnounced,
    changes: shown,
    moreChanges: event.changes.length - shown.length,
  };
}
