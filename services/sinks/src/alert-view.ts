/**
 * What every channel shows of a message, before its markup: the same facts in the same order everywhere. Strings are one
 * line each, without control and direction characters, and still strangers' text: each channel escapes for itself.
 */
import type { AlertMessage } from "@alivemcp/core/alert-message";
import { publicLine } from "@alivemcp/core/public-text";

export type AlertTone = "down" | "degraded" | "info" | "good";

export interface AlertView {
  readonly tone: AlertTone;
  /** Never alone: the words say the same. */
  readonly mark: string;
  readonly headline: string;
  readonly summary: string;
  readonly endpoint: {
    readonly name: string;
    readonly group: string | null;
    readonly tags: readonly string[];
  } | null;
  readonly fields: readonly { readonly label: string; readonly value: string }[];
  /** What the owner last told the public. */
  readonly update: { readonly stage: string; readonly body: string } | null;
  readonly entries: readonly { readonly title: string; readonly at: string; readonly url: string | null }[];
  readonly entriesLeftOut: number;
  /** To be typed back. */
  readonly code: string | null;
  readonly links: readonly { readonly label: string; readonly url: string }[];
}

const MARKS: Readonly<Record<AlertTone, string>> = { down: "🔴", degraded: "🟠", info: "🔵", good: "🟢" };

export function alertView(message: AlertMessage): AlertView {
  const tone = toneOf(message);
  const update = message.incident?.update ?? null;
  const { endpoint } = message;
  return {
    tone,
    mark: MARKS[tone],
    headline: `${message.isTest ? "TEST: " : ""}${publicLine(message.title, 150)}`,
    summary: publicLine(message.summary, 600),
    endpoint: endpoint && {
      name: publicLine(endpoint.name, 200),
      group: endpoint.group === null ? null : publicLine(endpoint.group, 60),
      tags: endpoint.tags.map((tag) => publicLine(tag, 60)),
    },
    fields: fieldsOf(message).map(({ label, value }) => ({
      label: publicLine(label, 60),
      value: publicLine(value, 400),
    })),
    update:
      update === null ? null : { stage: capitalised(update.stage), body: publicLine(update.body, 2_000) },
    entries: message.entries.map(({ title, atMs, url }) => ({
      title: publicLine(title, 200),
      at: utcMinute(atMs),
      url,
    })),
    entriesLeftOut: message.entriesLeftOut,
    code: message.proof === null ? null : publicLine(message.proof.code, 100),
    links: message.links.map(({ label, url }) => ({ label: publicLine(label, 60), url: new URL(url).href })),
  };
}

/** "2026-11-21 13:35 UTC". */
export function utcMinute(atMs: number): string {
  return `${new Date(atMs).toISOString().slice(0, 16).replace("T", " ")} UTC`;
}

/** "45 s", "12 min", "1 h 5 min", "2 d 3 h". */
export function shownDuration(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1_000));
  if (seconds < 120) {
    return `${seconds} s`;
  }
  const minutes = Math.round(seconds / 60);
  if (minutes < 120) {
    return `${minutes} min`;
  }
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${hours} h ${minutes % 60} min` : `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

function toneOf({ event, severity, incident }: AlertMessage): AlertTone {
  if (event === "incident.resolved" || incident?.state === "resolved") {
    return "good";
  }
  return severity === "P1" ? "down" : severity === "P2" ? "degraded" : "info";
}

function fieldsOf(message: AlertMessage): AlertView["fields"] {
  const { severity, endpoint } = message;
  const fields: AlertView["fields"][number][] =
    severity === null ? [] : [{ label: "Severity", value: severity }];
  if (endpoint !== null) {
    fields.push({ label: "Endpoint", value: endpoint.name });
    if (endpoint.group !== null) {
      fields.push({ label: "Group", value: endpoint.group });
    }
    if (endpoint.tags.length > 0) {
      fields.push({ label: "Tags", value: endpoint.tags.join(", ") });
    }
  }
  return [...fields, ...incidentFields(message), ...message.facts];
}

function incidentFields({ incident, atMs }: AlertMessage): AlertView["fields"] {
  if (incident === null) {
    return [];
  }
  const { startedAtMs, resolvedAtMs, failureReason, regions, isFlapping, endpointsTogether } = incident;
  const fields = [{ label: "Since", value: utcMinute(startedAtMs) }];
  if (resolvedAtMs === null) {
    fields.push({ label: "State", value: capitalised(incident.state) });
    if (atMs > startedAtMs) {
      fields.push({ label: "So far", value: shownDuration(atMs - startedAtMs) });
    }
  } else {
    fields.push({ label: "Resolved", value: utcMinute(resolvedAtMs) });
    fields.push({ label: "Lasted", value: shownDuration(resolvedAtMs - startedAtMs) });
  }
  if (failureReason !== null) {
    fields.push({ label: "Reason", value: failureReason.replaceAll("_", " ") });
  }
  if (regions.length > 0) {
    fields.push({ label: "Seen from", value: regions.join(", ") });
  }
  if (isFlapping) {
    fields.push({ label: "Flapping", value: "It goes up and down" });
  }
  if (endpointsTogether > 1) {
    fields.push({ label: "Failed together", value: `${endpointsTogether} endpoints` });
  }
  return fields;
}

function capitalised(word: string): string {
  return `${word.charAt(0).toUpperCase()}${word.slice(1)}`;
}
