import type { Gathered } from '../directory/directory.ts';
import { type PreparedRole, prepareResource } from '../evaluation/prepare.ts';
import { loadPolicy } from '../policy/load.ts';

const NOBODY = loadPolicy({ Version: '2012-10-17', Statement: [] }, 'trust');

/**
 * Replaces a role that does not exist in a decision: it trusts nobody, so that nobody can tell the two apart. `arn` must be
 * among the resources of `gathered`.
 */
export function absentRole(arn: string, gathered: Gathered): Pick<PreparedRole, 'trust'> {
  const policy = { policy: NOBODY, id: arn, name: null, arn: null };
  const { facts } = gathered.resource(arn, null).value;
  return { trust: prepareResource({ ...facts, tags: {}, policy, policyBindings: {} }) };
}
