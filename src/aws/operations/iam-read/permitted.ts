import type { NamedEntity, NamedKind } from '../../../directory/iam/named.ts';
import { AccessDenied } from '../../../session/errors.ts';
import { asAsked, needs } from '../allowed.ts';
import { arnFor, callersAccount, entityNamed, noSuchNamed } from '../named-entities.ts';
import type { AwsContext } from '../operation.ts';

/**
 * The entity of the caller's account that a request names, once the caller may do `action` on it. Throws AccessDenied whether
 * there is one or not; NoSuchEntity to whoever may.
 */
export async function permitted(
  context: AwsContext,
  kind: NamedKind,
  name: string,
  action: string,
): Promise<NamedEntity> {
  const found = await entityNamed(context, kind, name);
  const asked = arnFor(kind, callersAccount(context), name);
  try {
    await needs(context, { action, resource: found?.arn ?? asked, account: null });
  } catch (error) {
    throw error instanceof AccessDenied ? asAsked(error, asked) : error;
  }
  if (found === null) throw noSuchNamed(kind, name);
  return found;
}

/** The account of the caller, once it may do `action` in it: the actions of lists have no resource. Throws AccessDenied. */
export async function permittedInAccount(context: AwsContext, action: string): Promise<string> {
  const { accountId } = callersAccount(context);
  await needs(context, { action, resource: '*', account: accountId });
  return accountId;
}
