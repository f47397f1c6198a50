/** The ARN that AWS asks a request on: its resource, or what no table of AWS lists. */
import { contextValue } from './naive-keys.ts';
import type { NaiveRequest } from './naive-request.ts';

/**
 * Actions without resource types that are asked on an ARN all the same; `A` is the caller's account, `R` the Region.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/walkthrough1.html and AWS's sentences of denial.
 */
const ASKED_ON = new Map([
  ['s3:listallmybuckets', 'arn:P:s3:::*'],
  ['iam:listusers', 'arn:P:iam::A:user/'],
  ['iam:listgroups', 'arn:P:iam::A:group/'],
  ['iam:listroles', 'arn:P:iam::A:role/'],
  ['iam:listpolicies', 'arn:P:iam::A:policy/'],
  ['iam:listinstanceprofiles', 'arn:P:iam::A:instance-profile/'],
  ['sns:listtopics', 'arn:P:sns:R:A:*'],
  ['dynamodb:listtables', 'arn:P:dynamodb:R:A:table/*'],
  ['logs:describeloggroups', 'arn:P:logs:R:A:log-group::log-stream:'],
]);

const templateOf = (q: NaiveRequest): string | undefined => ASKED_ON.get(q.action.name.toLowerCase());

export const isAskedOnArn = (q: NaiveRequest): boolean => templateOf(q) !== undefined;

export const asksForRegion = (q: NaiveRequest): boolean => templateOf(q)?.includes(':R:') ?? false;

/** A listing of an account that the caller does not belong to: it is asked on that account's ARN. */
export function listsAnotherAccount({ principal, resource }: NaiveRequest): boolean {
  const own = 'accountId' in principal ? principal.accountId : '';
  return resource.arn === '*' && resource.accountId !== null && resource.accountId !== own;
}

export function askedArn(q: NaiveRequest): string {
  if (!q.action.wildcardOnly) return q.resource.arn;
  const template = templateOf(q);
  if (template === undefined) return '*';
  const p = q.principal;
  const { accountId, partition } = 'accountId' in p ? p : { accountId: '', partition: 'aws' };
  const region = contextValue(q, 'aws:RequestedRegion') ?? q.askedRegion ?? '';
  return template
    .replace(':P:', `:${partition}:`)
    .replace(':R:', `:${String(region)}:`)
    .replace(':A:', `:${listsAnotherAccount(q) ? q.resource.accountId : accountId}:`);
}
