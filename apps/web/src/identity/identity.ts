import type { Viewer, WebContext } from "../web-env.ts";
import { setCookies } from "./call-auth.ts";
import type { Auth } from "./create-auth.ts";

/** What the dashboard asks about people. */
export interface Identity {
  /**
   * Who is signed in, by the session cookie; null for none, a forged, an expired or a revoked one. Once a day a visit
   * makes the session, and the cookie, live longer.
   */
  findViewer(c: WebContext): Promise<Viewer | null>;
}

export function createIdentity(deps: { readonly auth: Auth }): Identity {
  return {
    async findViewer(c) {
      const cookie = c.req.header("cookie");
      if (cookie === undefined) {
        return null;
      }
      const { headers, response: found } = await deps.auth.api.getSession({
        headers: new Headers({ cookie }),
        returnHeaders: true,
      });
      setCookies(c, { cookies: headers.getSetCookie() });
      return found === null
        ? null
        : {
            userId: found.user.id,
            name: found.user.name,
            email: found.user.email,
            sessionId: found.session.id,
          };
    },
  };
}
