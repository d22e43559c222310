import { expect, test } from "vitest";
import { renderOfficialClients } from "./render-extras.ts";
import { createPalette } from "./terminal-text.ts";

const plain = createPalette(false);
const nothing = { protocol_version: null, server: null, tools_count: null };

test("an absent client says how to get it, a failing one why, a connected one what it saw", () => {
  const text = renderOfficialClients(
    [
      { ...nothing, client: "v1", outcome: "not_installed", detail: "run: npm install x" },
      { ...nothing, client: "v2", outcome: "failed", detail: "HTTP 500\u001b[2J" },
      {
        client: "v3",
        outcome: "connected",
        protocol_version: "2025-11-25",
        server: null,
        tools_count: 3,
        detail: null,
      },
    ],
    plain,
  );
  expect(text).toContain("not installed: run: npm install x");
  expect(text).toContain("failed: HTTP 500�[2J");
  expect(text).toContain("connected, 2025-11-25, 3 tools");
});
