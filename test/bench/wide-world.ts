/**
 * A world nearer to an organization than that of world.ts, the same for a seed: ten names under each holder of a policy, control
 * policies with Denies at three levels, contexts of several forms, and principals that do the same few things again and again.
 */
import type { Doc } from '../support/naive-evaluator.ts';
import {
  accountId,
  actionFacts,
  type BenchRequest,
  type BenchResource,
  makeWorld,
  randomOf,
  type World,
} from './world.ts';

export const WIDE_SIZE = { holders: 1000, namesEach: 10, pairs: 25_000, requests: 100_000 };

const USERS = 2000;
const ROLES = 1000;
const ACCOUNTS = 50;
const SERVICES: Readonly<Record<string, readonly string[]>> = {
  s3: ['GetObject', 'PutObject', 'DeleteObject', 'GetObjectTagging', 'PutObjectAcl', 'AbortMultipartUpload'],
  dynamodb: ['GetItem', 'PutItem', 'Query', 'Scan', 'UpdateItem', 'DeleteItem'],
  sqs: ['SendMessage', 'ReceiveMessage', 'DeleteMessage', 'GetQueueAttributes'],
  lambda: ['InvokeFunction', 'GetFunction', 'UpdateFunctionCode'],
  sns: ['Publish', 'Subscribe', 'GetTopicAttributes'],
  secretsmanager: ['GetSecretValue', 'PutSecretValue', 'DescribeSecret'],
};
const NAMES = Object.keys(SERVICES);

export function makeWideWorld(size = WIDE_SIZE, seed = 2): World {
  const random = randomOf(seed);
  const int = (below: number): number => Math.floor(random() * below);
  const pick = <T>(list: readonly T[]): T => list[int(list.length)] as T;
  const { policies, principals } = makeWorld({
    accounts: ACCOUNTS,
    users: USERS,
    roles: ROLES,
    policies: 3000,
    resources: size.holders,
    requests: 0,
  });

  const resources: BenchResource[] = [];
  /** Places of resources, by account, service and whether they have a policy. */
  const own = new Map<string, number[]>();
  const byService = new Map<string, number[]>();
  const add = (lists: Map<string, number[]>, key: string, place: number): void => {
    const list = lists.get(key) ?? [];
    lists.set(key, list);
    list.push(place);
  };
  for (let holder = 0; holder < size.holders; holder += 1) {
    // Every account has holders of every service, with and without a policy.
    const service = NAMES[holder % NAMES.length] ?? 's3';
    const account = Math.floor(holder / NAMES.length) % ACCOUNTS;
    const isGoverned = Math.floor(holder / (NAMES.length * ACCOUNTS)) % 2 === 0;
    const policy = isGoverned ? holderPolicy(service, arnOf(principals[int(principals.length)]), int) : null;
    for (let i = 0; i < size.namesEach; i += 1) {
      const arn =
        service === 's3'
          ? `arn:aws:s3:::r${holder}/data/2026/file-${i}`
          : `arn:aws:${service}:eu-west-1:${accountId(account)}:r${holder}/${i}`;
      add(own, `${account} ${service} ${policy !== null}`, resources.length);
      add(byService, service, resources.length);
      resources.push({ arn, account, policy, holder });
    }
  }

  /** What each principal does: most of it in a service or two. */
  const done = principals.map((): readonly string[] => {
    const names = new Set<string>();
    const most = (size.pairs / principals.length) * (0.5 + random());
    const main = pick(NAMES);
    while (names.size < most) {
      const service = random() < 0.4 ? main : pick(NAMES);
      names.add(`${service}:${pick(SERVICES[service] ?? [])}`);
    }
    return [...names];
  });
  const resourceFor = (account: number, service: string): number => {
    const kind = random();
    const some = own.get(`${account} ${service} ${random() < 0.4}`) ?? [];
    return pick(kind > 0.92 || some.length === 0 ? (byService.get(service) ?? []) : some);
  };
  const requests = Array.from({ length: size.requests }, (): BenchRequest => {
    const principal = int(principals.length);
    const name = pick(done[principal] ?? []);
    const service = name.slice(0, name.indexOf(':'));
    return {
      principal,
      resource: resourceFor(principals[principal]?.account ?? 0, service),
      action: actionFacts(name),
      context: contextOf(service, pick, int),
    };
  });
  return { policies, scp: controlPolicies(), principals, resources, requests };
}

function arnOf(principal: World['principals'][number] | undefined): string {
  if (principal === undefined) return '*';
  const { facts } = principal;
  return 'role' in facts ? facts.role.arn : 'arn' in facts ? facts.arn : '*';
}

function document(...statements: readonly Doc[]): Doc {
  return { Version: '2012-10-17', Statement: statements };
}

function holderPolicy(service: string, named: string, int: (below: number) => number): Doc {
  return document(
    {
      Effect: 'Allow',
      Principal: { AWS: [named, accountId(int(ACCOUNTS))] },
      Action: `${service}:*`,
      Resource: '*',
    },
    {
      Effect: 'Allow',
      Principal: '*',
      Action: `${service}:Get*`,
      Resource: '*',
      Condition: { StringEquals: { 'aws:SourceVpce': `vpce-${int(50)}` } },
    },
    {
      Effect: 'Deny',
      Principal: '*',
      Action: `${service}:*`,
      Resource: '*',
      Condition: { Bool: { 'aws:SecureTransport': 'false' } },
    },
  );
}

/** Root, unit, account: what many organizations deny. */
function controlPolicies(): World['scp'] {
  const full = document({ Effect: 'Allow', Action: '*', Resource: '*' });
  const root = document(
    {
      Sid: 'Regions',
      Effect: 'Deny',
      NotAction: ['iam:*', 'sts:*', 'organizations:*', 'support:*'],
      Resource: '*',
      Condition: {
        StringNotEquals: { 'aws:RequestedRegion': ['eu-west-1', 'eu-central-1', 'us-east-1'] },
        ArnNotLike: { 'aws:PrincipalARN': 'arn:aws:iam::*:role/admin/*' },
      },
    },
    {
      Sid: 'Root',
      Effect: 'Deny',
      Action: '*',
      Resource: '*',
      Condition: { ArnLike: { 'aws:PrincipalArn': 'arn:aws:iam::*:root' } },
    },
    { Sid: 'Leave', Effect: 'Deny', Action: 'organizations:LeaveOrganization', Resource: '*' },
  );
  const units = NAMES.slice(0, 5).map((service) =>
    document({
      Effect: 'Deny',
      Action: [`${service}:Delete*`, `${service}:Update*`],
      Resource: '*',
      Condition: { StringNotEquals: { 'aws:PrincipalTag/team': ['red', 'blue'] } },
    }),
  );
  const accounts = ['r1*', 'r2*', 'r3*', 'r4*', 'r5*'].map((name) =>
    document(
      { Effect: 'Deny', Action: 's3:PutObjectAcl', Resource: `arn:aws:s3:::${name}` },
      {
        Effect: 'Deny',
        Action: ['secretsmanager:*', 'lambda:*'],
        Resource: '*',
        Condition: { Bool: { 'aws:MultiFactorAuthPresent': 'false' }, StringLike: { 'aws:UserAgent': 'Mozilla/*' } },
      },
    ),
  );
  return Array.from({ length: ACCOUNTS }, (_, i) => [
    [full, root],
    [full, units[i % units.length] ?? full],
    [full, accounts[i % accounts.length] ?? full],
  ]);
}

/** 15 to 20 keys: those of every request, those of the way that it came, and those of its service. */
function contextOf(
  service: string,
  pick: <T>(list: readonly T[]) => T,
  int: (below: number) => number,
): BenchRequest['context'] {
  const context = new Map<string, string | readonly string[]>([
    ['aws:sourceip', `${pick(['10.1', '203.0', '192.168'])}.${int(250)}.${int(250)}`],
    ['aws:requestedregion', int(100) < 3 ? 'us-west-2' : pick(['eu-west-1', 'us-east-1'])],
    ['aws:securetransport', 'true'],
    ['aws:multifactorauthpresent', pick(['true', 'false'])],
    ['aws:useragent', pick(['aws-cli/2.1', 'Boto3/1', 'aws-sdk-go/1.44', 'aws-sdk-java/2.20', 'Mozilla/5.0'])],
    ['aws:viaawsservice', 'false'],
    ['aws:referer', 'https://console.example'],
    ['aws:currentuse', 'x'],
    ['aws:tagkeys', pick<readonly string[]>([['team'], ['team', 'cost'], []])],
    ['s3:max-keys', pick(['10', '1000'])],
    ['k:department', 'x'],
    ['k:ticket', String(int(100_000))],
    ['k:stage', 'production'],
    [`${service}:first`, 'x'],
    [`${service}:second`, 'x'],
  ]);
  const way = int(3);
  if (way > 0) {
    context.set('aws:sourcevpc', `vpc-${int(20)}`);
    context.set('aws:sourcevpce', `vpce-${int(50)}`);
  }
  if (way > 1) {
    context.set('aws:vpcsourceip', '10.0.0.7');
    context.set('aws:ec2instancesourcevpc', 'vpc-1');
    context.set('aws:ec2instancesourceprivateipv4', '10.0.0.7');
  }
  return context;
}
