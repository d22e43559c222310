import { z } from "zod";

/**
 * Hosts of flows: Power Platform's, and those that Logic Apps gave out before. Office 365 connectors
 * (`webhook.office.com`) were retired in May 2026 and are refused with that reason.
 */
const HOSTS = /^[a-z0-9.-]{1,120}\.(?:environment\.api\.powerplatform\.com|logic\.azure\.com)$/;
const RETIRED_HOST = /(?:^|\.)(?:webhook\.office\.com|outlook\.office\.com)$/;
const PORTS = ["", "443"];

export const teamsSettings = z.object({
  url: z
    .string()
    .max(1_000)
    .superRefine((text, context) => {
      const fault = faultOf(text);
      if (fault !== null) {
        context.addIssue({ code: "custom", message: fault });
      }
    }),
});
export type TeamsSettings = z.infer<typeof teamsSettings>;

export function shownTeams({ url }: TeamsSettings): string {
  const { hostname, pathname } = new URL(url);
  const flow = /\/workflows\/([0-9a-f]+)/i.exec(pathname)?.[1] ?? "";
  return `Flow${flow === "" ? "" : ` …${flow.slice(-6)}`} on ${hostname.split(".").slice(-3).join(".")}`;
}

function faultOf(text: string): string | null {
  if (!URL.canParse(text)) {
    return "This is not a URL.";
  }
  const url = new URL(text);
  if (RETIRED_HOST.test(url.hostname)) {
    return "Microsoft retired Office 365 connectors in May 2026: make a Workflows flow and paste its URL.";
  }
  const isFlow =
    url.protocol === "https:" &&
    HOSTS.test(url.hostname) &&
    PORTS.includes(url.port) &&
    `${url.username}${url.password}${url.hash}` === "" &&
    url.pathname.includes("/triggers/") &&
    url.searchParams.has("sig");
  return isFlow ? null : "This is not the URL of a Workflows flow (…/workflows/…/triggers/…&sig=…).";
}
