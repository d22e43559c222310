import type { SinkSetup } from "../sink-setup.ts";

export const JSM_SETUP: SinkSetup = {
  kind: "jsm",
  intro:
    "An incident here is one alert in Jira Service Management or Opsgenie: created, acknowledged and closed together, with a note for every change; when it gets worse, another of higher priority takes its place, so that somebody is notified. The Opsgenie API ends on 5 April 2027; its alerts move to Jira Service Management with another key.",
  ways: [
    {
      id: "key",
      label: "API integration",
      steps: [
        "In Jira Service Management open Operations, your team, then Integrations, and add an API integration (in Opsgenie: Settings, Integrations).",
        "Allow it to create and update alerts, switch it on, and copy its API key.",
      ],
      fields: [
        {
          name: "apiKey",
          label: "API key",
          help: "Of the integration, not of your Atlassian account. Kept sealed, never shown again.",
          type: "secret",
          isRequired: true,
          placeholder: "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx",
          options: [],
        },
        {
          name: "base",
          label: "Product",
          help: "Where the integration lives.",
          type: "select",
          isRequired: true,
          placeholder: "",
          options: [
            { value: "jsm", label: "Jira Service Management" },
            { value: "opsgenie", label: "Opsgenie" },
            { value: "opsgenie-eu", label: "Opsgenie (EU)" },
          ],
        },
      ],
      fixed: {},
      by: "form",
      needs: null,
    },
  ],
  proof:
    "We create a test alert of priority P5 that shows a code. Type it here within 15 minutes, then close that alert.",
};
