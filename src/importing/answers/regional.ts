import type { JsonValue } from '../../policy/json.ts';
import { Entry } from '../entry.ts';
import { joinedPolicies } from '../log-policies.ts';
import { policyText } from '../policy-text.ts';
import {
  type Answer,
  argument,
  at,
  hasListOf,
  hasMembers,
  homeOf,
  type Operation,
  partitionOf,
  required,
} from './answer.ts';
import { documentIn, listAnswer, sayList, sayResource, tagsIn } from './resource-answers.ts';

/** Services whose policies are not each one resource's own. */
export const REGIONAL: readonly Operation[] = [
  // One policy for the data catalogue of account and Region. https://docs.aws.amazon.com/glue/latest/webapi/API_GetResourcePolicy.html
  {
    command: 'glue get-resource-policy',
    looksLike: hasMembers('PolicyInJson'),
    noneCodes: ['EntityNotFoundException'],
    read: (answer) => {
      const home = homeOf(answer);
      if (home === null) return;
      const arn = `arn:${partitionOf(answer)}:glue:${home.region}:${home.accountId}:catalog`;
      sayResource(answer, arn, { policy: documentIn(answer, answer.entry, 'PolicyInJson') });
      if (answer.isWhole) answer.facts.lists(home.accountId, home.region, 'data catalogues', [arn], at(answer));
    },
  },
  // https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DescribeLogGroups.html
  listAnswer('logs describe-log-groups', 'log groups', 'logGroups', {
    looksLike: hasListOf('logGroups', 'logGroupName'),
    arnOf: (entry) => entry.text('logGroupArn') ?? required(entry, 'arn')?.replace(/:\*$/, '') ?? null,
  }),
  { command: 'logs describe-resource-policies', looksLike: hasMembers('resourcePolicies'), read: readLogPolicies },
  // https://docs.aws.amazon.com/apigateway/latest/api/API_GetRestApi.html
  {
    command: 'apigateway get-rest-apis',
    looksLike: hasListOf('items', 'id', 'endpointConfiguration'),
    read: (answer) => {
      const entries = answer.entry.entries('items') ?? [];
      const arns = entries.map((entry) => sayApi(answer, entry)).filter((arn) => arn !== null);
      sayList(answer, 'REST APIs', arns, 'items');
    },
  },
  {
    command: 'apigateway get-rest-api',
    looksLike: hasMembers('id', 'name', 'endpointConfiguration'),
    read: (answer) => void sayApi(answer, answer.entry),
  },
  // https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeVpcEndpoints.html
  { command: 'ec2 describe-vpc-endpoints', looksLike: hasMembers('VpcEndpoints'), read: readEndpoints },
];

/**
 * Requests to an API are about execute-api ARNs, which its policy names; its tags belong to the API as it is administered.
 * Answers the former.
 */
function sayApi(answer: Answer, entry: Entry): string | null {
  const home = homeOf(answer);
  const id = required(entry, 'id') ?? argument(answer, 'API');
  if (home === null || id === null) return null;
  const partition = partitionOf(answer);
  const arn = `arn:${partition}:execute-api:${home.region}:${home.accountId}:${id}`;
  sayResource(answer, arn, { policy: documentIn(answer, unescapedPolicy(answer, entry), 'policy') });
  const tags = tagsIn(entry, 'tags') ?? {};
  sayResource(answer, `arn:${partition}:apigateway:${home.region}::/restapis/${id}`, { tags });
  return arn;
}

/** The policy is printed with backslashes before its quotation marks. */
function unescapedPolicy(answer: Answer, entry: Entry): Entry {
  const text = entry.text('policy');
  if (text === null || !/^\s*\{\s*\\"/.test(text)) return entry;
  try {
    const policy = JSON.parse(`"${text}"`) as JsonValue;
    return new Entry(entry.label, { ...entry.value, policy }, answer.facts.notes.of(answer.file));
  } catch {
    return entry;
  }
}

/**
 * Without an argument, policies of an account and Region, which name log groups in their statements. With the ARN of a log group, its own.
 * https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DescribeResourcePolicies.html
 */
function readLogPolicies(answer: Answer): void {
  const home = homeOf(answer);
  if (home === null || !answer.isWhole) return;
  const [asked] = answer.name.operation === 'describe-resource-policies' ? answer.name.arguments : [];
  const shared: string[] = [];
  const own = new Map<string, string[]>(asked === undefined ? [] : [[groupArn(asked), []]]);
  for (const entry of answer.entry.entries('resourcePolicies') ?? []) {
    const document = policyText(entry, 'policyDocument', 'resource');
    const arn = entry.text('resourceArn') ?? asked;
    if (arn === undefined) shared.push(document);
    else own.set(groupArn(arn), [...(own.get(groupArn(arn)) ?? []), document]);
  }
  const { facts } = answer;
  for (const [arn, documents] of own) facts.logGroups.say(arn, { policy: joinedPolicies(documents) }, at(answer));
  if (asked === undefined) {
    facts.logPolicies.say(`${home.accountId} ${home.region}`, { ...home, documents: shared }, at(answer));
  }
}

/** ARNs of log groups are printed with and without this end, which stands for their streams. */
function groupArn(arn: string): string {
  return arn.replace(/:\*$/, '');
}

function readEndpoints(answer: Answer): void {
  const entries = answer.entry.entries('VpcEndpoints') ?? [];
  const ids: string[] = [];
  let understood = 0;
  for (const entry of entries) {
    // It is listed for a while after it is gone.
    if (/^(deleted|deleting)$/i.test(entry.text('State') ?? '')) {
      understood += 1;
      continue;
    }
    const id = required(entry, 'VpcEndpointId');
    const serviceName = required(entry, 'ServiceName');
    const accountId = entry.text('OwnerId') ?? answer.name.account;
    const region = answer.name.region ?? /^com\.amazonaws\.(?:vpce\.)?([a-z0-9-]+)\./.exec(serviceName ?? '')?.[1];
    if (accountId === null || region === undefined)
      entry.warn('OwnerId', 'nothing says its account and Region; it is left out');
    if (id === null || serviceName === null || accountId === null || region === undefined) {
      continue;
    }
    ids.push(id);
    understood += 1;
    const tags = entry.tags();
    const policy = entry.get('PolicyDocument') === undefined ? null : policyText(entry, 'PolicyDocument', 'vpce');
    answer.facts.vpcEndpoints.say(
      id,
      {
        accountId,
        region,
        serviceName,
        vpcId: entry.text('VpcId'),
        type: entry.text('VpcEndpointType') ?? 'Gateway',
        ...(tags !== undefined && { tags }),
        policy,
      },
      at(answer, id),
    );
  }
  sayList(answer, 'VPC endpoints', ids, 'VpcEndpoints', understood);
}
