import { isPlanName } from "@alivemcp/core/plans";
import { csv, processConfig, ticketKeys } from "@alivemcp/runtime/config";
import { sinkPublicKeySchema } from "@alivemcp/runtime/sink-keys";
import { z } from "zod";

const baseUrl = z.url().transform((url) => url.replace(/\/+$/, ""));

export const configSchema = z.object({
  ...processConfig,
  /** Role `alivemcp_app`: what a person sees of a workspace. */
  DATABASE_URL: z.url(),
  /** Role `alivemcp_identity`: who a person is, before any workspace is known. */
  IDENTITY_DATABASE_URL: z.url(),
  HOST: csv.default(["127.0.0.1"]),
  PORT: z.coerce.number().int().min(0).max(65_535).default(4400),
  /** Where people reach this app. With https every cookie is `__Host-` and `Secure`. */
  APP_URL: baseUrl,
  /** Where people reach the board and the status pages. */
  PUBLIC_URL: baseUrl,
  /** Where programs reach the REST API; snippets name it. */
  API_URL: baseUrl,
  /** Signs cookies, encrypts TOTP secrets. Changing it signs everybody out and voids their TOTP. */
  AUTH_SECRET: z.string().min(32),
  /** OAuth app of GitHub whose callback is `APP_URL/api/auth/callback/github`; without both nobody signs in with GitHub. */
  GITHUB_CLIENT_ID: z.string().optional(),
  GITHUB_CLIENT_SECRET: z.string().optional(),
  /** Our Slack app, whose secret only the api has: with it a channel is added by Slack's own page. */
  SLACK_CLIENT_ID: z.string().optional(),
  /** User name of the bot that the alert router writes to Telegram with: without it no chat is offered as a sink. */
  TELEGRAM_BOT_NAME: z
    .string()
    .regex(/^\w{5,32}$/, "must be the user name of a bot, without the @")
    .optional(),
  /** Mail server: `smtp://user:password@host:587`, or `smtps://`. */
  SMTP_URL: z.string().regex(/^smtps?:\/\/\S+$/, "must be an smtp:// or smtps:// URL"),
  /** Sender of every mail: `Name <address>`. */
  MAIL_FROM: z.string().min(3),
  /** Plan of a workspace that somebody makes. */
  DEFAULT_PLAN: z.string().refine(isPlanName, "no such plan").default("public"),
  /** Keys that sign the tickets of jobs whose endpoint has a credential. */
  TICKET_KEY: ticketKeys,
  /** What people enter for their sinks is sealed to it; only who sends can open that. */
  SINK_PUBLIC_KEY: sinkPublicKeySchema,
  /** Private ranges that endpoints may lie in. */
  PROBE_ALLOW_CIDRS: csv.default([]),
  /** Address that somebody is told who finds their endpoint claimed by another workspace. */
  CLAIMS_CONTACT: z.email().optional(),
  /** The internal port of the api, which stores credentials for people; and what opens it. */
  INTERNAL_URL: baseUrl,
  INTERNAL_TOKEN: z.string().min(32),
  REGIONS_FILE: z.string().default("infra/regions.json"),
  /** `1`: every page says that the regions are simulated on one machine. */
  SIMULATED_REGIONS: z
    .enum(["0", "1"])
    .default("0")
    .transform((text) => text === "1"),
  /** Proxies in front of this app that append to `X-Forwarded-For`; 0 believes the socket only. */
  TRUSTED_PROXY_HOPS: z.coerce.number().int().min(0).max(5).default(0),
});
export type Config = z.infer<typeof configSchema>;
