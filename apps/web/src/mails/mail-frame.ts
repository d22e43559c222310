import type { Mail } from "@alivemcp/runtime/mail";
import { html } from "hono/html";

/** What a mail says; text and HTML are made of it alike. */
export interface MailContent {
  readonly to: string;
  readonly subject: string;
  readonly paragraphs: readonly string[];
  readonly action?: { readonly label: string; readonly url: string };
  /** Last lines: why this mail came, what to do if it was not expected. */
  readonly footnote: string;
}

/** Both bodies of a mail. Everything is escaped; styles stand in attributes because mail programs drop style sheets. */
export async function mailFrame(content: MailContent): Promise<Mail> {
  const { to, subject, paragraphs, action, footnote } = content;
  const text = [
    ...paragraphs,
    ...(action === undefined ? [] : [`${action.label}:\n${action.url}`]),
    `-- \n${footnote}\nAliveMCP`,
  ];
  const button =
    action === undefined
      ? ""
      : html`<p style="margin:24px 0"><a href="${action.url}" style="background:#0b57d0;color:#ffffff;padding:12px 20px;border-radius:7px;text-decoration:none;font-weight:600">${action.label}</a></p>
<p style="color:#57606a;font-size:13px">If the button does not work, open this address:<br><a href="${action.url}">${action.url}</a></p>`;
  const markup =
    await html`<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${subject}</title></head>
<body style="font:16px/1.5 system-ui,sans-serif;color:#1b1f24;max-width:560px;margin:0 auto;padding:24px">
${paragraphs.map((paragraph) => html`<p>${paragraph}</p>`)}${button}
<p style="color:#57606a;font-size:13px;border-top:1px solid #e1e4e8;padding-top:12px">${footnote}<br>AliveMCP</p></body></html>`;
  return { to, subject, text: text.join("\n\n"), html: String(markup) };
}
