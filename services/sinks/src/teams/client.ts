import { callVendor, judgeStatus, type VendorAnswer } from "../call-vendor.ts";
import type { SendInput, SendOutcome, SinkClient, SinkDeps } from "../sink-client.ts";
import { renderTeams } from "./render.ts";
import { shownTeams, type TeamsSettings, teamsSettings } from "./settings.ts";

/** A flow cannot be asked without being run. */
export const teamsClient: SinkClient<TeamsSettings> = {
  kind: "teams",
  settings: teamsSettings,
  shown: shownTeams,
  send,
  recheck: null,
};

async function send(deps: SinkDeps, { settings, message }: SendInput<TeamsSettings>): Promise<SendOutcome> {
  const entered = new URL(settings.url);
  const { pathname, search, searchParams } = entered;
  const { teams } = deps.vendors;
  const reply = await callVendor(deps, {
    url: teams === null ? entered : new URL(`${pathname}${search}`, teams),
    method: "POST",
    body: renderTeams(message),
    contentType: "application/json",
    secrets: [searchParams.get("sig") ?? settings.url],
    isHostEntered: true,
  });
  return reply.kind === "unanswered" ? reply.outcome : judge(reply);
}

/**
 * 202 says that the flow started, not that it posted. A flow that is switched off answers 400 with `WorkflowTriggerIsNotEnabled`
 * or like words; a flow whose owner left is gone.
 */
function judge(reply: VendorAnswer): SendOutcome {
  const { status, text, answer } = reply;
  if (status === 400 && /NotEnabled|WorkflowNotFound|Disabled|Suspended/i.test(text)) {
    return { kind: "permanent", answer, reason: "gone", isSinkDead: true };
  }
  return judgeStatus(reply);
}
