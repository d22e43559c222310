import type { Mail } from "@alivemcp/runtime/mail";

/** A mail of a few sentences and at most one link, with both bodies made from the same words. */
export function plainMail(input: {
  readonly to: string;
  readonly subject: string;
  /** Paragraphs before the link. Texts of people are fine: they are escaped, and never become links or headers. */
  readonly before: readonly string[];
  readonly link?: { readonly url: string; readonly label: string };
  readonly after?: readonly string[];
}): Mail {
  const { before, link, after = [] } = input;
  const text = [...before, ...(link ? [link.url] : []), ...after].map(oneLine);
  const html = [
    ...before.map(paragraph),
    ...(link ? [`<p><a href="${escaped(link.url)}">${escaped(link.label)}</a></p>`] : []),
    ...after.map(paragraph),
  ];
  return {
    to: input.to,
    subject: oneLine(input.subject),
    text: `${text.join("\n\n")}\n`,
    html: `<!doctype html><html lang="en"><body>${html.join("\n")}</body></html>`,
  };
}

const paragraph = (text: string) => `<p>${escaped(oneLine(text))}</p>`;
const oneLine = (text: string) => text.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, " ").trim();

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};
const escaped = (text: string) => text.replace(/[&<>"']/g, (sign) => ENTITIES[sign] ?? sign);
