import { AppError } from "@alivemcp/core/app-error";
import { countInvitationMails } from "@alivemcp/db/queries/invitations";
import type { TenantScope, Tx } from "@alivemcp/db/tenant-scope";

/** A workspace invites people, it does not send mail campaigns. */
const MAILS_PER_DAY_MAX = 100;
const DAY_MS = 86_400_000;
/** Between two mails to the same address. */
const RESEND_AFTER_MS = 5 * 60_000;

/** Throws `rate_limited` when this workspace had enough invitations sent within a day, whoever they went to. */
export async function requireMailBudget(scope: TenantScope, tx: Tx, nowMs: number): Promise<void> {
  if ((await countInvitationMails(scope, tx, new Date(nowMs - DAY_MS))) >= MAILS_PER_DAY_MAX) {
    throw new AppError({
      code: "rate_limited",
      internal: "invitation mails of the day are spent",
      public: `A workspace may send ${MAILS_PER_DAY_MAX} invitations a day. Try again tomorrow.`,
      field: "email",
      retryAfterS: DAY_MS / 1_000,
    });
  }
}

/** Throws `rate_limited` when a mail went to this address a moment ago. */
export function requireResendPause(sentAtMs: number, nowMs: number): void {
  const waitMs = sentAtMs + RESEND_AFTER_MS - nowMs;
  if (waitMs > 0) {
    throw new AppError({
      code: "rate_limited",
      internal: "resent too soon",
      public: `It was sent a moment ago. It can be sent again in ${Math.ceil(waitMs / 60_000)} min.`,
      retryAfterS: Math.ceil(waitMs / 1_000),
    });
  }
}
