import type { Revision } from '../directory.ts';
import type { OwnServiceInput } from '../document.ts';
import type { NewAuditEvent } from '../stores/audit-store.ts';
import type { OwnService } from './own-service.ts';

/** The services of applications, beside those of AWS. */
export interface ServiceStore {
  /** All of them, in the order of their prefixes. */
  list(): Promise<readonly OwnService[]>;
  /** Prefixes of those that AWS has by now, too. The own service counts until it is removed. */
  readonly hiding: readonly string[];
  /**
   * A new one. Returns the revision. Throws EntityAlreadyExists; LimitExceeded; and InvalidInput, whose field is that of `input`,
   * for a prefix that nobody can have and for what does not fit together.
   */
  register(service: OwnServiceInput, event?: NewAuditEvent): Promise<Revision>;
  /** Puts the whole definition in the place of the former one. Throws NoSuchEntity, LimitExceeded and InvalidInput. */
  update(service: OwnServiceInput, event?: NewAuditEvent): Promise<Revision>;
  /** Its actions are unknown from now on; policies that name them, and resources, stay. Throws NoSuchEntity. */
  remove(prefix: string, event?: NewAuditEvent): Promise<Revision>;
}
