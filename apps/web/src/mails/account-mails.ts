/**
 * The mails about a person's own account. None repeats what was typed as a name: a stranger could have us mail their
 * words to anybody.
 */
import type { Mail } from "@alivemcp/runtime/mail";
import { mailFrame } from "./mail-frame.ts";

interface Linked {
  readonly to: string;
  readonly url: string;
}

const NOT_YOU = "If this was not you, ignore this mail: nothing happens without the link.";

export const signUpMail = ({ to, url }: Linked): Promise<Mail> =>
  mailFrame({
    to,
    subject: "Confirm your address",
    paragraphs: [
      "Somebody, we hope you, signed up for AliveMCP with this address. Confirm it within 24 hours to begin.",
    ],
    action: { label: "Confirm address", url },
    footnote: NOT_YOU,
  });

export const alreadySignedUpMail = (input: {
  readonly to: string;
  readonly signInUrl: string;
  readonly forgotUrl: string;
}): Promise<Mail> =>
  mailFrame({
    to: input.to,
    subject: "You have an account already",
    paragraphs: [
      "Somebody, perhaps you, just tried to sign up for AliveMCP with this address. It has an account already, so nothing was changed.",
      `Forgot the password? Set a new one: ${input.forgotUrl}`,
    ],
    action: { label: "Sign in", url: input.signInUrl },
    footnote: "If this was not you, there is nothing to do.",
  });

export const signInLinkMail = ({ to, url }: Linked): Promise<Mail> =>
  mailFrame({
    to,
    subject: "Your link to sign in",
    paragraphs: ["This link signs you in to AliveMCP. It works once, for 15 minutes."],
    action: { label: "Sign in", url },
    footnote: NOT_YOU,
  });

export const resetPasswordMail = ({ to, url }: Linked): Promise<Mail> =>
  mailFrame({
    to,
    subject: "Set a new password",
    paragraphs: [
      "Somebody, we hope you, asked to set a new password for your account at AliveMCP. The link works once, for an hour.",
    ],
    action: { label: "Set a new password", url },
    footnote: "If this was not you, ignore this mail: your password stays as it is.",
  });

export const changeEmailMail = ({ to, url }: Linked): Promise<Mail> =>
  mailFrame({
    to,
    subject: "Confirm your new address",
    paragraphs: [
      "Somebody, we hope you, wants to use this address for their account at AliveMCP. The link works once, for an hour.",
    ],
    action: { label: "Use this address", url },
    footnote: NOT_YOU,
  });

export const addressTakenMail = ({ to }: { readonly to: string }): Promise<Mail> =>
  mailFrame({
    to,
    subject: "This address has an account",
    paragraphs: [
      "Somebody, perhaps you, wanted to use this address for another account at AliveMCP. It has an account of its own, so nothing was changed.",
    ],
    footnote: "If this was not you, there is nothing to do.",
  });

/** What was done to an account, told to its owner wherever they can still be reached. */
const NOTICES = {
  "password-changed":
    "The password of your account at AliveMCP was changed, and every other session was signed out.",
  "email-changed": "Your account at AliveMCP now uses another address; its mails no longer come to this one.",
  "second-factor-on": "Signing in to your account at AliveMCP now asks for a code of your authenticator app.",
  "second-factor-off": "Signing in to your account at AliveMCP no longer asks for a code.",
  "github-connected":
    "A GitHub account was connected to your account at AliveMCP; whoever has it can sign in with it.",
  "recovery-codes-made":
    "New recovery codes were made for your account at AliveMCP; the old ones no longer work.",
} as const;
export type Notice = keyof typeof NOTICES;

export const noticeMail = (input: {
  readonly to: string;
  readonly notice: Notice;
  readonly forgotUrl: string;
}): Promise<Mail> =>
  mailFrame({
    to: input.to,
    subject: "A change to your account",
    paragraphs: [NOTICES[input.notice]],
    footnote: `If this was not you, set a new password at once: ${input.forgotUrl}`,
  });
