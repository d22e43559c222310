import { callVendor, judgeStatus, type VendorAnswer } from "../call-vendor.ts";
import type { SendInput, SendOutcome, SinkClient, SinkDeps, VendorUrls } from "../sink-client.ts";
import { renderJsm } from "./render.ts";
import { type JsmBase, type JsmSettings, jsmSettings, shownJsm } from "./settings.ts";

/** An integration's key can do nothing that nobody sees. */
export const jsmClient: SinkClient<JsmSettings> = {
  kind: "jsm",
  settings: jsmSettings,
  shown: shownJsm,
  send,
  recheck: null,
};

async function send(deps: SinkDeps, input: SendInput<JsmSettings>): Promise<SendOutcome> {
  const { settings, message, thread } = input;
  const request = renderJsm(message, thread !== null);
  const reply = await callVendor(deps, {
    url: new URL(`${alertsUrl(settings.base, deps.vendors)}${request.path}`),
    method: "POST",
    headers: { authorization: `GenieKey ${settings.apiKey}` },
    body: request.body,
    secrets: [settings.apiKey],
  });
  return reply.kind === "unanswered" ? reply.outcome : judge(reply, { alias: message.dedupKey });
}

function alertsUrl(base: JsmBase, vendors: VendorUrls): string {
  switch (base) {
    case "jsm":
      return `${vendors.jsm}/jsm/ops/integration/v2/alerts`;
    case "opsgenie":
      return `${vendors.opsgenie}/v2/alerts`;
    case "opsgenie-eu":
      return `${vendors.opsgenieEu}/v2/alerts`;
  }
}

/** 202 says accepted. Throttling names its period in a header of its own where `Retry-After` is missing. */
function judge(reply: VendorAnswer, ref: { readonly alias: string }): SendOutcome {
  const outcome = judgeStatus(reply);
  if (outcome.kind === "sent") {
    return { ...outcome, ref };
  }
  const period = reply.headers["x-ratelimit-period-in-sec"];
  if (outcome.kind === "retryable" && outcome.retryAfterMs === null && typeof period === "string") {
    const seconds = Number(period);
    return { ...outcome, retryAfterMs: seconds > 0 && seconds <= 3_600 ? seconds * 1_000 : null };
  }
  return outcome;
}
