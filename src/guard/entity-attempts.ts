import type { ContextValue } from '../evaluation/request.ts';
import type { Attempt, AttemptOf } from './attempt.ts';
import type { GuardContext } from './context.ts';
import type { Permission } from './permission.ts';

/** `iam:operation` on each of the resources. */
export function permissionsOn(operations: readonly string[], resources: readonly string[]): Permission[] {
  return operations.flatMap((operation) =>
    resources.map((resource) => ({ action: `iam:${operation}`, resource, account: null })),
  );
}

/** An operation that is one action of IAM on one resource. `target`: for the audit trail; left out: the resource. */
export function onResource(operation: string, resource: string, target = resource): Attempt {
  return { kind: 'permitted', permissions: permissionsOn([operation], [resource]), target };
}

/** A user or role whose policies or boundary an operation changes. */
type Holder = { readonly roleArn: string } | { readonly userArn: string };

/** The parameters of the operation that are condition keys. */
interface BoundedValues {
  readonly policyArn?: string;
  readonly permissionsBoundary?: string;
  /** The boundary that it has then, where it is not the stored one; null: none. */
  readonly boundary?: string | null;
}

/**
 * An operation that changes the policies or the boundary of a user or role, with the condition keys that IAM has for these
 * operations: a policy can use them to allow changes only to entities that have a certain boundary.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsidentityandaccessmanagementiam.html
 */
export function bounded(operation: string, event = operation): AttemptOf<Holder & BoundedValues> {
  return async (values, context) => {
    const resource = 'roleArn' in values ? values.roleArn : values.userArn;
    const boundary =
      values.permissionsBoundary ??
      (values.boundary === undefined ? await boundaryOf(context, resource) : values.boundary);
    return { kind: 'permitted', permissions: [onHolder(operation, resource, boundary, values.policyArn)], event };
  };
}

/** An operation on a user or role that has `boundary` (null: none), with these condition keys of IAM. */
export function onHolder(operation: string, resource: string, boundary: string | null, policyArn?: string): Permission {
  const keys = new Map<string, ContextValue>();
  if (boundary !== null) keys.set('iam:permissionsboundary', boundary);
  if (policyArn !== undefined) keys.set('iam:policyarn', policyArn);
  return { action: `iam:${operation}`, resource, account: null, context: keys };
}

async function boundaryOf({ directory }: GuardContext, arn: string): Promise<string | null> {
  const query = { where: { arn }, select: { boundary: { select: { arn: true } } } };
  const [user, role] = await Promise.all([
    arn.includes(':user/') ? directory.prisma.user.findUnique(query) : null,
    arn.includes(':role/') ? directory.prisma.role.findUnique(query) : null,
  ]);
  return (user ?? role)?.boundary?.arn ?? null;
}
