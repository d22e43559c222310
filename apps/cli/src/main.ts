#!/usr/bin/env node
/** `alivemcp`: probe a URL from here, or ask the API about endpoints under watch. */
import { setTimeout as pause } from "node:timers/promises";
import { runProgram } from "./program.ts";
import { readInput, readSecret } from "./read-secret.ts";

const interrupted = new AbortController();
process.once("SIGINT", () => interrupted.abort());
process.exitCode = await runProgram(
  {
    env: process.env,
    print: (text) => process.stdout.write(`${text}\n`),
    printError: (text) => process.stderr.write(`${text}\n`),
    hasColor: process.stdout.isTTY === true && !process.env.NO_COLOR,
    signal: interrupted.signal,
    readSecret: (question) => readSecret({ input: process.stdin, error: process.stderr }, question),
    readInput: () => readInput(process.stdin),
    nowMs: Date.now,
    pause: (ms) => pause(ms, undefined, { signal: interrupted.signal }).catch(() => undefined),
  },
  process.argv.slice(2),
);
