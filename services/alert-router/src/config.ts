import { csv, processConfig, ticketKeys } from "@alivemcp/runtime/config";
import { z } from "zod";

export const configSchema = z.object({
  ...processConfig,
  /** As the `system` role. */
  DATABASE_URL: z.url(),
  TICKET_KEY: ticketKeys,
  REGIONS_FILE: z.string().default("infra/regions.json"),
  /** Regions of this installation; empty: all of the manifest. */
  PROBE_REGIONS: csv.prefault(""),
});
export type Config = z.infer<typeof configSchema>;
