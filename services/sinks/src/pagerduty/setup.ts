import type { SetupField, SinkSetup } from "../sink-setup.ts";

const WEBHOOK_SECRET: SetupField = {
  name: "webhookSecret",
  label: "Webhook secret (optional)",
  help: "Lets an acknowledgement in PagerDuty count here too. After saving, add a Generic Webhook (v3) in PagerDuty with the address that this sink's page shows and the events incident.acknowledged, incident.unacknowledged and incident.resolved, then enter the secret that PagerDuty showed.",
  type: "secret",
  isRequired: false,
  placeholder: "",
  options: [],
};

export const PAGERDUTY_SETUP: SinkSetup = {
  kind: "pagerduty",
  intro:
    "An incident here is one incident in PagerDuty: triggered, acknowledged and resolved together. Drift of a tool list arrives as a change event, which pages nobody.",
  ways: [
    {
      id: "key",
      label: "Integration key",
      steps: [
        "In PagerDuty open the service, then Integrations, and add the integration Events API V2.",
        "Copy its Integration Key and paste it here.",
      ],
      fields: [
        {
          name: "routingKey",
          label: "Integration key",
          help: "32 letters and digits. Kept sealed, never shown again.",
          type: "secret",
          isRequired: true,
          placeholder: "",
          options: [],
        },
        {
          name: "region",
          label: "Service region",
          help: "EU when your address is *.eu.pagerduty.com.",
          type: "select",
          isRequired: true,
          placeholder: "",
          options: [
            { value: "us", label: "US" },
            { value: "eu", label: "EU" },
          ],
        },
        WEBHOOK_SECRET,
      ],
      fixed: {},
      by: "form",
      needs: null,
    },
  ],
  proof:
    "We trigger a test incident of severity info that shows a code. Type it here within 15 minutes, then resolve that incident.",
};
