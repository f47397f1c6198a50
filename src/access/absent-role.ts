import type { Gathered } from '../directory/directory.ts';
import { type PreparedRole, prepareResource } from '../evaluation/prepare.ts';
import { loadPolicy } from '../policy/load.ts';

const NOBODY = loadPolicy({ Version: '2012-10-17', Statement: [] }, 'trust');

/**
 * What a role that is not there is decided as: one that trusts nobody, so that nobody can tell the two apart. `arn` has to be
 * among the resources of `gathered`.
 */
export function absentRole(arn: string, gathered: Gathered): Pick<PreparedRole, 'trust'> {
  const policy = { policy: NOBODY, id: arn, name: null, arn: null };
  const { facts } = gathered.resource(arn, null).value;
  return { trust: prepareResource({ ...facts, tags: {}, policy, policyBindings: {} }) };
}
