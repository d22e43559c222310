/** The one message that every sink renders from, made of an alert. */
import { ALERT_MESSAGE_VERSION, type AlertMessage } from "./alert-message.ts";
import type { Incident } from "./incident.ts";
import { incidentSummary, incidentTitle } from "./incident-headline.ts";
import { linksOfAlert } from "./links-of-alert.ts";
import type { MessageInput, MessageSite } from "./message-input.ts";
import { publicLines } from "./public-text.ts";
import { strangersLine } from "./strangers-line.ts";
import { utcMinute } from "./utc-minute.ts";
import { driftWords, expiryWords, type MessageWords } from "./warning-words.ts";

const NAME_CHARS_MAX = 90;
const TITLE_CHARS_MAX = 150;
const SUMMARY_CHARS_MAX = 600;
const LABEL_CHARS_MAX = 60;
const VALUE_CHARS_MAX = 300;
const UPDATE_CHARS_MAX = 2_000;
const TAGS_MAX = 20;
const REGIONS_MAX = 16;

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
    isWorse: isWorse(input),
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
    links: linksOfAlert(input),
    entries: [],
    entriesLeftOut: 0,
    proof: null,
  };
}

/**
 * An opening is noticed as it is, except that one which is open again follows a message that says it was over. What is
 * `opened` or `still-open` to a sink that was told goes there for one of two reasons only: it is worse than was told, or
 * nobody answered.
 */
function isWorse({ alert: { facts }, event }: MessageInput): boolean {
  if (facts.kind !== "incident") {
    return false;
  }
  const isTold = event === "incident.updated";
  return facts.news === "reopened" || (isTold && ["rose", "opened", "still-open"].includes(facts.news));
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

const citiesOf = (regions: readonly string[], site: MessageSite): readonly string[] => [
  ...new Set(regions.map((region) => line(site.cityOf(region), LABEL_CHARS_MAX))),
];

const line = (text: string, charsMax: number): string =>
  text.length > charsMax ? `${text.slice(0, charsMax - 1).toWellFormed()}…` : text;
