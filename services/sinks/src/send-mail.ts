/** One mail with the headers that alerts need; the mailer adds the sender. */
export interface AlertMail {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  readonly messageId: string;
  /** Message-IDs of the mails it belongs to, oldest first. */
  readonly references: readonly string[];
  /** https URL that ends these mails by POST (RFC 8058); null where nothing can be ended. */
  readonly unsubscribeUrl: string | null;
}

/** Resolves with the mail server's answer; `status` is its SMTP code, null when it could not be reached. Never rejects. */
export type SendMail = (
  mail: AlertMail,
) => Promise<{ readonly status: number | null; readonly text: string | null }>;
