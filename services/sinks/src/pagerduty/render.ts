/**
 * Events API v2 (developer.pagerduty.com, "Send an Alert Event", "Send a Change Event"). Everything is plain text there;
 * `summary` is also read out on the phone.
 */
import type { AlertMessage } from "@alivemcp/core/alert-message";
import { type AlertView, alertView } from "../alert-view.ts";
import { fitText } from "../fit-text.ts";

const SUMMARY_CHARS_MAX = 1_024;
const DEDUP_KEY_CHARS_MAX = 255;

export interface PagerdutyAlertEvent {
  readonly routing_key: string;
  readonly event_action: "trigger" | "acknowledge" | "resolve";
  readonly dedup_key: string;
  readonly client: string;
  readonly client_url?: string;
  readonly links: readonly { readonly href: string; readonly text: string }[];
  readonly payload: PagerdutyPayload & {
    readonly severity: "critical" | "error" | "warning" | "info";
    readonly component?: string;
    readonly group?: string;
    readonly class: string;
  };
}

export interface PagerdutyChangeEvent {
  readonly routing_key: string;
  readonly links: readonly { readonly href: string; readonly text: string }[];
  readonly payload: PagerdutyPayload;
}

interface PagerdutyPayload {
  readonly summary: string;
  readonly source: string;
  readonly timestamp: string;
  readonly custom_details: Readonly<Record<string, string>>;
}

export type PagerdutyRequest =
  | { readonly path: "/v2/enqueue"; readonly body: PagerdutyAlertEvent }
  | { readonly path: "/v2/change/enqueue"; readonly body: PagerdutyChangeEvent };

/**
 * Incidents trigger, acknowledge and resolve one PagerDuty incident. What pages nobody (drift, digests, small notices)
 * is a change event; keys of rulesets (`R…`) cannot take those and get an alert of severity info.
 */
export function renderPagerduty(message: AlertMessage, routingKey: string): PagerdutyRequest {
  const view = alertView(message);
  const payload: PagerdutyPayload = {
    summary: fitText(`${view.headline}: ${view.summary}${codeOf(view)}`, SUMMARY_CHARS_MAX),
    source: message.endpoint?.slug ?? "alivemcp",
    timestamp: new Date(message.atMs).toISOString(),
    custom_details: detailsOf(view),
  };
  const links = view.links.map(({ label, url }) => ({ href: url, text: label }));
  if (isChange(message) && !routingKey.startsWith("R")) {
    return { path: "/v2/change/enqueue", body: { routing_key: routingKey, links, payload } };
  }
  const [first] = view.links;
  const body: PagerdutyAlertEvent = {
    routing_key: routingKey,
    event_action: actionOf(message),
    dedup_key: fitText(message.dedupKey, DEDUP_KEY_CHARS_MAX),
    client: "AliveMCP",
    ...(first === undefined ? {} : { client_url: first.url }),
    links,
    payload: {
      ...payload,
      severity: severityOf(message),
      ...(view.endpoint === null ? {} : { component: view.endpoint.name }),
      ...(view.endpoint?.group == null ? {} : { group: view.endpoint.group }),
      class: message.incident?.failureReason ?? message.event,
    },
  };
  return { path: "/v2/enqueue", body };
}

function actionOf({ event }: AlertMessage): PagerdutyAlertEvent["event_action"] {
  return event === "incident.resolved"
    ? "resolve"
    : event === "incident.acknowledged"
      ? "acknowledge"
      : "trigger";
}

function severityOf({ severity }: AlertMessage): PagerdutyAlertEvent["payload"]["severity"] {
  return severity === "P1" ? "critical" : severity === "P2" ? "warning" : "info";
}

function isChange({ event, severity }: AlertMessage): boolean {
  const isQuiet = severity !== "P1" && severity !== "P2";
  return event === "drift.detected" || ((event === "digest" || event === "notice") && isQuiet);
}

function codeOf({ code }: AlertView): string {
  return code === null ? "" : ` Code: ${code}`;
}

function detailsOf(view: AlertView): Record<string, string> {
  const details = Object.fromEntries(view.fields.map(({ label, value }) => [label, value]));
  if (view.update !== null) {
    details[`Update (${view.update.stage})`] = view.update.body;
  }
  for (const [at, entry] of view.entries.entries()) {
    details[`${at + 1}`] = `${entry.at}  ${entry.title}`;
  }
  if (view.entriesLeftOut > 0) {
    details["Left out"] = `${view.entriesLeftOut}`;
  }
  return details;
}
