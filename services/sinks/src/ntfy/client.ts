import { callVendor, judgeStatus } from "../call-vendor.ts";
import type { SendInput, SendOutcome, SinkClient, SinkDeps } from "../sink-client.ts";
import { renderNtfy } from "./render.ts";
import { type NtfySettings, ntfySettings, shownNtfy } from "./settings.ts";

/** A topic is there as soon as somebody writes to it: there is nothing to ask. */
export const ntfyClient: SinkClient<NtfySettings> = {
  kind: "ntfy",
  settings: ntfySettings,
  shown: shownNtfy,
  send,
  recheck: null,
};

async function send(deps: SinkDeps, { settings, message }: SendInput<NtfySettings>): Promise<SendOutcome> {
  const { server, topic, token } = settings;
  const reply = await callVendor(deps, {
    url: new URL(server),
    method: "POST",
    headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
    body: renderNtfy(message, topic),
    contentType: "application/json",
    secrets: [topic, ...(token === undefined ? [] : [token])],
    isHostEntered: true,
  });
  return reply.kind === "unanswered" ? reply.outcome : judgeStatus(reply);
}
