/** Published as JSON, plain text: nothing is interpreted but addresses (docs.ntfy.sh/publish, "Publish as JSON"). */
import type { AlertMessage } from "@alivemcp/core/alert-message";
import { type AlertTone, alertView } from "../alert-view.ts";
import { disarm } from "../fit-text.ts";

/** Longer ones become attachments (docs.ntfy.sh/publish, "Limitations"). */
const MESSAGE_BYTES_MAX = 4_096;
const TITLE_CHARS_MAX = 250;
const URL_CHARS_MAX = 2_000;
/** docs.ntfy.sh/publish, "Action buttons": at most three. */
const ACTIONS_MAX = 3;

export interface NtfyBody {
  readonly topic: string;
  readonly title: string;
  readonly message: string;
  /** 5 rings through, 4 rings, 3 is plain, 2 is silent. */
  readonly priority: 2 | 3 | 4 | 5;
  readonly tags: readonly string[];
  readonly click?: string;
  readonly actions: readonly { readonly action: "view"; readonly label: string; readonly url: string }[];
}

/** Names of emoji there. */
const TAGS: Readonly<Record<AlertTone, string>> = {
  down: "red_circle",
  degraded: "orange_circle",
  info: "large_blue_circle",
  good: "green_circle",
};
const PRIORITIES: Readonly<Record<AlertTone, NtfyBody["priority"]>> = {
  down: 5,
  degraded: 4,
  info: 2,
  good: 3,
};

export function renderNtfy(message: AlertMessage, topic: string): NtfyBody {
  const view = alertView(message);
  const lines = [
    view.summary,
    ...(view.code === null ? [] : [`Code: ${view.code}`]),
    ...(view.update === null ? [] : [`${view.update.stage}: ${view.update.body}`]),
    ...view.fields.map(({ label, value }) => `${label}: ${value}`),
    ...view.entries.map(({ at, title }) => `${at}  ${title}`),
    ...(view.entriesLeftOut === 0 ? [] : [`And ${view.entriesLeftOut} more.`]),
  ].map(disarm);
  const links = view.links.filter(({ url }) => url.length <= URL_CHARS_MAX);
  const [first] = links;
  return {
    topic,
    title: disarm(view.headline).slice(0, TITLE_CHARS_MAX).toWellFormed(),
    message: fitBytes(lines, MESSAGE_BYTES_MAX),
    priority: message.event === "verification" ? 3 : PRIORITIES[view.tone],
    tags: [TAGS[view.tone]],
    ...(first === undefined ? {} : { click: first.url }),
    actions: links.slice(0, ACTIONS_MAX).map(({ label, url }) => ({ action: "view", label, url })),
  };
}

/** Whole lines while they fit; a summary always does. */
function fitBytes(lines: readonly string[], bytesMax: number): string {
  let text = "";
  for (const line of lines) {
    const next = text === "" ? line : `${text}\n${line}`;
    if (Buffer.byteLength(next) > bytesMax) {
      break;
    }
    text = next;
  }
  return text;
}
