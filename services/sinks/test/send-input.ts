import type { SendInput } from "../src/sink-client.ts";
import { alertMessage } from "./incident-messages.ts";

export function sendInput<Settings>(
  settings: Settings,
  overrides: Partial<SendInput<Settings>> = {},
): SendInput<Settings> {
  return {
    sinkId: "7f3f4f0e-4f6f-4a2b-8a53-5a3e3b6f8a11",
    deliveryId: "3c1b1b8e-8f0d-4f9e-9a53-2f2f6b1f8a22",
    settings,
    message: alertMessage(),
    thread: null,
    ...overrides,
  };
}
