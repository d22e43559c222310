import { expect, test } from "vitest";
import { stepStarts, waterfall } from "./waterfall.ts";

test("steps follow each other, and the first HTTP answer lies inside the handshake", () => {
  const steps = [
    { step: "dns", ms: 5 },
    { step: "tcp", ms: 10 },
    { step: "http", ms: 20 },
    { step: "handshake", ms: 25 },
    { step: "initialized", ms: null },
    { step: "tools_list", ms: 8 },
  ] as const;
  expect(stepStarts(steps)).toEqual([0, 5, 15, 15, 40, 40]);
});

test("health URLs begin together, and what follows them begins when the last one answered", () => {
  const steps = [
    { step: "tools_list", ms: 10 },
    { step: "health_url", ms: 30 },
    { step: "health_url", ms: 50 },
    { step: "health_url", ms: 20 },
    { step: "close", ms: 5 },
  ] as const;
  expect(stepStarts(steps)).toEqual([0, 10, 10, 10, 60]);
});

test("a step too short to be seen still has a mark, a step that did not run has none", () => {
  const table = String(
    waterfall(
      [
        { step: "tcp", ms: 0.01, ok: true, detail: null },
        { step: "tls", ms: null, ok: false, detail: "reset" },
        { step: "handshake", ms: 900, ok: true, detail: null },
      ],
      "Steps",
    ),
  );
  expect(table.match(/class="took"/g)).toHaveLength(2);
  expect(table).toContain('class="took" x="0%" width="0.6%"');
  expect(table).toContain("< 1 ms".replace("<", "&lt;"));
  expect(table).toContain('<span class="visually-hidden">failed</span>');
});
