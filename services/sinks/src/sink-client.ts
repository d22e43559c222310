/** What every kind of sink can do, and what it is given to do it. One folder per kind implements it. */
import type { AlertMessage } from "@alivemcp/core/alert-message";
import type { SinkKind } from "@alivemcp/core/sink-kind";
import type { GuardedReply, GuardedRequest } from "@alivemcp/probe/guarded-fetch";
import type { Clock } from "@alivemcp/runtime/clock";
import type { z } from "zod";
import type { SendMail } from "./send-mail.ts";

/** What a sink may touch: the guarded dial for whatever URL it was given, the mail server, the time. */
export interface SinkDeps {
  readonly clock: Clock;
  /** Refuses addresses that are not public, follows no redirect, bounds time and bytes. Never rejects. */
  readonly fetch: (request: GuardedRequest) => Promise<GuardedReply>;
  readonly sendMail: SendMail;
  readonly mail: {
    /** Right side of our Message-IDs. */
    readonly host: string;
    /** Where mails are ended; without a slash at its end. */
    readonly apiUrl: string;
  };
  readonly vendors: VendorUrls;
  /** The installation's own bot; null: no chat of Telegram can be written to. */
  readonly telegramBotToken: string | null;
}

/**
 * Origins of the vendors, so that tests can put a receiver in their place. What an owner enters is held to the vendors'
 * real hosts always; only where the request goes is replaced.
 */
export interface VendorUrls {
  /** Incoming webhooks, and those of GovSlack. */
  readonly slackHooks: string;
  readonly slackHooksGov: string;
  readonly slackApi: string;
  readonly pagerduty: string;
  readonly pagerdutyEu: string;
  readonly jsm: string;
  readonly opsgenie: string;
  readonly opsgenieEu: string;
  readonly discord: string;
  /** Flows live on many hosts: null sends to the one in a flow's own URL. */
  readonly teams: string | null;
  readonly telegram: string;
}

export interface SendInput<Settings> {
  readonly sinkId: string;
  readonly settings: Settings;
  readonly message: AlertMessage;
  /** The same at every try: the receiver's idempotency key. */
  readonly deliveryId: string;
  /** What an earlier message of the same `dedupKey` is called there; null: there was none. */
  readonly thread: SinkRef | null;
}

/** What a receiver calls a message, by names of its own kind; a few short strings. */
export type SinkRef = Readonly<Record<string, string>>;

/** For the tenant's delivery log. */
export interface SinkAnswer {
  /** HTTP or SMTP status; null when none came. */
  readonly status: number | null;
  /** What it said, one line of at most 300 characters without secrets; null when it said nothing. */
  readonly text: string | null;
}

/** The sink says whether trying again can help; when, is the retry stage's to decide. */
export type SendOutcome =
  | {
      readonly kind: "sent";
      readonly answer: SinkAnswer;
      readonly ref: SinkRef | null;
      /** Of a `verification`: the receiver itself gave the proof back, nobody needs to type it. */
      readonly isProven?: boolean;
    }
  | {
      readonly kind: "retryable";
      readonly answer: SinkAnswer;
      /** From a list of ours: `rate_limited`, `timeout`, `refused`, `server_error`, … */
      readonly reason: string;
      readonly retryAfterMs: number | null;
    }
  | {
      readonly kind: "permanent";
      readonly answer: SinkAnswer;
      /** From a list of ours: `gone`, `unauthorized`, `invalid_payload`, `target_forbidden`, … */
      readonly reason: string;
      /** The sink itself is no good any more, not only this message. */
      readonly isSinkDead: boolean;
    };

export interface SinkClient<Settings> {
  readonly kind: SinkKind;
  /** What an owner enters; parsed where it is entered and again after it was unsealed. */
  readonly settings: z.ZodType<Settings>;
  /** What may be shown of the settings: "#alerts", "hooks.slack.com …a1b2". No secret. */
  readonly shown: (settings: Settings) => string;
  /** Sends one message, or edits or resolves the earlier one. Never rejects; bounded in time (15 s) and bytes. */
  readonly send: (deps: SinkDeps, input: SendInput<Settings>) => Promise<SendOutcome>;
  /**
   * Asks whether the sink is still there without anybody seeing it; null where its kind cannot be asked. Same answer
   * as sending: `permanent` with `isSinkDead` disables it.
   */
  readonly recheck: ((deps: SinkDeps, settings: Settings) => Promise<SendOutcome>) | null;
}
