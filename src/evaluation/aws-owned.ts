import type { Evaluation } from './evaluation.ts';
import { isServiceLinked } from './service-linked.ts';

/** Objects that belong to AWS, for a closed form: the actions, in lower case, and the resources as patterns of a policy. */
export interface OwnedByAws {
  readonly actions: ReadonlySet<string>;
  /** `*` for the partition. */
  readonly resources: readonly string[];
  /** The part after the fifth colon. */
  readonly is: (account: string, rest: string) => boolean;
  readonly service: 'iam' | 'kms';
  readonly why: string;
}

/**
 * Calls that IAM and KMS refuse whatever the policies are. On AWS's own roles, only the calls that IAM lists for service-linked
 * roles and for roles of Identity Center are refused: their descriptions and tags can be changed, they can be passed, and
 * services delete their own roles with DeleteServiceLinkedRole.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create-service-linked-role.html
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_managed-vs-inline.html
 * https://docs.aws.amazon.com/kms/latest/developerguide/alias-create.html
 */
export const OWNED_BY_AWS: readonly OwnedByAws[] = [
  {
    service: 'iam',
    actions: new Set([
      'iam:createpolicy',
      'iam:createpolicyversion',
      'iam:deletepolicy',
      'iam:deletepolicyversion',
      'iam:setdefaultpolicyversion',
      'iam:tagpolicy',
      'iam:untagpolicy',
    ]),
    resources: ['arn:*:iam::aws:policy/*'],
    is: (account, rest) => account === 'aws' && rest.startsWith('policy/'),
    why: 'the policy belongs to AWS, and nobody else changes it',
  },
  {
    service: 'iam',
    actions: new Set([
      'iam:attachrolepolicy',
      'iam:deleterole',
      'iam:deleterolepermissionsboundary',
      'iam:deleterolepolicy',
      'iam:detachrolepolicy',
      'iam:putrolepermissionsboundary',
      'iam:putrolepolicy',
      'iam:updateassumerolepolicy',
      'iam:updaterole',
    ]),
    resources: ['arn:*:iam::*:role/aws-reserved/*', 'arn:*:iam::*:role/aws-service-role/*'],
    is: (_account, rest) => rest.startsWith('role/aws-reserved/') || rest.startsWith('role/aws-service-role/'),
    why: 'the role belongs to AWS, and nobody else changes it: UnmodifiableEntity',
  },
  {
    service: 'kms',
    actions: new Set(['kms:createalias', 'kms:deletealias', 'kms:updatealias']),
    resources: ['arn:*:kms:*:*:alias/aws/*'],
    is: (_account, rest) => rest.startsWith('alias/aws/'),
    why: 'aliases that begin with alias/aws/ belong to AWS, and nobody else changes them',
  },
];

/** Why the call would change something that belongs to AWS; null: it would not, or AWS itself makes it. Completes a sentence. */
export function belongsToAws({ principal, action, resource }: Evaluation): string | null {
  const { service, name } = action;
  if (service !== 'iam' && service !== 'kms') return null;
  const [, , ofService, , account = ''] = resource.segments;
  if (ofService !== service) return null;
  // Services change their own objects in service-linked roles: Identity Center its roles.
  if (isServiceLinked(principal.facts)) return null;
  const lower = name.toLowerCase();
  const owned = OWNED_BY_AWS.find(
    (one) => one.service === service && one.actions.has(lower) && one.is(account, resource.rest),
  );
  return owned?.why ?? null;
}
