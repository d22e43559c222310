import type { Alert } from "./alert.ts";
import type { AlertMessage } from "./alert-message.ts";
import type { MessageInput } from "./message-input.ts";
import type { FailureReason } from "./states.ts";

const URL_CHARS_MAX = 2_048;

/** Ours first: where to go, the status page, help; then the owner's runbook. */
export function linksOfAlert({
  alert,
  endpoint,
  incident,
  relation,
  site,
}: MessageInput): AlertMessage["links"] {
  const slug = encodeURIComponent(endpoint.slug);
  const home = `${site.appUrl}/w/${encodeURIComponent(site.workspaceSlug)}`;
  const { facts } = alert;
  const reason = helpReasonOf(alert, incident);
  const { runbookUrl } = endpoint;
  return [
    facts.kind === "incident"
      ? { label: "Incident", url: `${home}/incidents/${facts.incidentTenantId}` }
      : {
          label: "Endpoint",
          url: `${home}/endpoints/${slug}${facts.kind === "drift" ? `/drift/${facts.driftEventId}` : ""}`,
        },
    ...(endpoint.visibility === "private"
      ? []
      : [{ label: "Status page", url: `${site.publicUrl}/status/${slug}` }]),
    ...(reason === null ? [] : [{ label: "Help", url: `${site.publicUrl}/help/${reason}` }]),
    ...(relation === "owner" && runbookUrl !== null && isRunbook(runbookUrl)
      ? [{ label: "Runbook", url: runbookUrl }]
      : []),
  ];
}

function helpReasonOf({ facts }: Alert, incident: MessageInput["incident"]): FailureReason | null {
  if (facts.kind === "expiry") {
    return facts.what === "certificate" ? "tls_expired" : "credential_expiring";
  }
  return incident?.failureReason ?? null;
}

function isRunbook(url: string): boolean {
  if (url.length > URL_CHARS_MAX || !URL.canParse(url)) {
    return false;
  }
  const { protocol, username, password } = new URL(url);
  return (protocol === "https:" || protocol === "http:") && username === "" && password === "";
}
