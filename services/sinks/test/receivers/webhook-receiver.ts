/**
 * A receiver of webhooks that holds to Standard Webhooks 1.0.0 and to the shape we document: method, content type, the
 * three headers, signature and age by the specification's own library, size, `type` and `timestamp`. What it refuses gets
 * 400 and is in `refused`, with the reason.
 */
import { Webhook } from "standardwebhooks";
import { z } from "zod";
import { type Answer, type HttpReceiver, openHttpReceiver, type ReceivedRequest } from "./http-receiver.ts";

const envelope = z.strictObject({
  type: z.string().regex(/^[a-zA-Z0-9_.]+$/),
  timestamp: z.iso.datetime(),
  data: z.record(z.string(), z.unknown()),
});

export interface ReceivedEvent extends z.infer<typeof envelope> {
  /** `webhook-id`. */
  readonly id: string;
  readonly atMs: number;
}

export interface WebhookReceiver extends HttpReceiver {
  /** Events that were accepted, oldest first; those sent again are there again. */
  readonly events: readonly ReceivedEvent[];
  readonly refused: readonly string[];
}

const BYTES_MAX = 20_000;

export async function openWebhookReceiver(options: {
  /** What it verifies with. */
  readonly secret: string;
  /** Answers a verification with its challenge. */
  readonly echoesChallenge?: boolean;
  /** The sender's clock differs from ours: ages are not judged. */
  readonly isAgeIgnored?: boolean;
}): Promise<WebhookReceiver> {
  const events: ReceivedEvent[] = [];
  const refused: string[] = [];
  const verifier = new Webhook(options.secret);
  const receiver = await openHttpReceiver((request) => {
    const reason = faultOf(request, verifier, options.isAgeIgnored === true);
    if (reason !== null) {
      refused.push(reason);
      return { status: 400, body: reason };
    }
    const event = envelope.parse(JSON.parse(request.body));
    events.push({ ...event, id: String(request.headers["webhook-id"]), atMs: request.atMs });
    return answerTo(event, options.echoesChallenge === true);
  });
  return { ...receiver, events, refused };
}

function answerTo(event: z.infer<typeof envelope>, echoesChallenge: boolean): Answer {
  const isAsked = event.type === "endpoint.verification" && echoesChallenge;
  return isAsked
    ? { status: 200, body: JSON.stringify({ challenge: event.data.challenge }) }
    : { status: 204 };
}

function faultOf(request: ReceivedRequest, verifier: Webhook, isAgeIgnored: boolean): string | null {
  const { method, headers, body } = request;
  if (method !== "POST" || headers["content-type"] !== "application/json") {
    return "not a POST of application/json";
  }
  if (Buffer.byteLength(body) > BYTES_MAX) {
    return "over 20 KB";
  }
  const id = String(headers["webhook-id"] ?? "");
  if (id === "" || id.includes(".")) {
    return "webhook-id missing or with a dot";
  }
  try {
    const signed = isAgeIgnored ? atNow(verifier, request) : (headers as Record<string, string>);
    verifier.verify(body, signed);
  } catch (err) {
    return err instanceof Error ? err.message : "signature";
  }
  const parsed = envelope.safeParse(JSON.parse(body));
  return parsed.success ? null : "not the documented envelope";
}

/** The library has no way to ignore the age: the signature is checked here, and then made anew for now. */
function atNow(verifier: Webhook, { headers, body }: ReceivedRequest): Record<string, string> {
  const id = String(headers["webhook-id"]);
  const sentAt = new Date(Number(headers["webhook-timestamp"]) * 1_000);
  const isSigned = String(headers["webhook-signature"])
    .split(" ")
    .includes(verifier.sign(id, sentAt, body));
  const now = new Date();
  return {
    "webhook-id": id,
    "webhook-timestamp": String(Math.floor(now.getTime() / 1_000)),
    "webhook-signature": isSigned ? verifier.sign(id, now, body) : "v1,none",
  };
}
