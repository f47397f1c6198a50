import type { AskedOn } from '../evaluation/request.ts';

/**
 * Actions without resource types that AWS asks on an ARN which the service authorization reference does not list.
 *
 * - s3:ListAllMyBuckets: https://docs.aws.amazon.com/AmazonS3/latest/userguide/example-walkthroughs-managing-access-example1.html
 *   grants it on `arn:aws:s3:::*`, as 13 of AWS's managed policies do (AWSBackupFullAccess, CloudFrontFullAccess …).
 * - the lists of IAM: AWS's access-denied sentences (`iam:ListUsers on resource: arn:aws:iam::123456789012:user/`), and managed
 *   policies that grant iam:ListRoles on `arn:aws:iam::*:role/*`.
 * - sns:ListTopics, dynamodb:ListTables, logs:DescribeLogGroups: access-denied sentences; 29 managed policies grant the last on
 *   `arn:aws:logs:*:*:*`.
 */
const ASKED_ON: Readonly<Record<string, AskedOn>> = {
  's3:ListAllMyBuckets': { arn: 'arn:$P:s3:::*', named: false },
  'iam:ListUsers': { arn: 'arn:$P:iam::$A:user/', named: true },
  'iam:ListGroups': { arn: 'arn:$P:iam::$A:group/', named: true },
  'iam:ListRoles': { arn: 'arn:$P:iam::$A:role/', named: true },
  'iam:ListPolicies': { arn: 'arn:$P:iam::$A:policy/', named: true },
  'iam:ListInstanceProfiles': { arn: 'arn:$P:iam::$A:instance-profile/', named: true },
  'sns:ListTopics': { arn: 'arn:$P:sns:$R:$A:*', named: true },
  'dynamodb:ListTables': { arn: 'arn:$P:dynamodb:$R:$A:table/*', named: true },
  'logs:DescribeLogGroups': { arn: 'arn:$P:logs:$R:$A:log-group::log-stream:', named: true },
};

/** `action` as the catalogue spells it. */
export function askedOnOf(action: string): AskedOn | undefined {
  return Object.hasOwn(ASKED_ON, action) ? ASKED_ON[action] : undefined;
}
