import { csv, processConfig, ticketKeys } from "@alivemcp/runtime/config";
import { sinkKeysSchema } from "@alivemcp/runtime/sink-keys";
import { z } from "zod";

const baseUrl = z.url().transform((url) => url.replace(/\/+$/, ""));

export const configSchema = z.object({
  ...processConfig,
  /** As the `system` role. */
  DATABASE_URL: z.url(),
  TICKET_KEY: ticketKeys,
  REGIONS_FILE: z.string().default("infra/regions.json"),
  /** Regions of this installation; empty: all of the manifest. */
  PROBE_REGIONS: csv.prefault(""),
  /** Opens the settings of sinks. */
  SINK_KEY: sinkKeysSchema,
  /** Private ranges that sinks may lie in. */
  PROBE_ALLOW_CIDRS: csv.default([]),
  /** Mail server: `smtp://user:password@host:587`, or `smtps://`. */
  SMTP_URL: z.string().regex(/^smtps?:\/\/\S+$/, "must be an smtp:// or smtps:// URL"),
  /** Sender of every mail: `Name <address>`. */
  MAIL_FROM: z.string().min(3),
  /** Where people reach the dashboard, the status pages and the API; messages link there. */
  APP_URL: baseUrl,
  PUBLIC_URL: baseUrl,
  API_URL: baseUrl,
});
export type Config = z.infer<typeof configSchema>;
