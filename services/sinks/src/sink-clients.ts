import type { SinkKind } from "@alivemcp/core/sink-kind";
import { discordClient } from "./discord/client.ts";
import { emailClient } from "./email/client.ts";
import { jsmClient } from "./jsm/client.ts";
import { ntfyClient } from "./ntfy/client.ts";
import { pagerdutyClient } from "./pagerduty/client.ts";
import type { SendInput, SendOutcome, SinkClient, SinkDeps } from "./sink-client.ts";
import { slackClient } from "./slack/client.ts";
import { teamsClient } from "./teams/client.ts";
import { telegramClient } from "./telegram/client.ts";
import { webhookClient } from "./webhook/client.ts";

/** A client whose settings are whatever it says they are: parsed before every use. */
export interface AnySinkClient {
  /** Null when these are no settings of its kind. */
  shown(settings: unknown): string | null;
  /** Null when these are no settings of its kind. Never rejects. */
  send(deps: SinkDeps, input: SendInput<unknown>): Promise<SendOutcome | null>;
  /** The same; absent where the kind cannot be asked. */
  readonly recheck: ((deps: SinkDeps, settings: unknown) => Promise<SendOutcome | null>) | null;
}

const SINK_CLIENTS: Readonly<Record<SinkKind, AnySinkClient>> = {
  slack: anyClient(slackClient),
  pagerduty: anyClient(pagerdutyClient),
  jsm: anyClient(jsmClient),
  discord: anyClient(discordClient),
  teams: anyClient(teamsClient),
  telegram: anyClient(telegramClient),
  ntfy: anyClient(ntfyClient),
  email: anyClient(emailClient),
  webhook: anyClient(webhookClient),
};

/** Null: a newer version made the sink, of a kind that this one does not know. */
export const sinkClientOf = (kind: SinkKind): AnySinkClient | null =>
  (SINK_CLIENTS as Partial<typeof SINK_CLIENTS>)[kind] ?? null;

function anyClient<Settings>(client: SinkClient<Settings>): AnySinkClient {
  const parse = (settings: unknown) => client.settings.safeParse(settings);
  const { recheck } = client;
  return {
    shown(settings) {
      const parsed = parse(settings);
      return parsed.success ? client.shown(parsed.data) : null;
    },
    async send(deps, input) {
      const parsed = parse(input.settings);
      return parsed.success ? client.send(deps, { ...input, settings: parsed.data }) : null;
    },
    recheck:
      recheck &&
      (async (deps, settings) => {
        const parsed = parse(settings);
        return parsed.success ? recheck(deps, parsed.data) : null;
      }),
  };
}
