import type { OrganizationSize } from '../import/organization.ts';

export type { OrganizationSize } from '../import/organization.ts';

function accountOf(size: OrganizationSize, n: number): string {
  return String(100_000_000_000 + (Math.floor(n / (size.roles + size.users)) % size.accounts));
}

/** The principal with a number, of all users and roles of the organization. */
export function principalOf(size: OrganizationSize, n: number): string {
  const index = n % (size.roles + size.users);
  const account = accountOf(size, n);
  return index < size.roles
    ? `arn:aws:iam::${account}:role/app/role-${index}`
    : `arn:aws:iam::${account}:user/people/user-${index - size.roles}`;
}

/** A resource that an action takes, of the account of the principal `n`; `name` makes it one of many. */
export function resourceOf(size: OrganizationSize, n: number, action: string, name: number): string {
  const account = accountOf(size, n);
  const bucket = `arn:aws:s3:::data-${account}-${name % size.buckets}`;
  if (action === 's3:ListBucket') return bucket;
  if (action.startsWith('s3:')) return `${bucket}/object-${name}`;
  if (action.startsWith('sqs:')) return `arn:aws:sqs:eu-west-1:${account}:work-${name % 3_000}`;
  if (action.startsWith('dynamodb:')) return `arn:aws:dynamodb:eu-west-1:${account}:table/table-${name % 100}`;
  return action.startsWith('iam:') ? `arn:aws:iam::${account}:user/people/user-${name % size.users}` : '*';
}
