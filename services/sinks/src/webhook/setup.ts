import type { SinkSetup } from "../sink-setup.ts";

export const WEBHOOK_SETUP: SinkSetup = {
  kind: "webhook",
  intro:
    "A signed POST with one event in JSON to a server of yours, by Standard Webhooks: webhook-id stays the same at every try, and only 2xx counts as received.",
  ways: [
    {
      id: "url",
      label: "URL",
      steps: [
        "Enter an https URL that the internet can reach. Redirects are not followed.",
        "Copy the signing secret, which is shown once, and verify signatures with any Standard Webhooks library.",
        "Answer the event endpoint.verification with 200 and its challenge, or type the challenge back here.",
      ],
      fields: [
        {
          name: "url",
          label: "URL",
          help: "Its path and query are kept sealed; only the host is shown again.",
          type: "url",
          isRequired: true,
          placeholder: "https://example.com/hooks/alivemcp",
          options: [],
        },
      ],
      fixed: {},
      by: "form",
      needs: null,
    },
  ],
  proof:
    "We post a random challenge. A 2xx answer whose JSON body holds it proves the URL at once; otherwise type the challenge here within 15 minutes.",
};
