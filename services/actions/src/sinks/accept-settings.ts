import { AppError } from "@alivemcp/core/app-error";
import type { SinkKind } from "@alivemcp/core/sink-kind";
import { checkTarget } from "@alivemcp/probe/check-target";
import { makeUnsubscribeToken } from "@alivemcp/sinks/email/settings";
import { makeWebhookSecret } from "@alivemcp/sinks/webhook/secret";
import type { ActionDeps } from "../action-deps.ts";
import { SINK_SETTINGS } from "./sink-settings.ts";

export interface AcceptedSettings {
  /** As the kind's schema gives them; to be sealed at once. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** What may be shown of them. */
  readonly shown: string;
  /** Of a webhook: the secret that signs, to be shown this once. */
  readonly secret: string | null;
}

/** Settings that only we make: nobody enters them. */
const OURS: Readonly<Partial<Record<SinkKind, readonly string[]>>> = {
  webhook: ["secret", "retired"],
  email: ["unsubscribeToken"],
  pagerduty: ["serviceName"],
  slack: ["teamId", "teamName", "channelName"],
};
/** The settings that hold a URL of the owner's choice, on whatever host. */
const URL_FIELDS: Readonly<Partial<Record<SinkKind, string>>> = { webhook: "url", ntfy: "server" };
const SHOWN_CHARS_MAX = 300;

/**
 * What an owner entered for a sink, held to the schema of its kind, with the address of its URL looked up. Throws
 * `invalid` naming `settings.<field>`: what is missing, malformed, unknown, or leads to a private address.
 */
export async function acceptSettings(
  deps: Pick<ActionDeps, "target">,
  kind: SinkKind,
  entered: Readonly<Record<string, unknown>>,
): Promise<AcceptedSettings> {
  const { schema, shown } = SINK_SETTINGS[kind];
  const ours = OURS[kind]?.find((name) => Object.hasOwn(entered, name));
  if (ours !== undefined) {
    throw invalid(ours, "This setting is not entered.");
  }
  if (kind === "slack" && entered.via === "install") {
    throw invalid("via", "Only Slack itself gives these settings: press Add to Slack.");
  }
  const secret = kind === "webhook" ? makeWebhookSecret() : null;
  const parsed = schema.safeParse({ ...entered, ...madeFor(kind, secret) });
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw invalid(String(issue?.path[0] ?? ""), sentenceOf(issue));
  }
  const stranger = Object.keys(entered).find((name) => !Object.hasOwn(parsed.data, name));
  if (stranger !== undefined) {
    throw invalid(stranger, "This kind of sink has no such setting.");
  }
  await requirePublicTarget(deps, kind, parsed.data);
  return { settings: parsed.data, shown: shown(parsed.data).slice(0, SHOWN_CHARS_MAX), secret };
}

function madeFor(kind: SinkKind, secret: string | null): Readonly<Record<string, string>> {
  if (kind === "email") {
    return { unsubscribeToken: makeUnsubscribeToken() };
  }
  return secret === null ? {} : { secret };
}

/** An early word to the person; what decides is the guarded dial, at every message anew. */
async function requirePublicTarget(
  deps: Pick<ActionDeps, "target">,
  kind: SinkKind,
  settings: Readonly<Record<string, unknown>>,
): Promise<void> {
  const field = URL_FIELDS[kind];
  if (field === undefined) {
    return;
  }
  const target = await checkTarget(deps.target, String(settings[field]));
  if (target.kind === "refused") {
    const isPrivate = target.reason === "url_private_address";
    throw invalid(
      field,
      isPrivate
        ? "This URL leads to a private or reserved address, to which nothing is sent."
        : target.message,
    );
  }
}

/** Zod's own sentence for what is missing speaks of types. */
function sentenceOf(issue: { readonly code?: string; readonly message: string } | undefined): string {
  return issue === undefined || issue.code === "invalid_type" || issue.code === "invalid_union"
    ? "This setting is missing, or not a text."
    : issue.message;
}

const invalid = (field: string, sentence: string) =>
  new AppError({
    code: "invalid",
    internal: "sink settings refused",
    public: sentence,
    field: field === "" ? "settings" : `settings.${field}`,
  });
