/**
 * The body of a webhook. Its shape is a contract with programs we do not know: members are added, never renamed or
 * removed. services/sinks/src/webhook/README.md documents it.
 */
import type { AlertMessage } from "@alivemcp/core/alert-message";

/** Standard Webhooks 1.0.0, "Payload size": under 20 KB. */
export const WEBHOOK_BYTES_MAX = 20_000;
export const VERIFICATION_TYPE = "endpoint.verification";

const iso = (ms: number) => new Date(ms).toISOString();

/** The body, at most 20,000 bytes: entries of a digest are left out from the oldest on, then facts, then links but the first. */
export function webhookBody(message: AlertMessage): string {
  const { proof } = message;
  if (message.event === "verification" && proof !== null) {
    return bodyOf(VERIFICATION_TYPE, message.atMs, { challenge: proof.code });
  }
  let entries = message.entries;
  let body = write(message);
  while (Buffer.byteLength(body) > WEBHOOK_BYTES_MAX && entries.length > 0) {
    entries = entries.slice(0, -Math.ceil(entries.length / 8));
    body = write({ ...message, entries, entriesLeftOut: leftOut(message, entries) });
  }
  for (const shorter of [{ facts: [] }, { facts: [], links: message.links.slice(0, 1) }]) {
    if (Buffer.byteLength(body) > WEBHOOK_BYTES_MAX) {
      body = write({ ...message, entries, entriesLeftOut: leftOut(message, entries), ...shorter });
    }
  }
  return body;
}

const leftOut = (message: AlertMessage, kept: AlertMessage["entries"]) =>
  message.entriesLeftOut + message.entries.length - kept.length;

const bodyOf = (type: string, atMs: number, data: object) =>
  JSON.stringify({ type, timestamp: iso(atMs), data });

function write(message: AlertMessage): string {
  const { endpoint, incident } = message;
  return bodyOf(message.event, message.atMs, {
    v: message.v,
    dedup_key: message.dedupKey,
    severity: message.severity,
    title: message.title,
    summary: message.summary,
    is_test: message.isTest,
    is_worse: message.isWorse,
    endpoint,
    incident: incident && {
      id: message.dedupKey,
      state: incident.state,
      started_at: iso(incident.startedAtMs),
      resolved_at: incident.resolvedAtMs === null ? null : iso(incident.resolvedAtMs),
      failure_reason: incident.failureReason,
      causes: incident.causes,
      regions: incident.regions,
      is_flapping: incident.isFlapping,
      update: incident.update,
      endpoints_together: incident.endpointsTogether,
    },
    facts: message.facts,
    links: message.links,
    entries: message.entries.map(({ title, atMs, url }) => ({ title, at: iso(atMs), url })),
    entries_left_out: message.entriesLeftOut,
  });
}
