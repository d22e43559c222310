import { alertScopeSchema } from "@alivemcp/core/alert-rule";
import { AppError } from "@alivemcp/core/app-error";
import { MAINTENANCE_MS_MAX, occurrencesBetween, recurrenceSchema } from "@alivemcp/core/maintenance";
import { plainLines, plainText } from "@alivemcp/core/plain-text";
import type { MaintenanceWindowColumns } from "@alivemcp/db/queries/maintenance-windows";
import { z } from "zod";

/** What a person says of a window. Times are epoch milliseconds. */
export const maintenanceSchema = z.strictObject({
  name: plainText(100),
  scope: alertScopeSchema,
  startsAtMs: z.int({ error: "Give an instant." }).nonnegative(),
  endsAtMs: z.int({ error: "Give an instant." }).nonnegative(),
  recurrence: recurrenceSchema.nullable().default(null),
  /** Shown on the public pages of the workspace's own endpoints. */
  isPublic: z.boolean().default(true),
  note: plainLines(1_000).nullable().default(null),
});
export type MaintenanceInput = z.output<typeof maintenanceSchema>;

const YEAR_MS = 366 * 86_400_000;

/**
 * The columns of a window. Throws `invalid` naming `starts_at` or `ends_at`: it ends after it begins, within 7 days, not
 * in the past, and begins within a year.
 */
export function acceptMaintenance(input: MaintenanceInput, nowMs: number): MaintenanceWindowColumns {
  const { startsAtMs, endsAtMs, recurrence, ...rest } = input;
  if (endsAtMs <= startsAtMs) {
    throw invalid("ends_at", "Maintenance ends after it begins.");
  }
  if (endsAtMs - startsAtMs > MAINTENANCE_MS_MAX) {
    throw invalid("ends_at", "Maintenance takes at most 7 days.");
  }
  if (startsAtMs > nowMs + YEAR_MS) {
    throw invalid("starts_at", "Maintenance can be announced at most a year ahead.");
  }
  const window = { id: "", scope: input.scope, startsAtMs, endsAtMs, recurrence, cancelledAtMs: null };
  if (occurrencesBetween(window, nowMs, nowMs + 2 * YEAR_MS, 1).length === 0) {
    throw invalid("ends_at", "This maintenance is over already.");
  }
  return { ...rest, recurrence, startsAt: new Date(startsAtMs), endsAt: new Date(endsAtMs) };
}

const invalid = (field: string, sentence: string) =>
  new AppError({ code: "invalid", internal: `maintenance ${field}`, public: sentence, field });
