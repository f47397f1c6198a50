import type { Gathered } from '../directory/directory.ts';
import type { AttachedPolicy } from '../evaluation/applicable-policies.ts';
import { type PreparedPrincipal, preparePolicies, preparePrincipal } from '../evaluation/prepare.ts';
import { loadPolicy } from '../policy/load.ts';
import type { PrincipalRef } from '../policy/principal-id.ts';

const EVERYTHING: AttachedPolicy = {
  policy: loadPolicy(
    { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] },
    'identity',
  ),
  id: '',
  name: null,
  arn: null,
};

/** An account id that AWS never issues. */
const NOBODYS = '000000000000';

type RootRef = PrincipalRef & { readonly kind: 'root' };

/** The root user of an account, with which the directory stores the facts about the account. */
export function rootOf(accountId: string, partition: string): RootRef {
  return { kind: 'root', arn: `arn:${partition}:iam::${accountId}:root`, accountId };
}

/** A principal of the account that may do everything, as far as the account's own policies are concerned. */
export function administratorOf(root: RootRef, gathered: Gathered): PreparedPrincipal {
  const arn = `${root.arn.slice(0, -'root'.length)}user/`;
  return outsideUser({ kind: 'user', arn, accountId: root.accountId }, root, gathered, true);
}

/** A signed-in principal of an account that no policy names. */
export function stranger(partition: string): PreparedPrincipal {
  const arn = `${rootOf(NOBODYS, partition).arn.slice(0, -'root'.length)}user/`;
  const policies = preparePolicies({ identity: [EVERYTHING], boundary: null, serviceControl: null });
  const inAccount = { accountId: NOBODYS, partition, organization: null };
  return preparePrincipal({ kind: 'user', arn, id: '', name: '', tags: {}, ...inAccount }, policies, null);
}

type NamedRef = PrincipalRef & { readonly kind: 'user' | 'role' | 'roleSession' | 'federatedUser' };

/**
 * A principal outside the directory, as an ARN in a policy names it. `trusted`: its account is assumed to allow everything,
 * because its policies are unknown; otherwise only policies of resources grant it anything. `root` must be in `gathered`.
 */
export function outsidePrincipal(
  ref: NamedRef,
  root: RootRef,
  gathered: Gathered,
  trusted: boolean,
): PreparedPrincipal {
  if (ref.kind === 'user') return outsideUser(ref, root, gathered, trusted);
  const { inAccount, policies } = accountOf(root, gathered, trusted);
  const { arn } = ref;
  const nothing = { tags: {}, sourceIdentity: null, issuedAt: null };
  if (ref.kind === 'federatedUser') {
    const facts = { kind: 'federatedUser', arn, name: ref.name, issuer: null, tags: {}, issuedAt: null } as const;
    return preparePrincipal({ ...facts, ...inAccount }, policies, trusted ? [EVERYTHING] : null);
  }
  const roleArn = ref.kind === 'role' ? arn : `${root.arn.slice(0, -'root'.length)}role/${ref.roleName}`;
  const name = roleArn.slice(roleArn.lastIndexOf('/') + 1);
  const path = roleArn.slice(roleArn.indexOf(':role/') + ':role'.length, -name.length);
  const role = { arn: roleArn, id: '', name, path, tags: {}, ...inAccount };
  const sessionName = ref.kind === 'role' ? null : ref.sessionName;
  return preparePrincipal({ kind: 'roleSession', role, sessionName, ...nothing, ...inAccount }, policies, null);
}

function outsideUser(
  { arn }: PrincipalRef & { readonly kind: 'user' },
  root: RootRef,
  gathered: Gathered,
  trusted: boolean,
): PreparedPrincipal {
  const { inAccount, policies } = accountOf(root, gathered, trusted);
  const name = arn.slice(arn.lastIndexOf('/') + 1);
  return preparePrincipal({ kind: 'user', arn, id: '', name, tags: {}, ...inAccount }, policies, null);
}

/** Facts that hold for everybody in an account. */
function accountOf(root: RootRef, gathered: Gathered, trusted: boolean) {
  const known = gathered.principal(root)?.value;
  // INVARIANT: root users always exist.
  if (known === undefined || known.facts.kind !== 'root') throw new Error(`no root user ${root.arn}`);
  const { accountId, partition, organization } = known.facts;
  const serviceControl = known.policies?.source.serviceControl ?? null;
  const identity = trusted ? [EVERYTHING] : [];
  return {
    inAccount: { accountId, partition, organization },
    policies: preparePolicies({ identity, boundary: null, serviceControl }),
  };
}
