/**
 * An Adaptive Card 1.4 in the envelope that the Workflows trigger reads (learn.microsoft.com, "Create incoming webhooks
 * with Workflows"). Teams reads Markdown in text blocks and facts, not in the runs of a rich text block
 * (learn.microsoft.com, "Format cards in Teams"): strangers' text stands in runs only.
 */
import type { AlertMessage } from "@alivemcp/core/alert-message";
import { type AlertTone, type AlertView, alertView } from "../alert-view.ts";
import { disarm, fitText } from "../fit-text.ts";

/** Teams takes 28 KB a message; flows were seen to choke above 20. */
export const TEAMS_BYTES_MAX = 20_000;
const BODY_BYTES_MAX = TEAMS_BYTES_MAX - 1_500;
const BUTTONS_MAX = 3;
const BUTTON_URL_CHARS_MAX = 1_024;

interface TextRun {
  readonly type: "TextRun";
  readonly text: string;
  readonly weight?: "Bolder";
  readonly size?: "Large";
  readonly color?: "Attention" | "Warning" | "Accent" | "Good";
}
interface RichTextBlock {
  readonly type: "RichTextBlock";
  readonly inlines: readonly TextRun[];
}
interface OpenUrl {
  readonly type: "Action.OpenUrl";
  readonly title: string;
  readonly url: string;
}

export interface TeamsBody {
  readonly type: "message";
  readonly attachments: readonly [
    {
      readonly contentType: "application/vnd.microsoft.card.adaptive";
      readonly contentUrl: null;
      readonly content: {
        readonly $schema: "http://adaptivecards.io/schemas/adaptive-card.json";
        readonly type: "AdaptiveCard";
        readonly version: "1.4";
        readonly fallbackText: string;
        readonly body: readonly RichTextBlock[];
        readonly actions: readonly OpenUrl[];
      };
    },
  ];
}

const COLORS: Readonly<Record<AlertTone, NonNullable<TextRun["color"]>>> = {
  down: "Attention",
  degraded: "Warning",
  info: "Accent",
  good: "Good",
};

/** At most 20,000 bytes: what does not fit is left out from the end. */
export function renderTeams(message: AlertMessage): TeamsBody {
  const view = alertView(message);
  const actions = view.links
    .filter(({ url }) => url.length <= BUTTON_URL_CHARS_MAX)
    .slice(0, BUTTONS_MAX)
    .map(({ label, url }): OpenUrl => ({ type: "Action.OpenUrl", title: fitText(label, 60), url }));
  const spent = Buffer.byteLength(JSON.stringify(actions));
  return {
    type: "message",
    attachments: [
      {
        contentType: "application/vnd.microsoft.card.adaptive",
        contentUrl: null,
        content: {
          $schema: "http://adaptivecards.io/schemas/adaptive-card.json",
          type: "AdaptiveCard",
          version: "1.4",
          fallbackText: `${view.mark} ${disarm(view.headline)}`,
          body: fitting(blocksOf(view), BODY_BYTES_MAX - spent),
          actions,
        },
      },
    ],
  };
}

function blocksOf(view: AlertView): RichTextBlock[] {
  const title: TextRun = {
    type: "TextRun",
    text: `${view.mark} ${disarm(view.headline)}`,
    weight: "Bolder",
    size: "Large",
    color: COLORS[view.tone],
  };
  const left = view.entriesLeftOut === 0 ? [] : [said(`And ${view.entriesLeftOut} more.`)];
  return [
    { type: "RichTextBlock", inlines: [title] },
    said(view.summary),
    ...(view.code === null ? [] : [named("Code", view.code)]),
    ...(view.update === null ? [] : [named(view.update.stage, view.update.body)]),
    ...view.fields.map(({ label, value }) => named(label, value)),
    ...view.entries.map(({ at, title: what }) => named(at, what)),
    ...left,
  ];
}

function said(text: string): RichTextBlock {
  return { type: "RichTextBlock", inlines: [{ type: "TextRun", text: disarm(text) }] };
}

function named(label: string, value: string): RichTextBlock {
  return {
    type: "RichTextBlock",
    inlines: [
      { type: "TextRun", text: `${disarm(label)}: `, weight: "Bolder" },
      { type: "TextRun", text: disarm(value) },
    ],
  };
}

function fitting(blocks: readonly RichTextBlock[], bytesMax: number): RichTextBlock[] {
  const kept: RichTextBlock[] = [];
  let bytes = 2;
  for (const block of blocks) {
    bytes += Buffer.byteLength(JSON.stringify(block)) + 1;
    if (bytes > bytesMax) {
      break;
    }
    kept.push(block);
  }
  return kept;
}
