/** Alerts by mail: one conversation per incident, one Message-ID per message, whatever number of tries it takes. */
import type { SinkClient } from "../sink-client.ts";
import { judgeMail } from "./judge-mail.ts";
import { renderMail } from "./render.ts";
import { type EmailSettings, emailSettings, shownEmail, unsubscribeUrl } from "./settings.ts";

export const emailClient: SinkClient<EmailSettings> = {
  kind: "email",
  settings: emailSettings,
  shown: shownEmail,
  send: async (deps, { sinkId, settings, message, deliveryId, thread }) => {
    // Who has not confirmed yet has nothing to end.
    const isBegun = message.event !== "verification";
    const endUrl = isBegun ? unsubscribeUrl(deps.mail.apiUrl, sinkId, settings) : null;
    const messageId = `<${deliveryId}@${deps.mail.host}>`;
    const first = thread?.messageId ?? null;
    const answer = await deps.sendMail({
      to: settings.address,
      ...renderMail(message, endUrl),
      messageId,
      references: first === null ? [] : [first],
      unsubscribeUrl: endUrl,
    });
    return judgeMail(answer, first ?? messageId);
  },
  // A server that is asked about an address without a mail may say yes to all or hold it against us (RFC 5321, section 3.5.3).
  recheck: null,
};
