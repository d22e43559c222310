import { z } from "zod";
import { callVendor, judgeStatus, type VendorAnswer } from "../call-vendor.ts";
import type { SendInput, SendOutcome, SinkClient, SinkDeps } from "../sink-client.ts";
import { renderPagerduty } from "./render.ts";
import { type PagerdutySettings, pagerdutySettings, shownPagerduty } from "./settings.ts";

/** There is nothing to ask PagerDuty that nobody would see: an event is the only call that a routing key allows. */
export const pagerdutyClient: SinkClient<PagerdutySettings> = {
  kind: "pagerduty",
  settings: pagerdutySettings,
  shown: shownPagerduty,
  send,
  recheck: null,
};

const refusal = z.object({ message: z.string().optional(), errors: z.array(z.string()).optional() });
const accepted = z.object({ dedup_key: z.string().max(255).optional() });

async function send(deps: SinkDeps, input: SendInput<PagerdutySettings>): Promise<SendOutcome> {
  const { routingKey, region } = input.settings;
  const { path, body } = renderPagerduty(input.message, routingKey);
  const origin = region === "eu" ? deps.vendors.pagerdutyEu : deps.vendors.pagerduty;
  const reply = await callVendor(deps, {
    url: new URL(path, origin),
    method: "POST",
    body,
    secrets: [routingKey],
  });
  return reply.kind === "unanswered" ? reply.outcome : judge(reply);
}

/**
 * 202 is accepted. A key that is none any more is told by 400 like any other fault of an event, in words. PagerDuty also
 * says 403 for too many events of one key.
 */
function judge(reply: VendorAnswer): SendOutcome {
  const { status, json, answer, retryAfterMs } = reply;
  if (status === 202) {
    const { data } = accepted.safeParse(json);
    return {
      kind: "sent",
      answer,
      ref: data?.dedup_key === undefined ? null : { dedupKey: data.dedup_key },
    };
  }
  if (status === 403) {
    return { kind: "retryable", answer, reason: "rate_limited", retryAfterMs };
  }
  const said = refusal.safeParse(json).data;
  const words = `${said?.message ?? ""} ${said?.errors?.join(" ") ?? ""}`;
  if (
    status === 400 &&
    /routing.?key|integration.?key/i.test(words) &&
    /invalid|unknown|not found|disabled/i.test(words)
  ) {
    return { kind: "permanent", answer, reason: "unauthorized", isSinkDead: true };
  }
  return judgeStatus(reply);
}
