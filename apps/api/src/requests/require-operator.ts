import { AppError } from "@alivemcp/core/app-error";
import type { MiddlewareHandler } from "hono";
import type { ApiEnv } from "../api-env.ts";

/** Lets the operator key pass and no other. */
export const requireOperator: MiddlewareHandler<ApiEnv> = async (c, next) => {
  if (c.var.caller.actor.kind !== "operator") {
    throw new AppError({
      code: "forbidden",
      internal: "no operator",
      public: "This is for whoever runs the installation: send the operator key.",
    });
  }
  await next();
};
