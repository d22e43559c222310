import { AppError } from "@alivemcp/core/app-error";
import { findPublicEndpoint } from "@alivemcp/db/queries/public-catalogue";
import { insertUnconfirmedSubscriber } from "@alivemcp/db/queries/subscribers-identity";
import { isMailAddress } from "@alivemcp/runtime/mail";
import { plainMail } from "../plain-mail.ts";
import { newSubscriber } from "./new-subscriber.ts";
import type { SubscriptionDeps } from "./subscription-deps.ts";
import { newSubscriptionToken } from "./subscription-token.ts";

/** A link that was mailed works so long, and once. */
export const CONFIRM_WITHIN_MS = 24 * 3_600_000;

/** The address as it is compared and written to. Throws `invalid` for what is none. */
export function requireMailAddress(text: string): string {
  const address = text.trim().toLowerCase();
  if (!isMailAddress(address)) {
    throw new AppError({
      code: "invalid",
      internal: "no mail address",
      public: "This is not an e-mail address that we can write to.",
      field: "email",
    });
  }
  return address;
}

/**
 * Mails a link to `address`, whose page has a button that starts mails about incidents of this endpoint; nothing but that
 * one mail is sent before. The answer is the same for an address that gets them already; that one gets no mail. Throws
 * `not_found` for a slug that is not public or unlisted.
 */
export async function subscribeByMail(
  deps: SubscriptionDeps,
  input: { readonly slug: string; readonly address: string },
): Promise<void> {
  const endpoint = await requirePublicEndpoint(deps, input.slug);
  const nowMs = deps.clock.nowMs();
  const { token, tokenHash } = newSubscriptionToken();
  const confirmUntil = new Date(nowMs + CONFIRM_WITHIN_MS);
  const { address } = input;
  const { row } = newSubscriber(deps.sinkKey, {
    endpointId: endpoint.id,
    targetHash: deps.targetHash("email", address),
    targetOf: (endToken) => ({ kind: "email", address, endToken }),
  });
  const isAsked = await insertUnconfirmedSubscriber(deps.identityPool, {
    ...row,
    confirmHash: tokenHash,
    confirmUntil,
  });
  if (isAsked) {
    deps.mailer.post(confirmationMail(deps.publicUrl, { ...endpoint, address, token, confirmUntil }));
  }
}

/** Throws `not_found`; an old slug is good, too. */
export async function requirePublicEndpoint(
  deps: Pick<SubscriptionDeps, "pool">,
  slug: string,
): Promise<{ readonly id: string; readonly slug: string }> {
  const endpoint = await findPublicEndpoint(deps.pool, slug);
  if (endpoint === null) {
    throw new AppError({
      code: "not_found",
      internal: "no public or unlisted endpoint of this slug",
      public: "No endpoint of this name is watched, or its page is private.",
    });
  }
  return endpoint;
}

/** Anybody can cause this mail, so that it holds no word that a stranger chose: not even the name of the endpoint. */
function confirmationMail(
  publicUrl: string,
  input: {
    readonly slug: string;
    readonly address: string;
    readonly token: string;
    readonly confirmUntil: Date;
  },
) {
  const until = input.confirmUntil.toISOString().slice(0, 16).replace("T", " ");
  return plainMail({
    to: input.address,
    subject: `Please confirm: mails about ${input.slug}`,
    before: [
      `Somebody, probably you, asked that we write to you when the MCP endpoint ${input.slug} has an incident and when it is over (${publicUrl}/status/${input.slug}).`,
      "Open this page and press its button. Until then we send you nothing else:",
    ],
    link: { url: `${publicUrl}/subscriptions/confirm?token=${input.token}`, label: "Confirm" },
    after: [
      `The link works once, until ${until} UTC.`,
      "If you did not ask for this, do nothing: the request is forgotten then.",
    ],
  });
}
