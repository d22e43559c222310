import type { SinkSetup } from "../sink-setup.ts";

export const NTFY_SETUP: SinkSetup = {
  kind: "ntfy",
  intro:
    "A push message to phone or desktop, by ntfy.sh or by a server of your own that the internet can reach.",
  ways: [
    {
      id: "topic",
      label: "Topic",
      steps: [
        "Choose a topic that nobody guesses, and subscribe to it in the ntfy app.",
        "On a server that protects its topics, make an access token that may publish.",
      ],
      fields: [
        {
          name: "topic",
          label: "Topic",
          help: "Who knows it can read along: treat it as a password. Kept sealed, never shown again.",
          type: "secret",
          isRequired: true,
          placeholder: "",
          options: [],
        },
        {
          name: "server",
          label: "Server (optional)",
          help: "https://ntfy.sh unless you run your own.",
          type: "url",
          isRequired: false,
          placeholder: "https://ntfy.sh",
          options: [],
        },
        {
          name: "token",
          label: "Access token (optional)",
          help: "For protected topics; begins with tk_. Kept sealed, never shown again.",
          type: "secret",
          isRequired: false,
          placeholder: "tk_…",
          options: [],
        },
      ],
      fixed: {},
      by: "form",
      needs: null,
    },
  ],
  proof: "We publish a code to the topic. Type it here within 15 minutes.",
};
