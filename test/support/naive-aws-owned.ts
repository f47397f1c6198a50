/** What belongs to AWS in everybody's account, and nobody can change whatever policies say. */
import type { NaiveRequest } from './naive-request.ts';

const changes = (...names: readonly string[]): ReadonlySet<string> => new Set(names.map((name) => name.toLowerCase()));

const OWNED: readonly { readonly arn: RegExp; readonly changes: ReadonlySet<string> }[] = [
  {
    // https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_managed-vs-inline.html
    arn: /^arn:[^:]+:iam::aws:policy\//,
    changes: changes(
      'iam:CreatePolicyVersion',
      'iam:DeletePolicy',
      'iam:DeletePolicyVersion',
      'iam:SetDefaultPolicyVersion',
      'iam:TagPolicy',
      'iam:UntagPolicy',
    ),
  },
  {
    // https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create-service-linked-role.html
    arn: /^arn:[^:]+:iam::\d+:role\/(aws-reserved|aws-service-role)\//,
    changes: changes(
      'iam:AttachRolePolicy',
      'iam:DeleteRole',
      'iam:DeleteRolePermissionsBoundary',
      'iam:DeleteRolePolicy',
      'iam:DetachRolePolicy',
      'iam:PutRolePermissionsBoundary',
      'iam:PutRolePolicy',
      'iam:UpdateAssumeRolePolicy',
      'iam:UpdateRole',
    ),
  },
  {
    // https://docs.aws.amazon.com/kms/latest/developerguide/alias-about.html
    arn: /^arn:[^:]+:kms:[^:]*:\d+:alias\/aws\//,
    changes: changes('kms:CreateAlias', 'kms:DeleteAlias', 'kms:UpdateAlias'),
  },
];

/** AWS itself changes it, by the role that is linked to a service. */
export function changesWhatIsOfAws(q: NaiveRequest): boolean {
  if (q.principal.kind === 'roleSession' && q.principal.role.path.startsWith('/aws-service-role/')) return false;
  return OWNED.some((of) => of.arn.test(q.resource.arn) && of.changes.has(q.action.name.toLowerCase()));
}
