/** The local mailbox of one copy: takes mails by SMTP and shows them on a page. Started by scripts/up when it was given no SMTP_URL. */
import { openMailbox } from "../../services/runtime/test/mailbox.ts";
import { serveMailboxPage } from "./serve-mailbox-page.ts";

const [smtpPort, pagePort] = process.argv.slice(2).map(Number);
const mailbox = await openMailbox({ port: smtpPort ?? 0 });
const page = await serveMailboxPage(mailbox, pagePort ?? 0);
console.log(JSON.stringify({ smtpUrl: mailbox.smtpUrl, pageUrl: page.url }));

process.once("SIGTERM", () => {
  void Promise.all([mailbox.close(), page.close()]).then(() => process.exit(0));
});
