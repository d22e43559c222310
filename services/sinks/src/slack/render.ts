/**
 * Block Kit (docs.slack.dev/reference/block-kit/blocks). Strangers' text stands in `plain_text`, which Slack does not
 * interpret; `mrkdwn` holds our own links only, `verbatim`, so that it makes neither links nor mentions by itself.
 */
import type { AlertMessage } from "@alivemcp/core/alert-message";
import { type AlertView, alertView } from "../alert-view.ts";
import { disarm, fitLines, fitText } from "../fit-text.ts";

type TextObject =
  | { readonly type: "plain_text"; readonly text: string; readonly emoji: boolean }
  | { readonly type: "mrkdwn"; readonly text: string; readonly verbatim: true };

export type SlackBlock =
  | { readonly type: "header"; readonly text: TextObject }
  | { readonly type: "section"; readonly text: TextObject }
  | { readonly type: "section"; readonly fields: readonly TextObject[] }
  | { readonly type: "actions"; readonly elements: readonly SlackButton[] };

interface SlackButton {
  readonly type: "button";
  readonly action_id: string;
  readonly text: TextObject;
  readonly value: string;
}

export interface SlackBody {
  /** What a notification and a screen reader say. */
  readonly text: string;
  readonly blocks: readonly SlackBlock[];
  readonly unfurl_links: false;
  readonly unfurl_media: false;
}

/** Of the button; `interaction.ts` reads its value. */
export const ACKNOWLEDGE_ACTION = "alivemcp_acknowledge";

const HEADER_CHARS_MAX = 150;
const SECTION_CHARS_MAX = 3_000;
const FIELDS_MAX = 10;
const FIELD_CHARS_MAX = 2_000;
/** Recommended by Slack for the top-level text; cut at 40,000. */
const TEXT_CHARS_MAX = 4_000;
const URL_CHARS_MAX = 2_500;

/** `buttonValue`: what an Acknowledge button carries; null: the app behind this sink cannot be told of a press. */
export function renderSlack(message: AlertMessage, buttonValue: string | null): SlackBody {
  const view = alertView(message);
  const isOpen = message.incident?.state === "open";
  const blocks: SlackBlock[] = [
    { type: "header", text: plain(`${view.mark} ${view.headline}`, HEADER_CHARS_MAX) },
    section(view.summary),
    ...(view.code === null ? [] : [section(`Code: ${view.code}`)]),
    ...fieldBlocks(view),
    ...(view.update === null ? [] : [section(`${view.update.stage}: ${view.update.body}`)]),
    ...entryBlocks(view),
    ...linkBlocks(view),
    ...(isOpen && buttonValue !== null ? [acknowledgeBlock(buttonValue)] : []),
  ];
  const said = `${view.mark} ${view.headline}: ${view.summary}${view.code === null ? "" : ` Code: ${view.code}`}`;
  return {
    text: fitText(disarm(said), TEXT_CHARS_MAX, escapeSlack),
    blocks,
    unfurl_links: false,
    unfurl_media: false,
  };
}

/** The three characters that Slack's markup is made of; with `<` escaped no mention and no link is left. */
function escapeSlack(char: string): string {
  return char === "&" ? "&amp;" : char === "<" ? "&lt;" : char === ">" ? "&gt;" : char;
}

function plain(text: string, charsMax: number): TextObject {
  return { type: "plain_text", text: fitText(text, charsMax), emoji: false };
}

function section(text: string): SlackBlock {
  return { type: "section", text: plain(text, SECTION_CHARS_MAX) };
}

function fieldBlocks({ fields }: AlertView): SlackBlock[] {
  const blocks: SlackBlock[] = [];
  for (let at = 0; at < fields.length; at += FIELDS_MAX) {
    const some = fields.slice(at, at + FIELDS_MAX);
    blocks.push({
      type: "section",
      fields: some.map(({ label, value }) => plain(`${label}\n${value}`, FIELD_CHARS_MAX)),
    });
  }
  return blocks;
}

function entryBlocks({ entries, entriesLeftOut }: AlertView): SlackBlock[] {
  if (entries.length === 0) {
    return [];
  }
  const { text, linesLeftOut } = fitLines(
    entries.map(({ at, title }) => `${at}  ${title}`),
    SECTION_CHARS_MAX,
  );
  const left = entriesLeftOut + linesLeftOut;
  return [section(text), ...(left === 0 ? [] : [section(`And ${left} more.`)])];
}

function linkBlocks({ links }: AlertView): SlackBlock[] {
  const shown = links
    .map(({ label, url }) => ({ label, href: url.replaceAll("|", "%7C").replaceAll(">", "%3E") }))
    .filter(({ href }) => href.length <= URL_CHARS_MAX)
    .map(({ label, href }) => `<${fitText(href, SECTION_CHARS_MAX, escapeSlack)}|${linkLabel(label)}>`);
  const { text } = fitLines(shown, SECTION_CHARS_MAX);
  return text === "" ? [] : [{ type: "section", text: { type: "mrkdwn", text, verbatim: true } }];
}

function linkLabel(label: string): string {
  return fitText(label.replace(/[|*_~`]/g, " "), 75, escapeSlack);
}

function acknowledgeBlock(value: string): SlackBlock {
  return {
    type: "actions",
    elements: [
      {
        type: "button",
        action_id: ACKNOWLEDGE_ACTION,
        text: plain("Acknowledge", 75),
        value: fitText(value, 2_000),
      },
    ],
  };
}
