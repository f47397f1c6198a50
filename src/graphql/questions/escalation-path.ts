import type { EscalationPath as PathValue, EscalationStep as StepValue } from '../../access/escalation/paths.ts';
import { parsePrincipalRef } from '../../policy/principal-id.ts';
import { builder } from '../builder.ts';
import { Principal, type PrincipalParent, principalValue } from '../entities/principal.ts';
import { Decision } from './decision.ts';

const EscalationKind = builder.enumType('EscalationKind', {
  description: 'Kind of a step to more permissions',
  values: {
    ASSUME_ROLE: { description: 'Assuming a role' },
    PASS_ROLE: { description: 'Passing a role to a service that runs code of the caller with it' },
    USE_RESOURCE: { description: 'Changing or using something that runs with a role' },
    CHANGE_POLICY: { description: 'Changing what a policy grants, or which policies are attached' },
    CHANGE_TRUST: { description: 'Changing whom a role trusts' },
    TAKE_CREDENTIALS: { description: 'Making credentials of another user' },
    JOIN_GROUP: { description: 'Joining a group' },
    LIFT_BOUNDARY: { description: 'Removing or replacing a permissions boundary' },
  } as const,
});

const EscalationStep = builder.objectRef<StepValue>('EscalationStep').implement({
  description: 'A step of a way to more permissions',
  fields: (t) => ({
    kind: t.field({
      type: EscalationKind,
      description: 'What kind of a step it is',
      resolve: ({ method }) => method.kind,
    }),
    method: t.string({ description: 'Name of the method: `lambda-create-invoke`', resolve: ({ method }) => method.id }),
    title: t.string({ description: 'What is done, in a sentence', resolve: ({ method }) => method.title }),
    source: t.string({ description: 'Address of a description of the method', resolve: ({ method }) => method.source }),
    needs: t.string({
      nullable: true,
      description: 'What has to be there besides permissions, and is not in the directory. Null: nothing',
      resolve: ({ method }) => method.needs ?? null,
    }),
    from: t.field({ type: Principal, description: 'Who makes the calls', resolve: ({ from }) => principalNamed(from) }),
    target: t.field({
      type: 'Arn',
      description: 'What they are made on: a role, user, group or policy',
      resolve: ({ target }) => target,
    }),
    to: t.field({
      type: Principal,
      description: 'Whose permissions it has then, or who can do more then',
      resolve: ({ to }) => principalNamed(to),
    }),
    decisions: t.field({
      type: [Decision],
      description:
        'The decisions that prove it, in the order of the calls; all of them allow. A role that is passed has a last one, on the ' +
        'service that assumes it. Names of resources that a policy leaves open are examples',
      resolve: ({ answers }) => [...answers],
    }),
  }),
});

export const EscalationPath = builder.objectRef<PathValue>('EscalationPath').implement({
  description: 'A way by which a user or role comes to permissions that it does not have',
  fields: (t) => ({
    principal: t.field({
      type: Principal,
      description: 'The user or role',
      resolve: ({ principal }) => principalNamed(principal),
    }),
    steps: t.field({
      type: [EscalationStep],
      description: 'The steps, in their order',
      resolve: ({ steps }) => [...steps],
    }),
    end: t.field({
      type: Principal,
      description: 'Whose permissions it has at the end; itself, if it makes itself more',
      resolve: ({ end }) => principalNamed(end),
    }),
    isAdministrator: t.exposeBoolean('isAdministrator', {
      description: 'Whether it can then do everything that its account lets anybody do',
    }),
    gained: t.field({
      type: Decision,
      nullable: true,
      description:
        'Something that it may do at the end and not at the beginning, as it is decided at the end. Null: that depends on what the ' +
        'last step needs',
      resolve: ({ gain }) => gain?.gained ?? null,
    }),
    lacked: t.field({
      type: Decision,
      nullable: true,
      description: 'The same request as it is decided at the beginning: a denial. Null as `gained`',
      resolve: ({ gain }) => gain?.before ?? null,
    }),
  }),
});

/** A user or role of the directory, as a value of the schema. */
export function principalNamed(arn: string): PrincipalParent {
  const ref = parsePrincipalRef(arn);
  if (ref?.kind !== 'user' && ref?.kind !== 'role') throw new Error(`neither a user nor a role: ${arn}`);
  return principalValue(ref);
}
