import type { Access } from '../access/access.ts';
import type { Work } from '../access/work.ts';
import type { Catalog } from '../catalog/catalog.ts';
import type { OpenDirectory } from '../directory/prisma/open-directory.ts';
import type { CallOrigin } from '../session/call.ts';
import type { Caller } from '../session/caller.ts';
import type { Watch } from './watch.ts';

/** The services that guards use; the same for all requests. */
export interface GuardServices {
  readonly access: Access;
  readonly directory: OpenDirectory;
  readonly catalog: Catalog;
  /** Left out: nobody watches. */
  readonly watch?: Watch | undefined;
}

/** The caller, time and origin of a request: given to every guard, behind any door. */
export interface GuardContext extends GuardServices {
  readonly caller: Caller;
  /** Milliseconds since 1970, read once: everything in the request is decided at this instant. */
  readonly now: number;
  /** Where the request comes from, as the server sees it. */
  readonly origin: CallOrigin;
  /** Identifies the request: the parts of one request find their shared state by this object. */
  readonly request: object;
  /** The work of the request. Left out: what takes long is work of its own. */
  readonly work?: Work | undefined;
}
