/** The kinds of place where alerts go, and what is true of each. */
export const SINK_KINDS = [
  "slack",
  "pagerduty",
  "email",
  "webhook",
  "jsm",
  "discord",
  "teams",
  "telegram",
  "ntfy",
] as const;
export type SinkKind = (typeof SINK_KINDS)[number];

/**
 * How a sink is proven to be its tenant's. `code`: a code is posted there and typed back. `link`: a link is mailed and
 * its page's button pressed. `challenge`: the receiver echoes a random text, or its owner types it back.
 */
export type SinkProof = "code" | "link" | "challenge";

export interface SinkKindFacts {
  readonly label: string;
  readonly proof: SinkProof;
  /** What becomes of the earlier message of an incident. */
  readonly follows: "edits" | "threads" | "resolves" | "repeats";
}

export const SINK_KIND_FACTS: Readonly<Record<SinkKind, SinkKindFacts>> = {
  slack: { label: "Slack", proof: "code", follows: "edits" },
  pagerduty: { label: "PagerDuty", proof: "code", follows: "resolves" },
  email: { label: "E-mail", proof: "link", follows: "threads" },
  webhook: { label: "Webhook", proof: "challenge", follows: "repeats" },
  jsm: { label: "Jira Service Management / Opsgenie", proof: "code", follows: "resolves" },
  discord: { label: "Discord", proof: "code", follows: "edits" },
  teams: { label: "Microsoft Teams", proof: "code", follows: "repeats" },
  telegram: { label: "Telegram", proof: "code", follows: "edits" },
  ntfy: { label: "ntfy", proof: "code", follows: "repeats" },
};

export const SINK_STATES = ["unverified", "verified", "disabled"] as const;
export type SinkState = (typeof SINK_STATES)[number];

/** What one try to send came to. `retryable`: the receiver may take it later. `permanent`: asking again cannot help. */
export const SEND_OUTCOMES = ["sent", "retryable", "permanent"] as const;
export type SendOutcomeKind = (typeof SEND_OUTCOMES)[number];
