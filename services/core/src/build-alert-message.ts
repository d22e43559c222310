/** The one message that every sink renders from, made of an alert. */
import type { Alert } from "./alert.ts";
import type { AlertEvent } from "./alert-event.ts";
import { ALERT_MESSAGE_VERSION, type AlertMessage } from "./alert-message.ts";
import { durationWords } from "./duration-words.ts";
import type { Visibility } from "./endpoint-input.ts";
import type { Incident } from "./incident.ts";
import { incidentSummary, incidentTitle } from "./incident-headline.ts";
import { publicDetail, publicLines } from "./public-text.ts";
import type { FailureReason } from "./states.ts";

const NAME_CHARS_MAX = 90;
const TITLE_CHARS_MAX = 150;
const SUMMARY_CHARS_MAX = 600;
const LABEL_CHARS_MAX = 60;
const VALUE_CHARS_MAX = 300;
const UPDATE_CHARS_MAX = 2_000;
const URL_CHARS_MAX = 2_048;
/** Longest text of a stranger that is looked at: cleaning is linear, but not free. */
const RAW_CHARS_MAX = 1_000;
const TAGS_MAX = 20;
const REGIONS_MAX = 16;
const TOOLS_NAMED_MAX = 3;

export interface MessageInput {
  readonly alert: Alert;
  /** As routed to this sink: the first message of an incident there is its opening. */
  readonly event: AlertEvent;
  readonly endpoint: {
    readonly slug: string;
    readonly name: string;
    readonly group: string | null;
    readonly tags: readonly string[];
    readonly visibility: Visibility;
    readonly runbookUrl: string | null;
  };
  /** Group, tags and runbook are the owner's. */
  readonly relation: "owner" | "follower";
  readonly incident:
    | (Incident & {
        readonly acknowledgedAtMs: number | null;
        readonly update: NonNullable<AlertMessage["incident"]>["update"];
        readonly endpointsTogether: number;
      })
    | null;
  readonly site: MessageSite;
}

/** Where our own pages are. */
export interface MessageSite {
  /** Dashboard, without a slash at the end. */
  readonly appUrl: string;
  /** Status and help pages, likewise. */
  readonly publicUrl: string;
  /** Of the workspace that is told. */
  readonly workspaceSlug: string;
  readonly cityOf: (region: string) => string;
}

/**
 * Builds the message of one alert to one sink of one tenant. Names no address and no URL of the endpoint, nothing of
 * another tenant; texts of strangers are one bounded line each, and every sink escapes them for its markup.
 */
export function buildAlertMessage(input: MessageInput, nowMs: number): AlertMessage {
  const { alert, event, endpoint, incident } = input;
  const isOwner = input.relation === "owner";
  const name = strangersLine(endpoint.name, NAME_CHARS_MAX) || "An endpoint";
  const words = wordsOf(input, name, nowMs);
  return {
    v: ALERT_MESSAGE_VERSION,
    event,
    severity: alert.severity,
    dedupKey: alert.dedupKey,
    title: line(alert.isTest ? `[Test] ${words.title}` : words.title, TITLE_CHARS_MAX),
    summary: line(words.summary, SUMMARY_CHARS_MAX),
    atMs: alert.atMs,
    isTest: alert.isTest,
    endpoint: {
      slug: endpoint.slug,
      name,
      group: isOwner && endpoint.group ? strangersLine(endpoint.group, LABEL_CHARS_MAX) || null : null,
      tags: isOwner
        ? endpoint.tags.slice(0, TAGS_MAX).flatMap((tag) => strangersLine(tag, LABEL_CHARS_MAX) || [])
        : [],
    },
    incident: incident && incidentPart(input, incident),
    facts: words.facts.map(({ label, value }) => ({ label, value: line(value, VALUE_CHARS_MAX) })),
    links: linksOf(input),
    entries: [],
    entriesLeftOut: 0,
    proof: null,
  };
}

interface MessageWords {
  readonly title: string;
  readonly summary: string;
  readonly facts: AlertMessage["facts"];
}

function wordsOf(input: MessageInput, name: string, nowMs: number): MessageWords {
  const { alert, incident } = input;
  const { facts } = alert;
  switch (facts.kind) {
    case "drift":
      return driftWords(name, facts);
    case "expiry":
      return expiryWords(name, facts, nowMs);
    case "incident":
      return incident === null
        ? { title: `${name} has an incident`, summary: "Open the incident for what is known.", facts: [] }
        : incidentWords(input, incident, name, nowMs);
  }
}

function incidentWords(
  { alert, site, relation }: MessageInput,
  incident: NonNullable<MessageInput["incident"]>,
  name: string,
  nowMs: number,
): MessageWords {
  const { facts } = alert;
  const news = facts.kind === "incident" ? facts.news : "opened";
  const because = facts.kind === "incident" ? facts.because : null;
  const cities = citiesOf(incident.regions, site);
  const { endpointsTogether } = incident;
  const told = { ...incident, causes: causesFor(incident, relation) };
  const story = { incident: told, news, because, cities, endpointsTogether, isTest: alert.isTest };
  return {
    title: incidentTitle(name, story),
    summary: incidentSummary(story, nowMs),
    facts: [
      { label: "Since", value: utcMinute(incident.startedAtMs) },
      ...(incident.endedAtMs === null ? [] : [{ label: "Until", value: utcMinute(incident.endedAtMs) }]),
      ...(incident.failureReason === null ? [] : [{ label: "Reason", value: incident.failureReason }]),
      ...(cities.length === 0 ? [] : [{ label: "Regions", value: cities.join(", ") }]),
      ...(incident.isFlapping ? [{ label: "Flapping", value: "It went up and down." }] : []),
    ],
  };
}

function incidentPart(
  { alert, site, relation }: MessageInput,
  incident: NonNullable<MessageInput["incident"]>,
): AlertMessage["incident"] {
  const { resolvedAtMs, acknowledgedAtMs, update } = incident;
  const open = acknowledgedAtMs === null ? "open" : "acknowledged";
  const body = update === null ? "" : publicLines(update.body, UPDATE_CHARS_MAX);
  return {
    state: resolvedAtMs === null && alert.event !== "incident.resolved" ? open : "resolved",
    startedAtMs: incident.startedAtMs,
    resolvedAtMs,
    failureReason: incident.failureReason,
    causes: causesFor(incident, relation).slice(0, TAGS_MAX),
    regions: [...citiesOf(incident.regions, site)].slice(0, REGIONS_MAX),
    isFlapping: incident.isFlapping,
    update: update === null || body === "" ? null : { stage: update.stage, body },
    endpointsTogether: Math.max(1, incident.endpointsTogether),
  };
}

/** How fast an error budget burns is a matter of whoever set it. */
const causesFor = ({ causes }: Incident, relation: MessageInput["relation"]) =>
  causes.filter((cause) => relation === "owner" || cause !== "burn_rate");

function driftWords(name: string, facts: Extract<Alert["facts"], { kind: "drift" }>): MessageWords {
  const { breaking, other, tools, concerns } = facts;
  const isSteering = concerns.includes("instructions");
  const kind = breaking > 0 ? "broke its tools" : "changed its tools";
  const named = tools.slice(0, TOOLS_NAMED_MAX).map((tool) => `"${strangersLine(tool, LABEL_CHARS_MAX)}"`);
  const more = tools.length > named.length ? ` and ${tools.length - named.length} more` : "";
  const sentences = [
    isSteering
      ? "New text of a tool tells an agent what to do, or hides: look at it before agents read it."
      : "",
    concerns.includes("safety") ? "A tool says that it does more harm than before." : "",
    `${counted(breaking, "breaking change")}, ${counted(other, "other change")}${named.length === 0 ? "" : `: ${named.join(", ")}${more}`}.`,
  ];
  return {
    title: isSteering ? `${name} has suspicious text in its tools` : `${name} ${kind}`,
    summary: sentences.filter((sentence) => sentence !== "").join(" "),
    facts: [
      { label: "Breaking", value: String(breaking) },
      { label: "Other", value: String(other) },
    ],
  };
}

function expiryWords(
  name: string,
  { what, expiresAtMs }: Extract<Alert["facts"], { kind: "expiry" }>,
  nowMs: number,
): MessageWords {
  const noun = what === "certificate" ? "TLS certificate" : "credential";
  const left = durationWords(expiresAtMs - nowMs);
  return {
    title: `The ${noun} of ${name} expires in ${left}`,
    summary:
      what === "certificate"
        ? `It is valid until ${utcMinute(expiresAtMs)}; after that clients refuse to connect.`
        : `The stored credential is valid until ${utcMinute(expiresAtMs)}; after that probes are refused. Enter a new one before.`,
    facts: [{ label: "Expires", value: utcMinute(expiresAtMs) }],
  };
}

/** Ours first: where to go, the status page, help; then the owner's runbook. */
function linksOf({ alert, endpoint, incident, relation, site }: MessageInput): AlertMessage["links"] {
  const slug = encodeURIComponent(endpoint.slug);
  const home = `${site.appUrl}/w/${encodeURIComponent(site.workspaceSlug)}`;
  const { facts } = alert;
  const reason = helpReasonOf(alert, incident);
  const { runbookUrl } = endpoint;
  return [
    facts.kind === "incident"
      ? { label: "Incident", url: `${home}/incidents/${facts.incidentTenantId}` }
      : {
          label: "Endpoint",
          url: `${home}/endpoints/${slug}${facts.kind === "drift" ? `/drift/${facts.driftEventId}` : ""}`,
        },
    ...(endpoint.visibility === "private"
      ? []
      : [{ label: "Status page", url: `${site.publicUrl}/status/${slug}` }]),
    ...(reason === null ? [] : [{ label: "Help", url: `${site.publicUrl}/help/${reason}` }]),
    ...(relation === "owner" && runbookUrl !== null && isRunbook(runbookUrl)
      ? [{ label: "Runbook", url: runbookUrl }]
      : []),
  ];
}

function helpReasonOf({ facts }: Alert, incident: MessageInput["incident"]): FailureReason | null {
  if (facts.kind === "expiry") {
    return facts.what === "certificate" ? "tls_expired" : "credential_expiring";
  }
  return incident?.failureReason ?? null;
}

function isRunbook(url: string): boolean {
  if (url.length > URL_CHARS_MAX || !URL.canParse(url)) {
    return false;
  }
  const { protocol, username, password } = new URL(url);
  return (protocol === "https:" || protocol === "http:") && username === "" && password === "";
}

const citiesOf = (regions: readonly string[], site: MessageSite): readonly string[] => [
  ...new Set(regions.map((region) => line(site.cityOf(region), LABEL_CHARS_MAX))),
];

/**
 * A text that somebody else chose, on one line: without addresses, and of a URL the host alone, for its path is often
 * a secret and a link in an alert is a lure.
 */
function strangersLine(text: string, charsMax: number): string {
  const withoutUrls = text
    .slice(0, RAW_CHARS_MAX)
    .replace(/\b[a-z][a-z0-9+.-]{1,20}:\/\/(?:[^\s/@]*@)?([^\s/?#]*)\S*/gi, "$1");
  return publicDetail(withoutUrls, charsMax);
}

const line = (text: string, charsMax: number): string =>
  text.length > charsMax ? `${text.slice(0, charsMax - 1).toWellFormed()}…` : text;

const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? "" : "s"}`;

/** "2026-11-21 12:03 UTC": sinks do not know where their readers are. */
const utcMinute = (atMs: number): string =>
  `${new Date(atMs).toISOString().slice(0, 16).replace("T", " ")} UTC`;
