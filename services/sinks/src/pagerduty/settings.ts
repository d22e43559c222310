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
});
export type PagerdutySettings = z.infer<typeof pagerdutySettings>;

export function shownPagerduty({ routingKey, region, webhookSecret }: PagerdutySettings): string {
  return `Integration key …${routingKey.slice(-4)} (${region.toUpperCase()})${webhookSecret === undefined ? "" : ", answers come back"}`;
}
