import type { SinkSetup } from "../sink-setup.ts";

export const DISCORD_SETUP: SinkSetup = {
  kind: "discord",
  intro:
    "One message per incident, edited as things change, and another when it gets worse. It never mentions anybody.",
  ways: [
    {
      id: "webhook",
      label: "Webhook",
      steps: [
        "In Discord open the channel's settings, then Integrations, Webhooks, New Webhook.",
        "Press Copy Webhook URL and paste it here.",
      ],
      fields: [
        {
          name: "url",
          label: "Webhook URL",
          help: "Who has it can post to the channel. Kept sealed, never shown again.",
          type: "secret",
          isRequired: true,
          placeholder: "https://discord.com/api/webhooks/…",
          options: [],
        },
        {
          name: "threadId",
          label: "Thread ID (optional)",
          help: "For a thread, and needed for a forum channel. Developer Mode shows it: right-click the thread, Copy Thread ID.",
          type: "text",
          isRequired: false,
          placeholder: "",
          options: [],
        },
      ],
      fixed: {},
      by: "form",
      needs: null,
    },
  ],
  proof: "We post a code to the channel. Type it here within 15 minutes.",
};
