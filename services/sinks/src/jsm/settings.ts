import { z } from "zod";

/** The three speak the same API; only where it is differs. Opsgenie's ends on 2027-04-05. */
export const JSM_BASES = ["jsm", "opsgenie", "opsgenie-eu"] as const;
export type JsmBase = (typeof JSM_BASES)[number];

export const jsmSettings = z.object({
  apiKey: z
    .string()
    .regex(
      /^[A-Za-z0-9-]{20,120}$/,
      "This is not the API key of an API integration of Jira Service Management.",
    ),
  base: z.enum(JSM_BASES).default("jsm"),
});
export type JsmSettings = z.infer<typeof jsmSettings>;

const LABELS: Readonly<Record<JsmBase, string>> = {
  jsm: "Jira Service Management",
  opsgenie: "Opsgenie",
  "opsgenie-eu": "Opsgenie (EU)",
};

export function shownJsm({ apiKey, base }: JsmSettings): string {
  return `${LABELS[base]}, key …${apiKey.slice(-4)}`;
}
