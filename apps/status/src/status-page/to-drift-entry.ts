import { DRIFT_CLASSES, DRIFT_KINDS } from "@alivemcp/core/drift-change";
import { publicLine } from "@alivemcp/core/public-text";
import type { PublicDriftEvent } from "@alivemcp/db/queries/public-history";
import { z } from "zod";
import type { DriftEntry } from "./status-model.ts";

const CHANGES_SHOWN = 25;

/** What of a stored change is shown: where and of which kind. The texts before and after are the owner's to read. */
const changeSchema = z.object({
  kind: z.enum(DRIFT_KINDS),
  class: z.enum(DRIFT_CLASSES),
  tool: z.string().transform((text) => publicLine(text, 80)),
  path: z.string().transform((text) => publicLine(text, 120)),
});

/** One drift event for the page. A change that this release cannot read is left out and counted among the rest. */
export function toDriftEntry(event: PublicDriftEvent, cityOf: (region: string) => string): DriftEntry {
  const changes = event.changes
    .map((change) => changeSchema.safeParse(change))
    .flatMap((parsed) => (parsed.success ? [parsed.data] : []));
  const shown = changes
    .toSorted((a, b) => DRIFT_CLASSES.indexOf(a.class) - DRIFT_CLASSES.indexOf(b.class))
    .slice(0, CHANGES_SHOWN);
  return {
    atMs: event.atMs,
    kind: event.kind,
    regionCity: event.region === null ? null : cityOf(event.region),
    isBreaking: event.isBreaking,
    isSuspicious: event.isSuspicious,
    isAccepted: event.isAccepted,
    changes: shown,
    moreChanges: event.changes.length - shown.length,
  };
}
