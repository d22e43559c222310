import { AppError } from "./app-error.ts";

/** What every HTTP app answers where it has no route: throws `not_found`, for the app's own shape of errors. */
export function refuseUnknownRoute(): never {
  throw new AppError({
    code: "not_found",
    internal: "no such route",
    public: "There is nothing at this address.",
  });
}
