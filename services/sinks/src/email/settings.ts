import { randomBytes } from "node:crypto";
import { isMailAddress } from "@alivemcp/runtime/mail";
import { z } from "zod";

const TOKEN_BYTES = 32;

export const emailSettings = z.object({
  address: z
    .string()
    .trim()
    .toLowerCase()
    .refine(isMailAddress, "This is not an e-mail address that we can write to."),
  /** Ends the mails when it comes back by POST (RFC 8058); made with the settings, never entered. */
  unsubscribeToken: z.string().regex(/^[\w-]{43}$/),
});
export type EmailSettings = z.infer<typeof emailSettings>;

export const makeUnsubscribeToken = (): string => randomBytes(TOKEN_BYTES).toString("base64url");

/** `o…l@example.com`: enough to know it again, not enough to write to it. */
export function shownEmail({ address }: EmailSettings): string {
  const at = address.lastIndexOf("@");
  const local = address.slice(0, at);
  return `${local.slice(0, 1)}…${local.length > 2 ? local.slice(-1) : ""}${address.slice(at)}`;
}

/** Where a recipient ends the mails of one sink; `apiUrl` without a slash at its end. */
export const unsubscribeUrl = (apiUrl: string, sinkId: string, { unsubscribeToken }: EmailSettings): string =>
  `${apiUrl}/u/${sinkId}.${unsubscribeToken}`;
