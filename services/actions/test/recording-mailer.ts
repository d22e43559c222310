import type { Mail } from "@alivemcp/runtime/mail";

/** A mailer that keeps what it was given, oldest first. */
export function recordingMailer(): { readonly mails: Mail[]; post(mail: Mail): void } {
  const mails: Mail[] = [];
  return { mails, post: (mail) => void mails.push(mail) };
}
