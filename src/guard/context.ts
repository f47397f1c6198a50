import type { Access } from '../access/access.ts';
import type { Catalog } from '../catalog/catalog.ts';
import type { OpenDirectory } from '../directory/prisma/open-directory.ts';
import type { CallOrigin } from '../session/call.ts';
import type { Caller } from '../session/caller.ts';

/** What the guards stand on; the same for all requests. */
export interface GuardServices {
  readonly access: Access;
  readonly directory: OpenDirectory;
  readonly catalog: Catalog;
}

/** Who asks, when and from where: what every guard is given, at whatever door. */
export interface GuardContext extends GuardServices {
  readonly caller: Caller;
  /** Milliseconds since 1970, taken once: everything in the request is decided at this instant. */
  readonly now: number;
  /** Where the request comes from, as the server sees it. */
  readonly origin: CallOrigin;
  /** The request, as an identity only: by it, what belongs to one request finds what it shares. */
  readonly request: object;
}
