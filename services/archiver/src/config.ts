import { csv, processConfig } from "@alivemcp/runtime/config";
import { z } from "zod";

export const configSchema = z.object({
  ...processConfig,
  /** As the `system` role. */
  DATABASE_URL: z.url(),
  REGIONS_FILE: z.string().default("infra/regions.json"),
  /** Regions of this installation; empty: all of the manifest. */
  PROBE_REGIONS: csv.prefault(""),
});
export type Config = z.infer<typeof configSchema>;
