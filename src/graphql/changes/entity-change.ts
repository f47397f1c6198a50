import type { InputRef, ObjectRef } from '@pothos/core';
import type { Revision } from '../../directory/directory.ts';
import type { ChangeOptions } from '../../directory/entities/entity-store.ts';
import { partsAsked } from '../../guard/asked-parts.ts';
import {
  type ChangeInputs,
  type ChangeName,
  type ChangeRequest,
  type EntityChanges,
  targetOf,
} from '../../session/entity-changes.ts';
import { builder } from '../builder.ts';
import type { GatewayContext } from '../context.ts';
import { AccessDeniedFailure, ConflictFailure, type ExpectedFailure, expectingFailures } from '../failures.ts';
import { NULL_RESULT } from '../null-answer.ts';
import { changeArguments, changeOptions, optionsIn } from './change-arguments.ts';
import type { Changed } from './changed-fields.ts';
import { registerChange } from './directory-change.ts';

type Types = typeof builder.$inferSchemaTypes;

/** The description that changes of users and of roles share. */
export const POLICY_NAME = 'Name of the inline policy: 1 to 128 characters of A-Z a-z 0-9 _ + = , . @ -';

interface GivenArguments<Given> {
  readonly input: Given;
  readonly expectedRevision?: Revision | null;
  readonly dryRun?: boolean | null;
}

interface ChangeMutation<Name extends ChangeName, Given> {
  readonly description: string;
  readonly input: InputRef<Given>;
  readonly success: ObjectRef<Types, Changed>;
  /** Beside AccessDenied. */
  readonly failures: readonly (typeof ExpectedFailure)[];
  readonly changeOf: (input: Given, context: GatewayContext) => ChangeInputs[Name] | Promise<ChangeInputs[Name]>;
}

/**
 * The mutation for one of IAM's operations on users and roles, under its name. The guards' table has the required
 * permissions.
 */
export function changeMutation<Name extends ChangeName, Given>(
  name: Name,
  { description, input: type, success, failures, changeOf }: ChangeMutation<Name, Given>,
): void {
  const operation = `${name.slice(0, 1).toUpperCase()}${name.slice(1)}`;
  registerChange(name, { type, changeOf });
  builder.mutationField(name, (t) =>
    t.field({
      type: success,
      nullable: true,
      description: `${description}. ${NULL_RESULT}`,
      args: {
        input: t.arg({ type, required: true, description: `The parameters of ${operation}` }),
        ...changeArguments(t),
      },
      errors: {
        types: [AccessDeniedFailure, ConflictFailure, ...failures],
        union: { name: `${operation}Result`, description: 'The change, or why it was not made' },
      },
      resolve: (_root, args, context) => {
        // as: Given is the shape of `type`
        const { input, ...asked } = args as unknown as GivenArguments<Given>;
        return expectingFailures(async () =>
          change(context, name, await changeOf(input, context), changeOptions(asked)),
        );
      },
    }),
  );
}

/** What a deletion was decided with: something else that hangs on the entity by then is not deleted with it. */
export function deletedParts(context: GatewayContext, arn: string): { readonly parts?: readonly string[] } {
  const parts = partsAsked(context, arn);
  return parts === undefined ? {} : { parts };
}

async function change<Name extends ChangeName>(
  context: GatewayContext,
  name: Name,
  input: ChangeInputs[Name],
  options: ChangeOptions,
): Promise<Changed> {
  const { sessions, caller, now, origin } = context;
  const changes: EntityChanges = sessions;
  const about = targetOf({ name, input } as ChangeRequest); // as: the input is the one of this name
  const inContext = optionsIn(context, [about], options);
  const { names, touched, revision } = await changes[name](caller, input, now, origin, inContext);
  return { arn: names[0] ?? '', named: names, touched, revision, dryRun: options.dryRun === true };
}
