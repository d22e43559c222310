/**
 * What PagerDuty tells us of its incidents: Generic Webhooks (v3). Signature: developer.pagerduty.com, "Verifying Webhook
 * Signatures" (several signatures while a secret is replaced). Payload: developer.pagerduty.com, "Webhooks Overview".
 */
import { createHmac, timingSafeEqual } from "node:crypto";
import { z } from "zod";

const SIGNATURES_MAX = 10;

/** True when one of the signatures (`v1=<hex>,v1=<hex>`) is ours over the body as it came. */
export function verifyPagerdutySignature(header: string | null, secret: string, rawBody: string): boolean {
  const wanted = Buffer.from(`v1=${createHmac("sha256", secret).update(rawBody).digest("hex")}`);
  return (header ?? "")
    .split(",", SIGNATURES_MAX)
    .map((signature) => Buffer.from(signature.trim()))
    .some((signature) => signature.length === wanted.length && timingSafeEqual(signature, wanted));
}

export interface PagerdutyEvent {
  /** Of this telling: the same when it is told again. */
  readonly eventId: string;
  readonly action: "acknowledged" | "unacknowledged" | "resolved";
  /** What we triggered it with; of an incident that we did not trigger it is none of ours. */
  readonly dedupKey: string;
  readonly atMs: number;
  /** Who did it, by the name they have there. */
  readonly actor: string;
}

const ACTIONS = {
  "incident.acknowledged": "acknowledged",
  "incident.unacknowledged": "unacknowledged",
  "incident.resolved": "resolved",
} as const;

const webhook = z.object({
  event: z.object({
    id: z.string().min(1).max(100),
    event_type: z.enum(["incident.acknowledged", "incident.unacknowledged", "incident.resolved"]),
    occurred_at: z.iso.datetime({ offset: true }),
    agent: z.object({ summary: z.string().max(200).nullish() }).nullish(),
    data: z.object({ incident_key: z.string().min(1).max(255) }),
  }),
});

/** Null for what is nothing to us: other events, tests of the webhook (`pagey.ping`), nonsense. */
export function readPagerdutyEvent(rawBody: string): PagerdutyEvent | null {
  const { data } = webhook.safeParse(parsed(rawBody));
  if (data === undefined) {
    return null;
  }
  const { id, event_type, occurred_at, agent, data: incident } = data.event;
  return {
    eventId: id,
    action: ACTIONS[event_type],
    dedupKey: incident.incident_key,
    atMs: Date.parse(occurred_at),
    actor: agent?.summary ?? "PagerDuty",
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
