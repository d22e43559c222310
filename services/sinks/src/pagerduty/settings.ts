import { z } from "zod";

export const pagerdutySettings = z.object({
  routingKey: z
    .string()
    .regex(/^[A-Za-z0-9]{32}$/, "An integration key of the Events API v2 has 32 letters and digits."),
  /** PagerDuty's service region of the account. */
  region: z.enum(["us", "eu"]).default("us"),
  /** Signs what PagerDuty tells us; without it, nobody acknowledges from there. */
  webhookSecret: z
    .string()
    .regex(/^[\x21-\x7e]{16,200}$/, "This is not the secret that PagerDuty showed with the webhook.")
    .optional(),
  /** From an install: what PagerDuty calls the service. */
  serviceName: z.string().max(200).optional(),
});
export type PagerdutySettings = z.infer<typeof pagerdutySettings>;

export function shownPagerduty({
  routingKey,
  region,
  serviceName,
  webhookSecret,
}: PagerdutySettings): string {
  const what = serviceName ?? `Integration key …${routingKey.slice(-4)}`;
  return `${what} (${region.toUpperCase()})${webhookSecret === undefined ? "" : ", answers come back"}`;
}
