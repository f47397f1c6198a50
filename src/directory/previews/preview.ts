import type { PreparedResource } from '../../evaluation/prepare.ts';
import type { Touched } from '../apply/touched.ts';
import type { AskedDirectory, Revision } from '../directory.ts';
import type { ChangeOptions } from '../entities/change-options.ts';
import type { ChangeStep } from '../entities/entity-store.ts';

/** Others have changed the directory since the preview began: what is read now belongs to another state. */
export class StateHasMoved extends Error {
  constructor() {
    super('the directory was changed since the preview began');
  }
}

/** Whom and what changes concern. */
export interface Concerned {
  /** ARNs of the users and roles whose own policies, or those above them, are touched; users before roles. */
  readonly principals: readonly string[];
  /** ARNs of resources and roles on which access can be decided differently, whoever asks for it. */
  readonly bearers: readonly string[];
}

/** Changes that are tried, and what they are tried on. Its promises reject with StateHasMoved once others have changed the directory. */
export interface Preview {
  /** The state before the changes. */
  readonly revision: Revision;
  /** Each entity once. */
  readonly touched: readonly Touched[];
  /** ARN or id of the entity that each change is about, in the order of the changes. */
  readonly names: readonly string[];
  /** The directory as it would be. Its revision is that before the changes: nothing is stored. */
  readonly after: AskedDirectory;
  /** Whom and what the changes concern, whatever their effect is; at most `most` of each kind. */
  concerned(most: number): Promise<Concerned>;
  /**
   * ARNs of users and roles that some policies of resources or roles name, or may name: stored ones, and all that the changes touch.
   * Users before roles, at most `most`.
   */
  namedBy(values: readonly PreparedResource[], most: number): Promise<readonly string[]>;
  /** Those of some accounts that are stored, or touched by the changes. */
  accountsAmong(ids: readonly string[]): Promise<ReadonlySet<string>>;
}

/** Changes that are tried, and never stored. */
export interface PreviewStore {
  /** Throws as EntityStore.make. */
  begin(steps: readonly ChangeStep[], options?: ChangeOptions): Promise<Preview>;
}
