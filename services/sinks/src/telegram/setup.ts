import type { SinkSetup } from "../sink-setup.ts";

export const TELEGRAM_SETUP: SinkSetup = {
  kind: "telegram",
  intro:
    "One message per incident, edited as things change, and another when it gets worse. Outages ring, everything else arrives silently.",
  ways: [
    {
      id: "chat",
      label: "Our bot",
      steps: [
        "Open this installation's bot in Telegram and press Start; for a group, add the bot to it and send /start there.",
        "The bot answers with the ID of the chat. Enter it here.",
      ],
      fields: [
        {
          name: "chatId",
          label: "Chat ID",
          help: "As the bot told it; groups have a minus in front.",
          type: "text",
          isRequired: true,
          placeholder: "-1001234567890",
          options: [],
        },
        {
          name: "topicId",
          label: "Topic ID (optional)",
          help: "For one topic of a group with topics.",
          type: "text",
          isRequired: false,
          placeholder: "",
          options: [],
        },
      ],
      fixed: {},
      by: "form",
      needs: "telegram-bot",
    },
  ],
  proof: "The bot posts a code to the chat. Type it here within 15 minutes.",
};
