import type { SinkSetup } from "../sink-setup.ts";

export const TEAMS_SETUP: SinkSetup = {
  kind: "teams",
  intro:
    "A card per change in a Teams channel or chat. Teams gives no way to edit a card later. The flow belongs to the person who made it and ends with that account: make it with one that stays.",
  ways: [
    {
      id: "workflow",
      label: "Workflows",
      steps: [
        "In Teams open the channel's menu (…), then Workflows.",
        "Choose the template that posts to a channel when a webhook request is received.",
        "Pick the team and the channel, press Add workflow, then copy the URL and paste it here.",
      ],
      fields: [
        {
          name: "url",
          label: "Workflow URL",
          help: "Ends in sig=…, which is its key. Kept sealed, never shown again.",
          type: "secret",
          isRequired: true,
          placeholder: "https://….environment.api.powerplatform.com/…/triggers/manual/paths/invoke?…&sig=…",
          options: [],
        },
      ],
      fixed: {},
      by: "form",
      needs: null,
    },
  ],
  proof: "We post a card with a code. Type it here within 15 minutes.",
};
