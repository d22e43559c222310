import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { readAssets } from "./read-assets.ts";

const { embedScript, css } = readAssets();

test("the embed script is at most 3 KB gzipped and loads nothing else", () => {
  expect(gzipSync(embedScript.body).length).toBeLessThanOrEqual(3 * 1024);
  expect(embedScript.body).not.toMatch(/\bimport\b|document\.write|eval|innerHTML/);
});

test("the style sheet loads nothing from anywhere", () => {
  expect(css.body).not.toMatch(/@import|https?:/);
});
