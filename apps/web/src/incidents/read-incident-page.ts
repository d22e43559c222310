import { listEscalationPolicies } from "@alivemcp/actions/escalations/change-escalation-policy";
import { findGroupCause } from "@alivemcp/actions/incidents/find-group-cause";
import { getIncident, type IncidentReading } from "@alivemcp/actions/incidents/get-incident";
import { listToldSinks } from "@alivemcp/actions/incidents/list-told-sinks";
import { listMembers } from "@alivemcp/actions/members/list-members";
import { getWatched } from "@alivemcp/actions/watched/get-watched";
import { UPDATE_STAGES, type UpdateStage } from "@alivemcp/core/incident-cause";
import { decidePermission } from "@alivemcp/core/permissions";
import { publicHelp } from "@alivemcp/core/public-help";
import { sharedCauseWords } from "@alivemcp/core/shared-cause";
import { cityOf } from "../city-of.ts";
import type { Deps } from "../deps.ts";
import { type FormProblems, postedText } from "../forms/read-form.ts";
import type { WebContext } from "../web-env.ts";
import { actorName } from "./actor-names.ts";
import { causeWords, failureReasonOf } from "./cause-words.ts";
import { incidentDigest } from "./incident-digest.ts";
import type { IncidentPageModel } from "./incident-page-model.ts";
import { toDecisionLine } from "./to-decision-line.ts";
import { type IncidentNames, toIncidentLine } from "./to-incident-line.ts";
import { toTimeline } from "./to-timeline.ts";

/** Everything that the page of one incident shows, with what was typed when a form of it was posted. */
export async function readIncidentPage(
  deps: Deps,
  c: WebContext,
  problems: FormProblems,
): Promise<IncidentPageModel> {
  const { caller, tenant } = c.var.workspace;
  const reading = await getIncident(deps, caller, c.req.param("incident") ?? "");
  const { incident, timeline, updates, together } = reading;
  const [{ reading: watched, own }, members, told, cause, policies] = await Promise.all([
    getWatched(deps, caller, incident.endpointSlug),
    listMembers(deps, caller),
    listToldSinks(deps, caller, [incident.id]),
    incident.groupId === null ? null : findGroupCause(deps, caller, incident.groupId),
    listEscalationPolicies(deps, caller),
  ]);
  const names: IncidentNames = { members, sinks: sinksIn(reading), cityOf: cityOf(deps.regions) };
  const base = `/w/${tenant.slug}`;
  const may = (action: "incident.respond" | "incident.publish") =>
    decidePermission(caller.actor, action).kind === "allowed";
  const { visibility, slug } = watched.endpoint;
  return {
    incident: toIncidentLine(incident, names, {
      toldWhom: told.get(incident.id) ?? [],
      together: together.length,
    }),
    causes: incident.causes.map((cause) => causeWords(cause, names.cityOf)),
    severityWorst: incident.severityWorst,
    help: helpOf(incident.failureReason, deps.site.publicUrl),
    runbookUrl: own?.runbookUrl ?? null,
    openedAtMs: incident.openedAtMs,
    acknowledgedAtMs: incident.acknowledgedAtMs,
    mutedBy: actorName(incident.mutedBy, names),
    firstAcceptedAtMs: incident.firstAcceptedAtMs,
    others: together
      .filter(({ id }) => id !== incident.id)
      .map((one) => ({ id: one.id, endpointName: one.endpointName, isOpen: one.resolvedAtMs === null })),
    groupCause: cause === null ? null : sharedCauseWords(cause),
    escalation: escalationOf(incident, policies),
    timeline: toTimeline(timeline, names, base),
    decisions: timeline
      .flatMap((entry) => (entry.kind === "decision" ? [toDecisionLine(entry.decision)] : []))
      .toReversed(),
    updates: updates.map(({ at, stage, body, writtenBy }) => ({
      atMs: at.getTime(),
      stage,
      body,
      who: actorName(writtenBy, names),
    })),
    statusPageUrl: visibility === "private" ? null : `${deps.site.publicUrl}/status/${slug}`,
    may: {
      respond: may("incident.respond"),
      publish: incident.isOwn && visibility !== "private" && may("incident.publish"),
    },
    form: await postedForm(c, { problems, stage: updates.at(-1)?.stage ?? "investigating" }),
    base,
    digest: incidentDigest(reading),
    nowMs: deps.clock.nowMs(),
  };
}

/** What was typed; `stage` is offered where nothing was. */
async function postedForm(
  c: WebContext,
  fresh: { readonly problems: FormProblems; readonly stage: UpdateStage },
): Promise<IncidentPageModel["form"]> {
  const { problems } = fresh;
  const isPosted = c.req.method === "POST";
  const text = async (name: string) => (isPosted ? await postedText(c, name) : "");
  const stage = await text("stage");
  const isUpdate = stage !== "";
  return {
    comment: isUpdate ? "" : await text("comment"),
    stage: UPDATE_STAGES.find((one) => one === stage) ?? fresh.stage,
    body: await text("body"),
    isPreview: isUpdate && problems.body === undefined && problems.stage === undefined,
    mustConfirm: problems.confirm !== undefined,
    problems,
  };
}

function escalationOf(
  { escalationPolicyId, escalationStep }: IncidentReading["incident"],
  policies: readonly { readonly id: string; readonly name: string }[],
): IncidentPageModel["escalation"] {
  const policy = policies.find(({ id }) => id === escalationPolicyId);
  return policy === undefined ? null : { policyName: policy.name, stepsDone: escalationStep };
}

function helpOf(reason: string | null, publicUrl: string): IncidentPageModel["help"] {
  const known = failureReasonOf(reason);
  return known === null ? null : { ...pick(publicHelp(known)), url: `${publicUrl}/help/${known}` };
}

const pick = ({ title, meaning }: { readonly title: string; readonly meaning: string }) => ({
  title,
  meaning,
});

/** Sinks that the timeline speaks of: somebody may have answered from one. */
const sinksIn = ({ timeline }: IncidentReading) =>
  timeline.flatMap((entry) =>
    entry.kind === "delivery" ? [{ id: entry.delivery.sinkId, name: entry.delivery.sinkName }] : [],
  );
