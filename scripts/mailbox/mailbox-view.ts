import type { ReceivedMail } from "../../services/runtime/test/mailbox.ts";

const STYLE = `
:root { color-scheme: light dark; }
body { margin: 0 auto; max-width: 60rem; padding: 1.5rem 1rem; font: 16px/1.5 system-ui, "DejaVu Sans", sans-serif; }
h1 { font-size: 1.3rem; overflow-wrap: anywhere; }
h2 { font-size: 1.05rem; margin: 1.4rem 0 0.4rem; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; padding: 0.5rem 0.6rem 0.5rem 0; border-bottom: 1px solid #8886; vertical-align: top; overflow-wrap: anywhere; }
time { white-space: nowrap; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 0.2rem 1rem; }
dd { margin: 0; overflow-wrap: anywhere; }
iframe { width: 100%; height: 28rem; border: 1px solid #8886; border-radius: 6px; background: #fff; }
pre { white-space: pre-wrap; overflow-wrap: anywhere; border: 1px solid #8886; border-radius: 6px; padding: 0.8rem; }`;

export function listPage(mails: readonly ReceivedMail[]): string {
  const rows = mails.map(
    (mail) =>
      `<tr><td>${timeOf(mail)}</td><td>${escapeText(mail.to.join(", "))}</td><td><a href="/mails/${mail.id}">${escapeText(mail.subject || "(no subject)")}</a></td></tr>`,
  );
  const table = `<table><thead><tr><th scope="col">Received</th><th scope="col">To</th><th scope="col">Subject</th></tr></thead><tbody>${rows.join("")}</tbody></table>`;
  return page(
    "Mailbox",
    `<h1>Local mailbox</h1><p>Every mail that this copy of AliveMCP sends ends here; none leaves the machine. The newest comes first; a restart forgets them.</p>${mails.length === 0 ? "<p><b>No mail yet.</b> Sign up, then come back.</p>" : table}`,
    // Somebody waits for the mail of their sign-up.
    '<meta http-equiv="refresh" content="5">',
  );
}

export function mailPage(mail: ReceivedMail): string {
  const links = [...mail.text.matchAll(/https?:\/\/\S+/g)].map(
    ([url]) =>
      `<li><a href="${escapeText(url)}" target="_blank" rel="noopener noreferrer">${escapeText(url)}</a></li>`,
  );
  const html =
    mail.html === null
      ? ""
      : `<h2>As HTML</h2><iframe title="The mail as HTML" sandbox="allow-popups allow-popups-to-escape-sandbox" src="/mails/${mail.id}/body"></iframe>`;
  return page(
    mail.subject,
    `<p><a href="/">All mails</a></p><h1>${escapeText(mail.subject)}</h1>
<dl><dt>From</dt><dd>${escapeText(mail.from)}</dd><dt>To</dt><dd>${escapeText(mail.to.join(", "))}</dd><dt>Received</dt><dd>${timeOf(mail)}</dd></dl>
${links.length === 0 ? "" : `<h2>Links</h2><ul>${links.join("")}</ul>`}
${html}<h2>As text</h2><pre>${escapeText(mail.text)}</pre>`,
  );
}

/** What the sandboxed frame shows: links of the mail open in a tab of their own. */
export function bodyDocument(mail: ReceivedMail): string {
  return `<base target="_blank">${mail.html ?? ""}`;
}

export const missingPage = () =>
  page(
    "No such mail",
    '<h1>No such mail</h1><p>It may have been pushed out by newer ones. <a href="/">All mails</a></p>',
  );

function page(title: string, body: string, head = ""): string {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">${head}<title>${escapeText(title)}</title><style>${STYLE}</style></head><body><main>${body}</main></body></html>`;
}

function timeOf(mail: ReceivedMail): string {
  const at = new Date(mail.receivedAtMs).toISOString();
  return `<time datetime="${at}">${at.slice(11, 19)} UTC</time>`;
}

const escapeText = (text: string) => text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
