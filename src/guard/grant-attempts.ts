import type { ContextValue, RequestContext } from '../evaluation/request.ts';
import { isServicePrincipal } from '../policy/principal-id.ts';
import type { Attempt, AttemptOf } from './attempt.ts';

type Pairs = readonly { readonly key: string; readonly value: string }[];

/** Null: left out. */
export interface NewGrant {
  readonly keyArn: string;
  readonly granteePrincipal: string;
  readonly retiringPrincipal: string | null;
  readonly operations: readonly string[];
  readonly encryptionContextSubset: Pairs | null;
  readonly encryptionContextEquals: Pairs | null;
}

export interface NamedGrant {
  readonly keyArn: string;
  readonly grantId: string;
}

/** More are refused by the operation itself. */
const MOST_PAIRS = 8;

/**
 * The condition keys of the constraints of a grant: KMS asks about a grant that is made, or retired, with the encryption context
 * that it demands. https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html
 */
function constraintContext(equals: Pairs | null, subset: Pairs | null): RequestContext {
  // A grant with both constraints has both values: a policy that asks for one must not be met by the other alone.
  const types = [
    ...(equals === null ? [] : ['EncryptionContextEquals']),
    ...(subset === null ? [] : ['EncryptionContextSubset']),
  ];
  const pairs = [...(equals ?? []).slice(0, MOST_PAIRS), ...(subset ?? []).slice(0, MOST_PAIRS)];
  const values = new Map<string, Set<string>>();
  for (const { key, value } of pairs) {
    const name = `kms:encryptioncontext:${key.toLowerCase()}`;
    values.set(name, (values.get(name) ?? new Set()).add(value));
  }
  const keys = new Map<string, ContextValue>();
  const give = (name: string, given: Iterable<string>): void => {
    const [first, ...others] = given;
    if (first !== undefined) keys.set(name, others.length === 0 ? first : [first, ...others]);
  };
  for (const [name, given] of values) give(name, given);
  give('kms:grantconstrainttype', types);
  if (pairs.length > 0) keys.set('kms:encryptioncontextkeys', [...new Set(pairs.map(({ key }) => key))]);
  return keys;
}

/** What makes a grant, with the condition keys that KMS has for it. */
export function creationOfGrant(grant: NewGrant): Attempt {
  const { keyArn, granteePrincipal, retiringPrincipal, operations } = grant;
  const keys = new Map<string, ContextValue>([['kms:grantoperations', operations]]);
  keys.set(
    isServicePrincipal(granteePrincipal) ? 'kms:granteeserviceprincipal' : 'kms:granteeprincipal',
    granteePrincipal,
  );
  if (retiringPrincipal !== null) {
    const key = isServicePrincipal(retiringPrincipal) ? 'kms:retiringserviceprincipal' : 'kms:retiringprincipal';
    keys.set(key, retiringPrincipal);
  }
  const constraints = constraintContext(grant.encryptionContextEquals, grant.encryptionContextSubset);
  const context = new Map([...keys, ...constraints]);
  return { kind: 'permitted', permissions: [{ action: 'kms:CreateGrant', resource: keyArn, account: null, context }] };
}

/** What retires a grant, with the condition keys of its constraints as they are stored. */
export const retirementOfGrant: AttemptOf<NamedGrant> = async ({ keyArn, grantId }, { directory }) => {
  const resource = { arn: keyArn, accountId: null };
  const gathered = await directory.gather({ principals: [], roles: [], resources: [resource] });
  const { grants = [] } = gathered.resource(keyArn, null).value.facts;
  const grant = grants.find(({ id }) => id === grantId);
  const pairsOf = (pairs: Readonly<Record<string, string>> | undefined): Pairs | null =>
    pairs === undefined ? null : Object.entries(pairs).map(([key, value]) => ({ key, value }));
  const context = constraintContext(pairsOf(grant?.encryptionContextEquals), pairsOf(grant?.encryptionContextSubset));
  const permission = { action: 'kms:RetireGrant', resource: keyArn, account: null, byGrant: grantId, context };
  return { kind: 'permitted', permissions: [permission] };
};
