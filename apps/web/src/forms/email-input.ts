import { isMailAddress } from "@alivemcp/runtime/mail";
import { z } from "zod";

/** An address as it is stored and compared: lower-case, and one that a mail can be sent to. */
export const emailInput = z
  .string({ error: "Give an e-mail address." })
  .trim()
  .toLowerCase()
  .max(254, "This address is too long.")
  .pipe(z.email("This is not an e-mail address.").refine(isMailAddress, "This is not an e-mail address."));
