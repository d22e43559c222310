/** What an incident is called in one line, and what is said of it in one to three sentences. */
import type { IncidentNews } from "./alert.ts";
import { durationWords } from "./duration-words.ts";
import { type Incident, worstCause } from "./incident.ts";
import type { IncidentCause } from "./incident-cause.ts";
import type { IncidentReason } from "./incident-decision.ts";
import { publicHelp } from "./public-help.ts";
import { unreachable } from "./unreachable.ts";

export interface IncidentStory {
  readonly incident: Pick<
    Incident,
    "causes" | "failureReason" | "startedAtMs" | "endedAtMs" | "severityWorst" | "access"
  >;
  readonly news: IncidentNews;
  readonly because: IncidentReason | null;
  /** Of the regions. */
  readonly cities: readonly string[];
  readonly endpointsTogether: number;
  readonly isTest: boolean;
}

/** One line; `name` has been cleaned and cut. */
export function incidentTitle(name: string, story: IncidentStory): string {
  const { incident, news, because } = story;
  const title = titleOf(name, story, worstCause(incident.causes));
  switch (news) {
    case "resolved":
      return resolvedTitle(name, because);
    case "acknowledged":
      return `Acknowledged: ${title}`;
    case "fell":
      return `No longer down: ${title}`;
    case "still-open":
      return `Still open: ${title}`;
    case "public-update":
      return `Update: ${title}`;
    case "reopened":
      return `Open again: ${title}`;
    case "together":
    case "opened":
    case "rose":
    case "flapping":
    case "added":
      return title;
    default:
      return unreachable(news);
  }
}

function titleOf(name: string, { incident, cities }: IncidentStory, cause: IncidentCause | null): string {
  switch (cause) {
    case "down":
      return `${name} is down`;
    case "degraded":
      return `${name} is degraded`;
    case "error_rate_elevated":
      return `${name} fails now and then`;
    case "latency":
      return `${name} is slower than usual`;
    case "burn_rate":
      return `${name} uses up its error budget too fast`;
    case "access_changed":
      return incident.access?.isWalled === false
        ? `${name} no longer asks for a login`
        : `${name} asks for a login now`;
    case "flapping":
      return `${name} keeps going up and down`;
    case null:
      return `${name} had an incident`;
    default:
      return cities.length === 1 ? `${name} fails from ${cities[0]} only` : `${name} fails from some regions`;
  }
}

function resolvedTitle(name: string, because: IncidentReason | null): string {
  switch (because) {
    case "endpoint-paused":
    case "endpoint-deleted":
      return `${name} is not watched any more`;
    case "access-is-normal-now":
      return `${name}: the new access is taken as normal`;
    case "simulation-over":
      return `${name}: the simulated outage is over`;
    default:
      return `${name} has recovered`;
  }
}

/** One to three sentences: what it means, from where and for how long, and whether others fail with it. */
export function incidentSummary(story: IncidentStory, nowMs: number): string {
  const { incident, news, cities, endpointsTogether, isTest } = story;
  const lasted = durationWords((incident.endedAtMs ?? nowMs) - incident.startedAtMs);
  const seen = cities.length === 0 ? "" : `, seen from ${cities.join(", ")}`;
  const isOver = news === "resolved";
  const sentences = [
    isTest ? "This is a simulated outage: nothing is wrong." : meaningOf(story),
    isOver ? `It lasted ${lasted}${seen}.` : `For ${lasted} now${seen}.`,
    ...(endpointsTogether > 1 ? [`${endpointsTogether} endpoints fail together for one cause.`] : []),
  ];
  return sentences.join(" ");
}

function meaningOf({ incident, news }: IncidentStory): string {
  const { failureReason, causes } = incident;
  if (failureReason !== null) {
    const { title, meaning } = publicHelp(failureReason);
    return news === "resolved" ? `It was: ${title}.` : `${title}: ${meaning}`;
  }
  const cause = worstCause(causes);
  if (cause?.startsWith("regional:")) {
    return "Other regions reach it.";
  }
  switch (cause) {
    case "burn_rate":
      return "At this pace it will miss the target that its owner set.";
    case "access_changed":
      return incident.access?.isWalled === false
        ? "Whoever knows its address can use it: check that this is meant."
        : "Clients without a login cannot use it any more: check that this is meant.";
    case "flapping":
      return "What it does until it is steady is not told one by one.";
    default:
      return news === "resolved" ? "The trouble is over." : "The probes fail.";
  }
}
