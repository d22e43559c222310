import { csv, processConfig, ticketKeys } from "@alivemcp/runtime/config";
import { sinkKeysSchema } from "@alivemcp/runtime/sink-keys";
import { z } from "zod";
import { internalToken, regionTokens } from "./internal/region-tokens.ts";

export const configSchema = z.object({
  ...processConfig,
  /** Role `alivemcp_app`. */
  DATABASE_URL: z.url(),
  /** Role `alivemcp_identity`: finds the tenant of a key. */
  IDENTITY_DATABASE_URL: z.url(),
  /** Role `alivemcp_operator`: plans, suspensions, opt-outs. */
  OPERATOR_DATABASE_URL: z.url(),
  /** Addresses to listen on; `scripts/up` adds the one where its regions find their canary. */
  HOST: csv.default(["127.0.0.1"]),
  PORT: z.coerce.number().int().min(0).max(65_535).default(4401),
  /** Where people reach this API; its document and its problems name it. */
  API_URL: z.url(),
  /** Where people reach the status app; links in answers start with it. */
  PUBLIC_URL: z.url(),
  /** Where people reach the dashboard; authorization servers send them back there. */
  APP_URL: z.url(),
  TICKET_KEY: ticketKeys,
  /** Address that somebody is told who finds their endpoint claimed by another workspace. */
  CLAIMS_CONTACT: z.email().optional(),
  REGIONS_FILE: z.string().default("infra/regions.json"),
  PROBE_ALLOW_CIDRS: csv.default([]),
  /** Proxies in front that append to `X-Forwarded-For`; 0 believes the socket only. Limits count by the address found. */
  TRUSTED_PROXY_HOPS: z.coerce.number().int().min(0).max(5).default(0),
  /** Where invitations and notices are sent: `smtp://` or `smtps://`. */
  SMTP_URL: z.string().regex(/^smtps?:\/\/\S+$/, "must be an smtp:// or smtps:// URL"),
  /** `Name <address>`. */
  MAIL_FROM: z.string().min(3),
  /** Bootstrap key of the operator; at least 32 characters, so that it cannot be guessed. */
  OPERATOR_KEY: z.string().min(32),
  /** Where workers and the dashboard ask; never reachable from outside the installation. */
  INTERNAL_HOST: z.string().default("127.0.0.1"),
  INTERNAL_PORT: z.coerce.number().int().min(0).max(65_535).default(4403),
  /** Opens the internal port to the dashboard. */
  INTERNAL_TOKEN: internalToken,
  /** Opens it to the workers of each region: `region=token,…`. */
  REGION_TOKENS: regionTokens,
  /** Keys of the vault's local key provider; `npm run vault -w apps/api -- add-key` makes it. */
  VAULT_KEY_FILE: z.string(),
  /** Seals what is entered for sinks, and opens the secrets with which receivers sign what they send back. */
  SINK_KEY: sinkKeysSchema,
  /** Our Slack app; both or none. With them a channel is added by Slack's own page. */
  SLACK_CLIENT_ID: z.string().optional(),
  SLACK_CLIENT_SECRET: z.string().optional(),
  /** Of our Slack app: signs presses on buttons. Without it no button counts. */
  SLACK_SIGNING_SECRET: z.string().min(16).optional(),
  /** What `setWebhook` told Telegram to send along. Without it the bot does not answer. */
  TELEGRAM_WEBHOOK_SECRET: z
    .string()
    .regex(/^[\w-]{16,256}$/, "must be 16 to 256 letters, digits, _ or -")
    .optional(),
});
export type Config = z.infer<typeof configSchema>;
