import { type Notice, noticeMail } from "../mails/account-mails.ts";
import type { IdentityDeps } from "./identity-deps.ts";

/** Mails a person what was done to their account, so that a thief cannot do it quietly. */
export async function tellAccountChange(
  deps: Pick<IdentityDeps, "mailer" | "config">,
  to: string,
  notice: Notice,
): Promise<void> {
  deps.mailer.post(await noticeMail({ to, notice, forgotUrl: `${deps.config.APP_URL}/forgot-password` }));
}
