/**
 * Alerts of Jira Service Management and Opsgenie (developer.atlassian.com, JSM ops, "Integration events"; docs.opsgenie.com,
 * "Alert API"). Descriptions are shown with HTML there: angle brackets of strangers are replaced by look-alikes.
 */
import type { AlertMessage } from "@alivemcp/core/alert-message";
import { type AlertView, alertView } from "../alert-view.ts";
import { disarm, fitLines, fitText } from "../fit-text.ts";

const MESSAGE_CHARS_MAX = 130;
const ALIAS_CHARS_MAX = 512;
const DESCRIPTION_CHARS_MAX = 15_000;
const NOTE_CHARS_MAX = 25_000;
const ENTITY_CHARS_MAX = 512;
/** Of all names and values together. */
const DETAILS_CHARS_MAX = 8_000;
const TAGS_MAX = 20;
const TAG_CHARS_MAX = 50;
const SOURCE = "AliveMCP";

interface JsmAlert {
  readonly message: string;
  readonly alias: string;
  readonly description: string;
  readonly priority: "P1" | "P2" | "P3" | "P4" | "P5";
  readonly tags: readonly string[];
  readonly details: Readonly<Record<string, string>>;
  readonly entity?: string;
  readonly source: string;
}

interface JsmChange {
  readonly source: string;
  readonly note: string;
}

type JsmVerb = "acknowledge" | "close" | "notes";

/** `path` is below `…/v2/alerts`. */
export type JsmRequest =
  | { readonly kind: "create"; readonly path: ""; readonly body: JsmAlert }
  | { readonly kind: "change"; readonly path: string; readonly body: JsmChange };

/**
 * Creating under the alias of an open alert raises its count and notifies nobody, so that repeating is harmless. What
 * changes later is a note on it; acknowledgement and recovery acknowledge and close it. What is worse is created, under an
 * alias of its own: an integration's key can create, acknowledge, close and add notes, and nothing else is documented for
 * it in Jira Service Management, no change of priority either.
 */
export function renderJsm(
  message: AlertMessage,
  { alias, isKnownThere }: { readonly alias: string; readonly isKnownThere: boolean },
): JsmRequest {
  const view = alertView(message);
  const verb = verbOf(message, isKnownThere);
  if (verb !== null) {
    const update = view.update === null ? "" : `\n${view.update.stage}: ${view.update.body}`;
    const note = fitText(safe(`${view.headline}: ${view.summary}${update}`), NOTE_CHARS_MAX);
    return changeOf(alias, verb, note);
  }
  return {
    kind: "create",
    path: "",
    body: {
      message: fitText(
        safe(`${view.headline}${view.code === null ? "" : ` (code ${view.code})`}`),
        MESSAGE_CHARS_MAX,
      ),
      alias: fitText(alias, ALIAS_CHARS_MAX),
      description: descriptionOf(view),
      priority: priorityOf(message),
      tags: (view.endpoint?.tags ?? []).slice(0, TAGS_MAX).map((tag) => fitText(safe(tag), TAG_CHARS_MAX)),
      details: detailsOf(view),
      ...(view.endpoint === null ? {} : { entity: fitText(safe(view.endpoint.name), ENTITY_CHARS_MAX) }),
      source: SOURCE,
    },
  };
}

/** Closes the alert that another, of what is worse, took the place of. */
export function renderSuperseded(alias: string): JsmRequest {
  return changeOf(alias, "close", "Another alert took its place: somebody is to be notified anew.");
}

function changeOf(alias: string, verb: JsmVerb, note: string): JsmRequest {
  const path = `/${encodeURIComponent(fitText(alias, ALIAS_CHARS_MAX))}/${verb}?identifierType=alias`;
  return { kind: "change", path, body: { source: SOURCE, note } };
}

function verbOf({ event, isWorse }: AlertMessage, isKnownThere: boolean): JsmVerb | null {
  switch (event) {
    case "incident.acknowledged":
      return "acknowledge";
    case "incident.resolved":
      return "close";
    case "incident.updated":
      return isKnownThere && !isWorse ? "notes" : null;
    case "incident.opened":
    case "drift.detected":
    case "credential.expiring":
    case "certificate.expiring":
    case "digest":
    case "test":
    case "verification":
    case "notice":
      return null;
  }
}

/** Down is P1 and degraded P3 there, what needs nobody tonight P5. */
function priorityOf({ severity }: AlertMessage): JsmAlert["priority"] {
  return severity === "P1" ? "P1" : severity === "P2" ? "P3" : "P5";
}

function descriptionOf(view: AlertView): string {
  const lines = [
    view.summary,
    ...(view.code === null ? [] : [`Code: ${view.code}`]),
    ...(view.update === null ? [] : [`${view.update.stage}: ${view.update.body}`]),
    ...view.fields.map(({ label, value }) => `${label}: ${value}`),
  ].map(safe);
  const links = view.links.map(({ label, url }) => `${safe(label)}: ${url}`);
  const entries = view.entries.map(({ at, title }) => `${at}  ${safe(title)}`);
  const left = view.entriesLeftOut === 0 ? [] : [`And ${view.entriesLeftOut} more.`];
  return fitLines([...lines, ...links, ...entries, ...left], DESCRIPTION_CHARS_MAX).text;
}

function detailsOf({ fields }: AlertView): Record<string, string> {
  const details: Record<string, string> = {};
  let chars = 0;
  for (const { label, value } of fields) {
    chars += safe(label).length + safe(value).length;
    if (chars > DETAILS_CHARS_MAX) {
      break;
    }
    details[safe(label)] = safe(value);
  }
  return details;
}

function safe(text: string): string {
  return disarm(text).replaceAll("<", "‹").replaceAll(">", "›");
}
