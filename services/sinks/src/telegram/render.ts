/**
 * HTML as `sendMessage` and `editMessageText` read it (core.telegram.org/bots/api, "HTML style"): only `&`, `<`, `>` and `"`
 * need escaping. Telegram also makes links of names, commands and domains in plain text; strangers' are broken up.
 */
import type { AlertMessage } from "@alivemcp/core/alert-message";
import { alertView } from "../alert-view.ts";
import { disarm, fitLines, fitText } from "../fit-text.ts";

/** After entities are parsed; measured before, which is never less. */
const TEXT_CHARS_MAX = 4_096;
const LINE_CHARS_MAX = 1_000;
const URL_CHARS_MAX = 1_000;

export interface TelegramBody {
  readonly text: string;
  readonly parse_mode: "HTML";
  readonly link_preview_options: { readonly is_disabled: true };
  /** Only outages and trouble ring. */
  readonly disable_notification: boolean;
}

export function renderTelegram(message: AlertMessage): TelegramBody {
  const view = alertView(message);
  const isLoud = view.tone === "down" || view.tone === "degraded" || message.event === "verification";
  const links = view.links
    .filter(({ url }) => url.length <= URL_CHARS_MAX)
    .map(({ label, url }) => `<a href="${escapeHtml(url)}">${escaped(label)}</a>`);
  const head = [
    `${view.mark} <b>${escaped(view.headline)}</b>`,
    escaped(view.summary),
    ...(view.code === null ? [] : [`Code: <code>${escaped(view.code)}</code>`]),
    ...(view.update === null ? [] : [`<b>${escaped(view.update.stage)}</b>: ${escaped(view.update.body)}`]),
  ];
  const rest = [
    ...view.fields.map(({ label, value }) => `${escaped(label)}: ${escaped(value)}`),
    ...view.entries.map(({ at, title }) => `${at}  ${escaped(title)}`),
    ...(view.entriesLeftOut === 0 ? [] : [`And ${view.entriesLeftOut} more.`]),
  ];
  return {
    text: fitLines([...head, ...links, ...rest], TEXT_CHARS_MAX).text,
    parse_mode: "HTML",
    link_preview_options: { is_disabled: true },
    disable_notification: !isLoud,
  };
}

const BREAK = "\u200b";

function escaped(text: string): string {
  const unlinked = disarm(text)
    .replace(/(^|\s)([/#$])(?=\w)/g, `$1$2${BREAK}`)
    .replace(/\.(?=[\p{L}]{2})/gu, `.${BREAK}`);
  return fitText(unlinked, LINE_CHARS_MAX, escapeHtml);
}

function escapeHtml(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}
