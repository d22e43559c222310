/** What a message is built from. */
import type { Alert } from "./alert.ts";
import type { AlertEvent } from "./alert-event.ts";
import type { AlertMessage } from "./alert-message.ts";
import type { Visibility } from "./endpoint-input.ts";
import type { Incident } from "./incident.ts";

export interface MessageInput {
  readonly alert: Alert;
  /** As routed to this sink: the first message of an incident there is its opening. */
  readonly event: AlertEvent;
  readonly endpoint: {
    readonly slug: string;
    readonly name: string;
    readonly group: string | null;
    readonly tags: readonly string[];
    readonly visibility: Visibility;
    readonly runbookUrl: string | null;
  };
  /** Group, tags and runbook are the owner's. */
  readonly relation: "owner" | "follower";
  readonly incident:
    | (Incident & {
        readonly acknowledgedAtMs: number | null;
        readonly update: NonNullable<AlertMessage["incident"]>["update"];
        readonly endpointsTogether: number;
      })
    | null;
  readonly site: MessageSite;
}

/** Where our own pages are. */
export interface MessageSite {
  /** Dashboard, without a slash at the end. */
  readonly appUrl: string;
  /** Status and help pages, likewise. */
  readonly publicUrl: string;
  /** Of the workspace that is told. */
  readonly workspaceSlug: string;
  readonly cityOf: (region: string) => string;
}
