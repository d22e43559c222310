import type { AlertMessage } from "@alivemcp/core/alert-message";
import type { AlertMail } from "@alivemcp/sinks/send-mail";

/** What one subscriber gets of a message; the same at every try, so that mail programs know it again. */
export function subscriberMail(input: {
  readonly to: string;
  readonly message: AlertMessage;
  readonly deliveryId: string;
  readonly subscriberId: string;
  readonly endToken: string;
  readonly publicUrl: string;
  readonly apiUrl: string;
}): AlertMail {
  const { message, publicUrl } = input;
  const { host } = new URL(publicUrl);
  const update = message.incident?.update ?? null;
  const endUrl = `${publicUrl}/subscriptions/end?token=${input.endToken}`;
  const why = "You get this because you subscribed on the status page. To get no more of these:";
  return {
    to: input.to,
    subject: message.title,
    text: [
      message.summary,
      ...(update === null ? [] : [`The operator, ${update.stage}:\n${update.body}`]),
      ...message.links.map(({ label, url }) => `${label}: ${url}`),
      `-- \n${why}\n${endUrl}`,
    ].join("\n\n"),
    html: `<!doctype html><html lang="en"><body>
<p>${escaped(message.summary)}</p>
${update === null ? "" : `<p><b>The operator, ${update.stage}</b><br>${escaped(update.body).replaceAll("\n", "<br>")}</p>\n`}${message.links
  .map(({ label, url }) => `<p><a href="${escaped(url)}">${escaped(label)}</a></p>`)
  .join("\n")}
<p><small>${why} <a href="${escaped(endUrl)}">unsubscribe</a></small></p>
</body></html>`,
    messageId: `<subscriber-${input.deliveryId}@${host}>`,
    references: [`<incident-${message.dedupKey}-${input.subscriberId}@${host}>`],
    unsubscribeUrl: `${input.apiUrl}/v1/subscriptions/end?token=${input.endToken}`,
  };
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};
const escaped = (text: string) => text.replace(/[&<>"']/g, (sign) => ENTITIES[sign] ?? sign);
