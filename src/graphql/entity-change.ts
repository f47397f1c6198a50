import type { InputRef, ObjectRef } from '@pothos/core';
import type { Revision } from '../directory/directory.ts';
import { createEntityChanges, type EntityChanges } from '../session/entity-changes.ts';
import { builder } from './builder.ts';
import type { GatewayContext } from './context.ts';
import { AccessDeniedFailure, type ExpectedFailure, expectingFailures } from './failures.ts';

type Types = typeof builder.$inferSchemaTypes;

/** A change that was made, of the user or role with this ARN. */
export interface Changed {
  readonly arn: string;
  readonly revision: Revision;
}

/** The input that the change `Name` takes. */
type ChangeInput<Name extends keyof EntityChanges> = Parameters<EntityChanges[Name]>[1];

interface ChangeMutation<Name extends keyof EntityChanges, Given> {
  readonly description: string;
  readonly input: InputRef<Given>;
  readonly success: ObjectRef<Types, Changed>;
  /** Beside AccessDenied. */
  readonly failures: readonly (typeof ExpectedFailure)[];
  readonly changeOf: (input: Given) => ChangeInput<Name>;
}

/** The mutation of one of IAM's operations on users and roles, under its name. What it takes, the guard's table says. */
export function changeMutation<Name extends keyof EntityChanges, Given>(
  name: Name,
  { description, input: type, success, failures, changeOf }: ChangeMutation<Name, Given>,
): void {
  const operation = `${name.slice(0, 1).toUpperCase()}${name.slice(1)}`;
  builder.mutationField(name, (t) =>
    t.field({
      type: success,
      description,
      args: { input: t.arg({ type, required: true, description: `The parameters of iam:${operation}` }) },
      errors: {
        types: [AccessDeniedFailure, ...failures],
        union: { name: `${operation}Result`, description: 'The change is made, or why not' },
      },
      resolve: (_root, args, context) => {
        const { input } = args as { readonly input: Given }; // as: Given is the shape of `type`
        return expectingFailures(() => change(context, name, changeOf(input)));
      },
    }),
  );
}

async function change<Name extends keyof EntityChanges>(
  { directory, caller, now, origin }: GatewayContext,
  name: Name,
  input: ChangeInput<Name>,
): Promise<Changed> {
  const make = createEntityChanges({ directory })[name] as (...args: unknown[]) => Promise<void>; // as: `input` is what it takes
  await make(caller, input, now, origin);
  return { arn: 'roleArn' in input ? input.roleArn : input.userArn, revision: await directory.revision() };
}
