import { arnOf, type EntityKind } from '../directory/apply/entity-arn.ts';
import { storable } from '../directory/storable.ts';
import type { ContextValue } from '../evaluation/request.ts';
import type { Attempt, AttemptOf } from './attempt.ts';
import type { GuardContext } from './context.ts';
import type { Permission } from './permission.ts';

/** A tag of a request. */
export interface RequestTag {
  readonly key: string;
  readonly value: string;
}

/** What the guard of an operation that makes an entity reads, beside its name. */
export interface Created {
  readonly accountId: string;
  /** Null: `/`. */
  readonly path: string | null;
}

type Keys = Map<string, ContextValue>;

/** The condition keys of tags that a request gives. */
export function tagContext(tags: readonly RequestTag[]): Keys {
  const keys: Keys = new Map(tags.map(({ key, value }) => [`aws:requesttag/${key.toLowerCase()}`, value]));
  return tags.length === 0
    ? keys
    : keys.set(
        'aws:tagkeys',
        tags.map(({ key }) => key),
      );
}

/** The condition keys of a request that takes tags away. */
export function tagKeysContext(tagKeys: readonly string[]): Keys {
  return tagKeys.length === 0 ? new Map() : new Map([['aws:tagkeys', tagKeys]]);
}

/** aws, aws-cn …: that of the account; aws, where it is not known. */
export async function partitionOf({ directory }: Pick<GuardContext, 'directory'>, accountId: string): Promise<string> {
  const account = await directory.prisma.account.findUnique({ where: { id: accountId }, select: { partition: true } });
  return account?.partition ?? 'aws';
}

interface Creating<Values> {
  /** CreateUser. */
  readonly operation: string;
  /** TagUser, which a creation with tags needs as well. Left out: it has no tags. */
  readonly tagging?: string;
  readonly kind: EntityKind;
  readonly nameOf: (values: Values) => string;
}

interface Begun {
  readonly tags?: readonly RequestTag[] | null;
  readonly permissionsBoundary?: string | null;
}

/**
 * The attempt to make an entity: AWS's action on the ARN that it will have, with the condition keys that IAM has for it.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/id_tags_users.html says that tags need an action of their own.
 */
export function creation<Values extends Created & Begun>({
  operation,
  tagging,
  kind,
  nameOf,
}: Creating<Values>): AttemptOf<Values> {
  return async (values, context): Promise<Attempt> => {
    const { accountId, path, permissionsBoundary } = values;
    const partition = await partitionOf(context, accountId);
    const resource = storable(arnOf(kind, { accountId, partition, path: path ?? '/' }, nameOf(values)));
    const tags = values.tags ?? [];
    const keys = tagContext(tags);
    if (permissionsBoundary != null) keys.set('iam:permissionsboundary', permissionsBoundary);
    const permissions: Permission[] = [{ action: `iam:${operation}`, resource, account: null, context: keys }];
    if (tagging !== undefined && tags.length > 0) {
      permissions.push({ action: `iam:${tagging}`, resource, account: null, context: tagContext(tags) });
    }
    return { kind: 'permitted', permissions, event: operation };
  };
}
