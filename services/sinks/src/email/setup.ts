import type { SinkSetup } from "../sink-setup.ts";

export const EMAIL_SETUP: SinkSetup = {
  kind: "email",
  intro: "One thread per incident. Every mail can be ended by its recipient with one press.",
  ways: [
    {
      id: "address",
      label: "Address",
      steps: ["Enter one address: a person's, or a list's that accepts mail from outside."],
      fields: [
        {
          name: "address",
          label: "E-mail address",
          help: "Nothing but the confirmation goes there before it is confirmed.",
          type: "email",
          isRequired: true,
          placeholder: "oncall@example.com",
          options: [],
        },
      ],
      fixed: {},
      by: "form",
      needs: null,
    },
  ],
  proof: "We mail a link. Open it within 24 hours and press the button there.",
};
