import { z } from "zod";

/** Text that Postgres can hold and a page can show: no control characters, no half of a character. */
export function plainText(lengthMax: number) {
  return z
    .string()
    .trim()
    .min(1, "This may not be empty.")
    .max(lengthMax, `This may have at most ${lengthMax} characters.`)
    .regex(/^[^\p{Cc}\p{Cs}]*$/u, "This holds control characters.");
}

/** The same with line breaks and tabs; may be empty. */
export function plainLines(lengthMax: number) {
  return z
    .string()
    .max(lengthMax, `This may have at most ${lengthMax} characters.`)
    .regex(/^(?:[^\p{Cc}\p{Cs}]|[\t\r\n])*$/u, "This holds control characters.");
}
