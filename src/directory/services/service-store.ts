import type { MadeChange } from '../change.ts';
import type { OwnServiceInput } from '../document.ts';
import type { ChangeOptions } from '../entities/change-options.ts';
import type { NewAuditEvent } from '../stores/audit-store.ts';
import type { OwnService } from './own-service.ts';

/** What a change of a service has made, or, in a dry run, would make. */
export type SavedService = Pick<MadeChange<unknown>, 'revision' | 'touched'>;

/** The services of applications, beside those of AWS. */
export interface ServiceStore {
  /** All of them, in the order of their prefixes. */
  list(): Promise<readonly OwnService[]>;
  /** Prefixes of those that AWS has by now, too. The own service counts until it is removed. */
  readonly hiding: readonly string[];
  /**
   * A new one. Throws EntityAlreadyExists; LimitExceeded; Conflict; and InvalidInput, whose field is that of `input`,
   * for a prefix that nobody can have and for what does not fit together.
   */
  register(service: OwnServiceInput, event?: NewAuditEvent, options?: ChangeOptions): Promise<SavedService>;
  /** Puts the whole definition in the place of the former one. Throws NoSuchEntity, LimitExceeded, Conflict and InvalidInput. */
  update(service: OwnServiceInput, event?: NewAuditEvent, options?: ChangeOptions): Promise<SavedService>;
  /** Its actions are unknown from now on; policies that name them, and resources, stay. Throws NoSuchEntity and Conflict. */
  remove(prefix: string, event?: NewAuditEvent, options?: ChangeOptions): Promise<SavedService>;
}
