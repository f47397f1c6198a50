import { parseArn } from '../policy/arn.ts';

/** The kinds of IAM entity that an export holds. */
export type IamType = 'user' | 'group' | 'role' | 'policy' | 'instance-profile';

/** `arn:PARTITION:iam::ACCOUNT:TYPE/PATH/NAME`, taken apart. */
export interface IamArn {
  readonly partition: string;
  /** As written: twelve digits, `aws` (AWS managed policies), or something else. */
  readonly account: string;
  readonly type: string;
  /** Begins and ends with a slash. */
  readonly path: string;
  readonly name: string;
}

/** Characters. The longest that IAM gives out have 689: a path of 512, a name of 128. */
const MAX_ARN_LENGTH = 800;

/** Null: not the ARN of an IAM entity that has a name. */
export function parseIamArn(text: string): IamArn | null {
  if (text.length > MAX_ARN_LENGTH) return null;
  const arn = parseArn(text);
  if (arn === null || arn.service !== 'iam' || arn.region !== '') return null;
  const slash = arn.resource.indexOf('/');
  const last = arn.resource.lastIndexOf('/') + 1;
  const name = arn.resource.slice(last);
  if (slash <= 0 || name === '') return null;
  const { partition, accountId: account } = arn;
  return { partition, account, type: arn.resource.slice(0, slash), path: arn.resource.slice(slash, last), name };
}

export function formatIamArn(arn: IamArn): string {
  return `arn:${arn.partition}:iam::${arn.account}:${arn.type}${arn.path}${arn.name}`;
}

export function isAccountId(text: string): boolean {
  return /^\d{12}$/.test(text);
}

/** aws, aws-cn, aws-us-gov, aws-iso, aws-iso-b, aws-eusc … */
export function isPartition(text: string): boolean {
  return /^aws(-[a-z]+)*$/.test(text);
}
