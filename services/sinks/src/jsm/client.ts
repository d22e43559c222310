import { callVendor, HALF_TIMEOUT_MS, judgeStatus, type VendorAnswer } from "../call-vendor.ts";
import type { SendInput, SendOutcome, SinkClient, SinkDeps, VendorUrls } from "../sink-client.ts";
import { type JsmRequest, renderJsm, renderSuperseded } from "./render.ts";
import { type JsmBase, type JsmSettings, jsmSettings, shownJsm } from "./settings.ts";

/** An integration's key can do nothing that nobody sees. */
export const jsmClient: SinkClient<JsmSettings> = {
  kind: "jsm",
  settings: jsmSettings,
  shown: shownJsm,
  send,
  recheck: null,
};

/**
 * `ref` names the alert that stands for the incident now. What is worse is an alert of its own, under an alias that a
 * second try meets again; the earlier one is closed only once that has been taken, so that at no moment none is open.
 */
async function send(deps: SinkDeps, input: SendInput<JsmSettings>): Promise<SendOutcome> {
  const { settings, message, thread, deliveryId } = input;
  const earlier = thread?.alias ?? message.dedupKey;
  const isAnew = thread !== null && message.isWorse;
  const alias = isAnew ? `${message.dedupKey}:${deliveryId}` : earlier;
  const told = await call(
    deps,
    settings,
    renderJsm(message, { alias, isKnownThere: thread !== null }),
    alias,
  );
  if (!isAnew || told.kind !== "sent" || earlier === alias) {
    return told;
  }
  const closed = await call(deps, settings, renderSuperseded(earlier), alias);
  return closed.kind === "retryable" ? closed : told;
}

async function call(
  deps: SinkDeps,
  settings: JsmSettings,
  request: JsmRequest,
  alias: string,
): Promise<SendOutcome> {
  const reply = await callVendor(deps, {
    url: new URL(`${alertsUrl(settings.base, deps.vendors)}${request.path}`),
    method: "POST",
    headers: { authorization: `GenieKey ${settings.apiKey}` },
    body: request.body,
    secrets: [settings.apiKey],
    timeoutMs: HALF_TIMEOUT_MS,
  });
  return reply.kind === "unanswered" ? reply.outcome : judge(reply, { alias });
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
