import type { TimelineEntry as Happened } from "@alivemcp/actions/incidents/get-incident";
import type { IncidentEventRow } from "@alivemcp/db/queries/incidents";
import { utcText } from "@alivemcp/pages/figures";
import { DELIVERY_STATE_WORDS, EVENT_WORDS, reasonWords } from "../deliveries/delivery-words.ts";
import { actorName } from "./actor-names.ts";
import { causeWords } from "./cause-words.ts";
import type { TimelineEntry } from "./timeline.ts";
import type { IncidentNames } from "./to-incident-line.ts";
import { STAGE_WORDS } from "./update-forms.ts";

/** What happened as sentences, oldest first; decisions stand in a list of their own. */
export const toTimeline = (
  entries: readonly Happened[],
  names: IncidentNames,
  base: string,
): readonly TimelineEntry[] => entries.flatMap((entry) => toEntries(entry, names, base));

function toEntries(entry: Happened, names: IncidentNames, base: string): readonly TimelineEntry[] {
  const plain = { atMs: entry.atMs, text: null, who: null, href: null };
  switch (entry.kind) {
    case "event":
      return [eventEntry(entry.event, names)];
    case "update":
      return [
        {
          ...plain,
          tone: "person",
          sentence: `Told the public: ${STAGE_WORDS[entry.update.stage].toLowerCase()}`,
          text: entry.update.body,
          who: actorName(entry.update.writtenBy, names),
        },
      ];
    case "delivery": {
      const { delivery } = entry;
      const reason = delivery.reason === null ? "" : ` (${reasonWords(delivery.reason)})`;
      return [
        {
          ...plain,
          tone: delivery.state === "failed" ? "bad" : "message",
          sentence: `${delivery.sinkName}, ${EVENT_WORDS[delivery.event]}: ${DELIVERY_STATE_WORDS[delivery.state]}${reason}`,
          href: `${base}/deliveries/${delivery.id}`,
        },
      ];
    }
    case "decision":
      return [];
  }
}

const BAD = new Set(["opened", "reopened", "severity-rose", "cause-added", "flapping"]);
const GOOD = new Set(["resolved", "severity-fell", "cause-ended"]);

function eventEntry(event: IncidentEventRow, names: IncidentNames): TimelineEntry {
  const { kind, facts } = event;
  const tone = BAD.has(kind) ? "bad" : GOOD.has(kind) ? "good" : event.actor === null ? "fact" : "person";
  return {
    atMs: event.atMs,
    tone,
    sentence: sentenceOf(event, names),
    text: kind === "comment" && typeof facts.body === "string" ? facts.body : null,
    who: actorName(event.actor, names),
    href: null,
  };
}

/** Kinds with a sentence that needs none of its facts. */
const SENTENCES: Readonly<Record<string, string>> = {
  reopened: "It was not over after all",
  "severity-rose": "It got worse: P1",
  "severity-fell": "It got better: P2",
  "reason-known": "The reason is known",
  flapping: "It goes up and down: told once, as flapping",
  amended: "It began earlier than it was thought",
  resolved: "Over",
  acknowledged: "Acknowledged",
  unacknowledged: "Acknowledgement taken back",
  unmuted: "Unmuted",
  comment: "Comment",
};

function sentenceOf({ kind, facts }: IncidentEventRow, { cityOf }: IncidentNames): string {
  const cause = typeof facts.cause === "string" ? causeWords(facts.cause, cityOf) : null;
  const regions = Array.isArray(facts.regions) ? facts.regions.map(String).map(cityOf) : [];
  switch (kind) {
    case "opened":
      return `Confirmed${regions.length === 0 ? "" : ` by ${regions.join(", ")}`}`;
    case "cause-added":
      return cause === null ? "More is wrong" : `Also: ${cause}`;
    case "cause-ended":
      return cause === null ? "Less is wrong" : `No more: ${cause}`;
    case "regions-changed":
      return regions.length === 0 ? "Other regions see it" : `Seen from ${regions.join(", ")}`;
    case "muted":
      return typeof facts.untilMs === "number" ? `Muted until ${utcText(facts.untilMs)}` : "Muted";
    default:
      return SENTENCES[kind] ?? capital(reasonWords(kind));
  }
}

const capital = (text: string) => `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
