import { csv, processConfig, ticketKeys } from "@alivemcp/runtime/config";
import { sinkKeysSchema } from "@alivemcp/runtime/sink-keys";
import type { VendorUrls } from "@alivemcp/sinks/sink-client";
import { VENDOR_URLS } from "@alivemcp/sinks/vendor-urls";
import { z } from "zod";

const VENDOR_NAMES = Object.keys(VENDOR_URLS) as (keyof VendorUrls)[];
const baseUrl = z.url().transform((url) => url.replace(/\/+$/, ""));

const vendorUrls = z.string().transform((text, context): Partial<VendorUrls> => {
  const parsed = z.partialRecord(z.enum(VENDOR_NAMES), z.url()).safeParse(jsonOf(text));
  if (!parsed.success) {
    context.addIssue({ code: "custom", message: `is no JSON object of URLs by ${VENDOR_NAMES.join(", ")}` });
    return z.NEVER;
  }
  return parsed.data;
});

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
  /** The installation's own bot; without it no chat of Telegram can be written to. */
  TELEGRAM_BOT_TOKEN: z.string().optional(),
  /** JSON: base URLs instead of the vendors' own, for drills and tests. */
  SINK_VENDOR_URLS: vendorUrls.prefault("{}"),
  /** Where people reach the dashboard, the status pages and the API; messages link there. */
  APP_URL: baseUrl,
  PUBLIC_URL: baseUrl,
  API_URL: baseUrl,
  /** Slug of the workspace whose rules and sinks get notices about our own health; without it they are only logged. */
  OPERATORS_WORKSPACE: z.string().min(1).optional(),
  /** An outside watcher is asked here every minute while pages go out; its silence alarm is infra/runbooks/dead-man.md. */
  DEADMAN_URL: z.url({ protocol: /^https?$/ }).optional(),
  /** Value of the header `Authorization` for it, such as `GenieKey …`. */
  DEADMAN_AUTHORIZATION: z.string().min(1).optional(),
});
export type Config = z.infer<typeof configSchema>;

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
