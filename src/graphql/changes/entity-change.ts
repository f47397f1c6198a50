import type { InputRef, ObjectRef } from '@pothos/core';
import type { Revision } from '../../directory/directory.ts';
import { partsAsked } from '../../guard/asked-parts.ts';
import type { ChangeInputs, EntityChanges } from '../../session/entity-changes.ts';
import { builder } from '../builder.ts';
import type { GatewayContext } from '../context.ts';
import { AccessDeniedFailure, type ExpectedFailure, expectingFailures } from '../failures.ts';
import { NULL_RESULT } from '../null-answer.ts';

type Types = typeof builder.$inferSchemaTypes;

// Descriptions that changes of users and of roles share.
export const CHANGED_REVISION = 'A revision of the directory that includes the change';
export const POLICY_NAME = 'Name of the inline policy: 1 to 128 characters of A-Z a-z 0-9 _ + = , . @ -';

/** A change made to the user or role with this ARN. */
export interface Changed {
  readonly arn: string;
  readonly revision: Revision;
}

interface ChangeMutation<Name extends keyof ChangeInputs, Given> {
  readonly description: string;
  readonly input: InputRef<Given>;
  readonly success: ObjectRef<Types, Changed>;
  /** Beside AccessDenied. */
  readonly failures: readonly (typeof ExpectedFailure)[];
  readonly changeOf: (input: Given, context: GatewayContext) => ChangeInputs[Name];
}

/**
 * The mutation for one of IAM's operations on users and roles, under its name. The guards' table has the required
 * permissions.
 */
export function changeMutation<Name extends keyof ChangeInputs, Given>(
  name: Name,
  { description, input: type, success, failures, changeOf }: ChangeMutation<Name, Given>,
): void {
  const operation = `${name.slice(0, 1).toUpperCase()}${name.slice(1)}`;
  builder.mutationField(name, (t) =>
    t.field({
      type: success,
      nullable: true,
      description: `${description}. ${NULL_RESULT}`,
      args: { input: t.arg({ type, required: true, description: `The parameters of iam:${operation}` }) },
      errors: {
        types: [AccessDeniedFailure, ...failures],
        union: { name: `${operation}Result`, description: 'The change, or why it was not made' },
      },
      resolve: (_root, args, context) => {
        const { input } = args as { readonly input: Given }; // as: Given is the shape of `type`
        return expectingFailures(() => change(context, name, changeOf(input, context)));
      },
    }),
  );
}

/** What a deletion was decided with: something else that hangs on the entity by then is not deleted with it. */
export function deletedParts(context: GatewayContext, arn: string): { readonly parts?: readonly string[] } {
  const parts = partsAsked(context, arn);
  return parts === undefined ? {} : { parts };
}

async function change<Name extends keyof ChangeInputs>(
  { sessions, directory, caller, now, origin }: GatewayContext,
  name: Name,
  input: ChangeInputs[Name],
): Promise<Changed> {
  const changes: EntityChanges = sessions;
  await changes[name](caller, input, now, origin);
  const changed: ChangeInputs[keyof ChangeInputs] = input;
  return { arn: 'roleArn' in changed ? changed.roleArn : changed.userArn, revision: await directory.revision() };
}
