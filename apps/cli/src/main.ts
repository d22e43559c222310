#!/usr/bin/env node
/** `alivemcp`: probe a URL from here, or ask the API about endpoints under watch. */
import { runProgram } from "./program.ts";

const interrupted = new AbortController();
process.once("SIGINT", () => interrupted.abort());
process.exitCode = await runProgram(
  {
    env: process.env,
    print: (text) => process.stdout.write(`${text}\n`),
    printError: (text) => process.stderr.write(`${text}\n`),
    hasColor: process.stdout.isTTY === true && !process.env.NO_COLOR,
    signal: interrupted.signal,
  },
  process.argv.slice(2),
);
