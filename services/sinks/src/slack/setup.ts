import type { SinkSetup } from "../sink-setup.ts";

export const SLACK_SETUP: SinkSetup = {
  kind: "slack",
  intro:
    "One message per incident in a channel of yours. With the app or a bot it is edited as things change, and another is posted when it gets worse; an incoming webhook can only post, so that every change is a message of its own.",
  ways: [
    {
      id: "install",
      label: "Add to Slack",
      steps: [
        "Press the button. Slack asks which workspace and which channel.",
        "For a private channel, invite the app there afterwards (/invite), so that it can edit its messages.",
      ],
      fields: [],
      fixed: { via: "install" },
      by: "install",
      needs: "slack-app",
    },
    {
      id: "webhook",
      label: "Incoming webhook",
      steps: [
        "Open api.slack.com/apps, create an app for your workspace (or open one that you have).",
        "Under Incoming Webhooks, switch them on and press Add New Webhook to Workspace.",
        "Choose the channel, then copy the Webhook URL and paste it here.",
      ],
      fields: [
        {
          name: "url",
          label: "Webhook URL",
          help: "Begins with https://hooks.slack.com/services/. Who has it can post to the channel: we keep it sealed and never show it again.",
          type: "secret",
          isRequired: true,
          placeholder: "https://hooks.slack.com/services/T…/B…/…",
          options: [],
        },
      ],
      fixed: { via: "webhook" },
      by: "form",
      needs: null,
    },
    {
      id: "token",
      label: "A bot of your own",
      steps: [
        "In your app at api.slack.com/apps, give the bot the scope chat:write under OAuth & Permissions, and install it.",
        "Invite the bot to the channel: /invite @yourbot.",
        "Copy the Bot User OAuth Token, and the channel's ID from the end of its details.",
      ],
      fields: [
        {
          name: "token",
          label: "Bot User OAuth Token",
          help: "Begins with xoxb-. Kept sealed, never shown again.",
          type: "secret",
          isRequired: true,
          placeholder: "xoxb-…",
          options: [],
        },
        {
          name: "channel",
          label: "Channel ID",
          help: "Not its name: the ID at the end of the channel's details.",
          type: "text",
          isRequired: true,
          placeholder: "C0123456789",
          options: [],
        },
      ],
      fixed: { via: "token" },
      by: "form",
      needs: null,
    },
  ],
  proof:
    "We post a code to the channel. Type it here within 15 minutes. Installing the app proves the channel by itself.",
};
