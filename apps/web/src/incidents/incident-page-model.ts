import type { UpdateStage } from "@alivemcp/core/incident-cause";
import type { FormProblems } from "../forms/read-form.ts";
import type { DecisionLine } from "./decision-list.ts";
import type { IncidentLine } from "./incidents-model.ts";
import type { TimelineEntry } from "./timeline.ts";

/** What the owner of an endpoint told the public. */
export interface PublicUpdate {
  readonly atMs: number;
  readonly stage: UpdateStage;
  readonly body: string;
  readonly who: string | null;
}

/** Everything that the page of one incident shows. */
export interface IncidentPageModel {
  readonly incident: IncidentLine;
  /** One line each: "Down", "Slow from London". */
  readonly causes: readonly string[];
  readonly severityWorst: IncidentLine["severity"];
  /** Help on the failure reason; null: there is none. */
  readonly help: { readonly title: string; readonly meaning: string; readonly url: string } | null;
  readonly runbookUrl: string | null;
  readonly openedAtMs: number;
  readonly acknowledgedAtMs: number | null;
  readonly mutedBy: string | null;
  readonly firstAcceptedAtMs: number | null;
  readonly others: readonly {
    readonly id: string;
    readonly endpointName: string;
    readonly isOpen: boolean;
  }[];
  /** What the group has in common, in words. */
  readonly groupCause: string | null;
  readonly escalation: { readonly policyName: string; readonly stepsDone: number } | null;
  readonly timeline: readonly TimelineEntry[];
  readonly decisions: readonly DecisionLine[];
  readonly updates: readonly PublicUpdate[];
  /** Public status page of the endpoint; null where the public does not see it. */
  readonly statusPageUrl: string | null;
  readonly may: { readonly respond: boolean; readonly publish: boolean };
  readonly form: {
    readonly comment: string;
    readonly stage: UpdateStage;
    readonly body: string;
    /** The update is shown as the public would see it, to be sent or changed. */
    readonly isPreview: boolean;
    /** The stage is "resolved", and our probes see it otherwise. */
    readonly mustConfirm: boolean;
    readonly problems: FormProblems;
  };
  readonly base: string;
  readonly digest: string;
  readonly nowMs: number;
}
