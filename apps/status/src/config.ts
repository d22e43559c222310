import { csv, processConfig } from "@alivemcp/runtime/config";
import { z } from "zod";

const baseUrl = z.url().transform((url) => url.replace(/\/+$/, ""));

export const configSchema = z.object({
  ...processConfig,
  /** Role `alivemcp_reader`. */
  DATABASE_URL: z.url(),
  HOST: csv.default(["127.0.0.1"]),
  PORT: z.coerce.number().int().min(0).max(65_535).default(4402),
  /** Where people reach this app. */
  PUBLIC_URL: baseUrl,
  /** Where browsers reach the API: the opt-out form posts there. */
  API_URL: baseUrl,
  /** Where people reach the dashboard; without it no page offers to follow or claim an endpoint. */
  APP_URL: baseUrl.optional(),
  REGIONS_FILE: z.string().default("infra/regions.json"),
  /** Ranges that `/check` may reach although they are not public; the worker has the same list and the last word. */
  PROBE_ALLOW_CIDRS: csv.default([]),
  /** `1`: every page says that the regions are simulated on one machine. */
  SIMULATED_REGIONS: z
    .enum(["0", "1"])
    .default("0")
    .transform((text) => text === "1"),
  /** Proxies in front of this app that append to `X-Forwarded-For`; 0 believes the socket only. */
  TRUSTED_PROXY_HOPS: z.coerce.number().int().min(0).max(5).default(0),
});
export type Config = z.infer<typeof configSchema>;
