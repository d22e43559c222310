/**
 * Embeds (discord.com/developers/docs, "Embed Limits"; "Execute Webhook"). `allowed_mentions` is empty, so that nothing
 * rings, and strangers' Markdown is escaped, so that nothing of theirs looks like a mention or a link either.
 */
import type { AlertMessage } from "@alivemcp/core/alert-message";
import { type AlertTone, type AlertView, alertView } from "../alert-view.ts";
import { disarm, fitLines, fitText } from "../fit-text.ts";

const DESCRIPTION_CHARS_MAX = 4_096;
const FIELDS_MAX = 25;
const FIELD_NAME_CHARS_MAX = 256;
const FIELD_VALUE_CHARS_MAX = 1_024;
/** Over description, names and values of fields, and what else an embed may have. */
const EMBED_CHARS_MAX = 6_000;
const CONTENT_CHARS_MAX = 2_000;

const COLORS: Readonly<Record<AlertTone, number>> = {
  down: 0xd92d20,
  degraded: 0xf79009,
  info: 0x2e90fa,
  good: 0x17b26a,
};

interface EmbedField {
  readonly name: string;
  readonly value: string;
  readonly inline: boolean;
}

export interface DiscordBody {
  /** What a notification shows. */
  readonly content: string;
  readonly embeds: readonly [
    {
      readonly description: string;
      readonly color: number;
      readonly fields: readonly EmbedField[];
      readonly timestamp: string;
    },
  ];
  readonly allowed_mentions: { readonly parse: readonly [] };
}

export function renderDiscord(message: AlertMessage): DiscordBody {
  const view = alertView(message);
  const description = descriptionOf(view);
  return {
    content: `${view.mark} ${escaped(`${view.headline}${view.code === null ? "" : ` Code: ${view.code}`}`, CONTENT_CHARS_MAX - 3)}`,
    embeds: [
      {
        description,
        color: COLORS[view.tone],
        fields: fieldsOf(view, EMBED_CHARS_MAX - description.length),
        timestamp: new Date(message.atMs).toISOString(),
      },
    ],
    allowed_mentions: { parse: [] },
  };
}

function descriptionOf(view: AlertView): string {
  const left = view.entriesLeftOut === 0 ? [] : [`And ${view.entriesLeftOut} more.`];
  const lines = [
    escaped(view.summary, 1_200),
    ...(view.code === null ? [] : [`Code: ${escaped(view.code, 200)}`]),
    ...(view.update === null ? [] : [escaped(`${view.update.stage}: ${view.update.body}`, 1_200)]),
    ...view.links.filter(({ url }) => url.length <= 600).map(linkOf),
    ...view.entries.map(({ at, title }) => `${at}  ${escaped(title, 250)}`),
    ...left,
  ];
  return fitLines(lines, DESCRIPTION_CHARS_MAX).text;
}

/** Ours: the label is escaped, and an address cannot end its own brackets. */
function linkOf({ label, url }: AlertView["links"][number]): string {
  return `[${escaped(label, 100)}](${url.replaceAll("(", "%28").replaceAll(")", "%29")})`;
}

function fieldsOf({ fields }: AlertView, charsLeft: number): EmbedField[] {
  const fitting: EmbedField[] = [];
  let left = charsLeft;
  for (const { label, value } of fields.slice(0, FIELDS_MAX)) {
    const name = escaped(label, FIELD_NAME_CHARS_MAX);
    const field = { name, value: escaped(value, FIELD_VALUE_CHARS_MAX), inline: value.length <= 40 };
    left -= field.name.length + field.value.length;
    if (left < 0) {
      break;
    }
    fitting.push(field);
  }
  return fitting;
}

function escaped(text: string, charsMax: number): string {
  return fitText(disarm(text), charsMax, (char) => (/[\\*_~`|<>#[\]()-]/.test(char) ? `\\${char}` : char));
}
