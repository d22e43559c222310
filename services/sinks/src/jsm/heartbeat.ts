/**
 * Tells an outside watcher that we are alive; when the pings end, it raises an alarm. Opsgenie: docs.opsgenie.com, "Heartbeat
 * API", ping. Jira Service Management: developer.atlassian.com, JSM ops REST API, "Heartbeats", under the team that owns it.
 * Opsgenie answers PONG for names it does not know, too: look once that the heartbeat turned active there.
 */
import { callVendor, judgeStatus } from "../call-vendor.ts";
import type { SinkDeps } from "../sink-client.ts";

export type HeartbeatTarget =
  | {
      readonly via: "opsgenie";
      readonly base: "opsgenie" | "opsgenie-eu";
      readonly apiKey: string;
      readonly name: string;
    }
  | {
      readonly via: "jsm";
      readonly cloudId: string;
      readonly teamId: string;
      readonly name: string;
      readonly email: string;
      readonly apiToken: string;
    };

export type HeartbeatOutcome =
  | { readonly kind: "pinged" }
  | { readonly kind: "failed"; readonly reason: string };

const PING_TIMEOUT_MS = 10_000;

/** Never rejects. Call it once a minute; a ping that failed is not worth a retry. */
export async function pingHeartbeat(
  deps: Pick<SinkDeps, "fetch" | "vendors">,
  target: HeartbeatTarget,
): Promise<HeartbeatOutcome> {
  const reply = await callVendor(deps, {
    ...requestOf(deps, target),
    body: null,
    timeoutMs: PING_TIMEOUT_MS,
  });
  const outcome = reply.kind === "unanswered" ? reply.outcome : judgeStatus(reply);
  return outcome.kind === "sent" ? { kind: "pinged" } : { kind: "failed", reason: outcome.reason };
}

function requestOf({ vendors }: Pick<SinkDeps, "vendors">, target: HeartbeatTarget) {
  const name = encodeURIComponent(target.name);
  if (target.via === "opsgenie") {
    const origin = target.base === "opsgenie" ? vendors.opsgenie : vendors.opsgenieEu;
    return {
      url: new URL(`/v2/heartbeats/${name}/ping`, origin),
      method: "GET" as const,
      headers: { authorization: `GenieKey ${target.apiKey}` },
      secrets: [target.apiKey],
    };
  }
  const { cloudId, teamId, email, apiToken } = target;
  const team = `${encodeURIComponent(cloudId)}/v1/teams/${encodeURIComponent(teamId)}`;
  return {
    url: new URL(`/jsm/ops/api/${team}/heartbeats/ping?name=${name}`, vendors.jsm),
    method: "POST" as const,
    headers: { authorization: `Basic ${Buffer.from(`${email}:${apiToken}`).toString("base64")}` },
    secrets: [apiToken],
  };
}
