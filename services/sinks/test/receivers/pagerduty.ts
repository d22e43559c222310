/**
 * PagerDuty's Events API v2 and what its people see: one incident per dedup key while it is open.
 * developer.pagerduty.com: "Send an Alert Event", "Send a Change Event", "Webhooks Overview", "Verifying Webhook Signatures".
 */
import { createHmac, randomUUID } from "node:crypto";
import { z } from "zod";
import { type Answer, chars, openReceiver, type Received, type Receiver } from "./open-receiver.ts";

export interface PagerdutyIncident {
  readonly dedupKey: string;
  status: "triggered" | "acknowledged" | "resolved";
  summary: string;
  severity: string;
  /** Events that joined it, the first one included. */
  alerts: number;
}

export interface PagerdutyReceiver extends Receiver {
  readonly routingKey: string;
  /** Oldest first; a trigger after resolve opens another one. */
  readonly incidents: PagerdutyIncident[];
  readonly changes: { readonly summary: string }[];
  readonly vendors: { readonly pagerduty: string; readonly pagerdutyEu: string };
  /** The integration is deleted. */
  revoke(): void;
  /** What PagerDuty would post to a webhook when somebody does this there. */
  webhookFor(
    event: "incident.acknowledged" | "incident.unacknowledged" | "incident.resolved",
    dedupKey: string,
    secret: string,
  ): { readonly body: string; readonly signature: string };
}

const BYTES_MAX = 512 * 1024;
const https = z.url({ protocol: /^https?$/ });
const link = z.object({ href: https, text: z.string().optional() });
const payload = z.object({
  summary: chars(1_024).min(1),
  source: z.string().min(1),
  timestamp: z.iso.datetime({ offset: true }).optional(),
  component: z.string().optional(),
  group: z.string().optional(),
  class: z.string().optional(),
  custom_details: z.record(z.string(), z.unknown()).optional(),
});
const key = z.string().length(32);
const alertEvent = z.discriminatedUnion("event_action", [
  z.object({
    event_action: z.literal("trigger"),
    routing_key: key,
    dedup_key: chars(255).optional(),
    client: z.string().optional(),
    client_url: https.optional(),
    links: z.array(link).optional(),
    payload: payload.extend({ severity: z.enum(["critical", "error", "warning", "info"]) }),
  }),
  z.object({
    event_action: z.enum(["acknowledge", "resolve"]),
    routing_key: key,
    dedup_key: chars(255).min(1),
  }),
]);
const changeEvent = z.object({ routing_key: key, payload, links: z.array(link).optional() });

function invalid(...errors: string[]): Answer {
  return { status: 400, body: { status: "invalid event", message: "Event object is invalid", errors } };
}

/** What a request is told before its event is looked at; null: nothing. */
function misplacedAs(request: Received): Answer | null {
  if (request.method !== "POST" || !["/v2/enqueue", "/v2/change/enqueue"].includes(request.path)) {
    return { status: 404, body: "Not Found" };
  }
  if (!/^application\/json/.test(String(request.headers["content-type"]))) {
    return invalid("Content-Type must be application/json");
  }
  if (Buffer.byteLength(request.body) > BYTES_MAX) {
    return { status: 413, body: "Payload Too Large" };
  }
  return request.json === undefined ? invalid("JSON is malformed") : null;
}

export async function openPagerdutyReceiver(
  routingKey = "0123456789abcdef0123456789abcdef",
): Promise<PagerdutyReceiver> {
  const incidents: PagerdutyIncident[] = [];
  const changes: { summary: string }[] = [];
  const state = { isRevoked: false };
  const accepted = (body: object): Answer => ({
    status: 202,
    body: { status: "success", message: "Event processed", ...body },
  });
  const openWith = (dedupKey: string) =>
    incidents.find((incident) => incident.dedupKey === dedupKey && incident.status !== "resolved");

  const note = ({ payload: { summary } }: z.infer<typeof changeEvent>): Answer => {
    if (routingKey.startsWith("R")) {
      return invalid("Change events are not supported for this routing key");
    }
    changes.push({ summary });
    return accepted({ message: "Change event processed" });
  };

  const act = (event: z.infer<typeof alertEvent>): Answer => {
    const dedupKey = event.dedup_key ?? randomUUID();
    const found = openWith(dedupKey);
    if (event.event_action !== "trigger") {
      // For a key that nothing is open under, PagerDuty says the same and does nothing.
      if (found !== undefined) {
        found.status = event.event_action === "resolve" ? "resolved" : "acknowledged";
      }
    } else if (found === undefined) {
      const { summary, severity } = event.payload;
      incidents.push({ dedupKey, status: "triggered", summary, severity, alerts: 1 });
    } else {
      found.alerts += 1;
      found.severity = event.payload.severity;
    }
    return accepted({ dedup_key: dedupKey });
  };

  const answer = (request: Received): Answer => {
    const misplaced = misplacedAs(request);
    if (misplaced !== null) {
      return misplaced;
    }
    const isChange = request.path === "/v2/change/enqueue";
    const event = (isChange ? changeEvent : alertEvent).safeParse(request.json);
    if (!event.success) {
      return invalid(...event.error.issues.map(({ path, message }) => `'${path.join(".")}' ${message}`));
    }
    if (event.data.routing_key !== routingKey || state.isRevoked) {
      return invalid("Invalid routing key");
    }
    return isChange ? note(changeEvent.parse(event.data)) : act(alertEvent.parse(event.data));
  };

  const receiver = await openReceiver(answer);
  return {
    ...receiver,
    routingKey,
    incidents,
    changes,
    vendors: { pagerduty: receiver.url, pagerdutyEu: receiver.url },
    revoke: () => {
      state.isRevoked = true;
    },
    webhookFor: (event_type, dedupKey, secret) => {
      const body = JSON.stringify({
        event: {
          id: randomUUID(),
          event_type,
          resource_type: "incident",
          occurred_at: new Date().toISOString(),
          agent: { id: "PUSER01", summary: "Ada Lovelace", type: "user_reference" },
          client: null,
          data: {
            id: "PINC001",
            type: "incident",
            number: 7,
            status: "acknowledged",
            incident_key: dedupKey,
          },
        },
      });
      return { body, signature: `v1=${createHmac("sha256", secret).update(body).digest("hex")}` };
    },
  };
}
