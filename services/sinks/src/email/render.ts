/** One alert as a mail: text and HTML that say the same, strangers' text escaped, no picture and nothing to load. */
import type { AlertMessage } from "@alivemcp/core/alert-message";
import { type AlertTone, type AlertView, alertView } from "../alert-view.ts";

export interface RenderedMail {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

const WHY =
  "You get this because this address is a sink for alerts of a workspace on AliveMCP. To get no more of these:";

/** `endUrl`: where its reader ends these mails; null where nothing was begun. */
export function renderMail(message: AlertMessage, endUrl: string | null): RenderedMail {
  const view = alertView(message);
  const proofUrl = message.proof?.url ?? null;
  return {
    subject: `${tagOf(message)}${view.headline}`,
    text: textOf(view, proofUrl, endUrl),
    html: htmlOf(view, proofUrl, endUrl),
  };
}

function tagOf({ severity, incident, event }: AlertMessage): string {
  if (event === "incident.resolved") {
    return "[Resolved] ";
  }
  if (incident?.state === "acknowledged") {
    return `[${severity ?? "Alert"}, acknowledged] `;
  }
  return severity === null ? "" : `[${severity}] `;
}

function textOf(view: AlertView, proofUrl: string | null, endUrl: string | null): string {
  const { code, fields, update, entries, entriesLeftOut, links } = view;
  const blocks = [
    view.headline,
    view.summary,
    proofUrl ?? (code === null ? "" : `Code: ${code}`),
    fields.map(({ label, value }) => `${label}: ${value}`).join("\n"),
    update === null ? "" : `${update.stage}: ${update.body}`,
    entries.map(({ at, title, url }) => `${at}  ${title}${url === null ? "" : `\n    ${url}`}`).join("\n"),
    entriesLeftOut === 0 ? "" : `And ${entriesLeftOut} more.`,
    links.map(({ label, url }) => `${label}: ${url}`).join("\n"),
    endUrl === null ? "" : `-- \n${WHY}\n${endUrl}`,
  ];
  return `${blocks.filter((block) => block !== "").join("\n\n")}\n`;
}

/** Bars in the pages' colours; the words beside them say the same. */
const BARS: Readonly<Record<AlertTone, string>> = {
  down: "#b3261e",
  degraded: "#9a6700",
  info: "#2257bf",
  good: "#1a7f37",
};

const FONT =
  "font-family:system-ui,-apple-system,'Segoe UI',Roboto,sans-serif;font-size:16px;line-height:1.5";

function htmlOf(view: AlertView, proofUrl: string | null, endUrl: string | null): string {
  const { code, update, entriesLeftOut } = view;
  const parts = [
    `<h1 style="font-size:20px;line-height:1.3;margin:0 0 12px">${escaped(view.headline)}</h1>`,
    paragraph(escaped(view.summary)),
    proofUrl === null ? "" : button(proofUrl, "Confirm this address"),
    proofUrl !== null || code === null ? "" : paragraph(`Code: <strong>${escaped(code)}</strong>`),
    fieldTable(view),
    update === null ? "" : paragraph(`<strong>${escaped(update.stage)}</strong><br>${escaped(update.body)}`),
    entryList(view),
    entriesLeftOut === 0 ? "" : paragraph(`And ${entriesLeftOut} more.`),
    linkList(view),
  ];
  const footer =
    endUrl === null
      ? ""
      : `<p style="margin:24px 0 0;font-size:13px">${WHY} <a href="${escaped(endUrl)}">unsubscribe</a>.</p>`;
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark"><title>${escaped(view.headline)}</title></head>
<body style="margin:0;padding:16px;${FONT}">
<div style="max-width:600px;margin:0 auto;padding:4px 0 4px 16px;border-left:4px solid ${BARS[view.tone]}">
${parts.filter((part) => part !== "").join("\n")}
${footer}</div></body></html>
`;
}

const paragraph = (html: string) => `<p style="margin:0 0 16px">${html}</p>`;

const button = (url: string, label: string) =>
  `<p style="margin:0 0 16px"><a href="${escaped(url)}" style="display:inline-block;padding:10px 18px;border-radius:6px;background:#2257bf;color:#ffffff;text-decoration:none">${label}</a></p>`;

function fieldTable({ fields }: AlertView): string {
  if (fields.length === 0) {
    return "";
  }
  const rows = fields.map(
    ({ label, value }) =>
      `<tr><th scope="row" style="text-align:left;vertical-align:top;padding:2px 16px 2px 0;font-weight:600">${escaped(label)}</th>` +
      `<td style="vertical-align:top;padding:2px 0;overflow-wrap:anywhere">${escaped(value)}</td></tr>`,
  );
  return `<table style="border-collapse:collapse;margin:0 0 16px;${FONT}">${rows.join("\n")}</table>`;
}

function entryList({ entries }: AlertView): string {
  const items = entries.map(({ at, title, url }) => {
    const named = url === null ? escaped(title) : `<a href="${escaped(url)}">${escaped(title)}</a>`;
    return `<li style="margin:0 0 4px">${at}: ${named}</li>`;
  });
  return items.length === 0 ? "" : `<ul style="margin:0 0 16px;padding-left:20px">${items.join("\n")}</ul>`;
}

function linkList({ links }: AlertView): string {
  const items = links.map(
    ({ label, url }) => `<li style="margin:0 0 4px"><a href="${escaped(url)}">${escaped(label)}</a></li>`,
  );
  return items.length === 0 ? "" : `<ul style="margin:0;padding-left:20px">${items.join("\n")}</ul>`;
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};
const escaped = (text: string) => text.replace(/[&<>"']/g, (sign) => ENTITIES[sign] ?? sign);
