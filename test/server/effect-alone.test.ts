import { describe, expect, test } from 'vitest';
import { startedGateway } from '../support/gateway.ts';

// A list that is asked for effects alone is answered with one answer for all entries of the same effect. Each has to be what it is when
// everything is asked for, at the same place, with the same errors.

const started = startedGateway();

const HERE = '111111111111';
const user = (name: string): string => `arn:aws:iam::${HERE}:user/${name}`;
const PRINCIPALS = ['alice', 'bob', 'carol', 'dave', 'nobody-of-this-name'].map(user);
const RESOURCES = [
  ['s3:GetObject', 'arn:aws:s3:::reports/a'],
  ['s3:PutObject', 'arn:aws:s3:::reports/b'],
  ['s3:DeleteBucket', 'arn:aws:s3:::reports'],
  ['s3:GetObject', 'arn:aws:s3:::unknown/a'],
  ['s3:ListAllMyBuckets', '*'],
  ['iam:GetUser', user('alice')],
  ['iam:DeletePolicy', 'arn:aws:iam::aws:policy/ReadOnlyAccess'],
  ['sts:AssumeRole', `arn:aws:iam::${HERE}:role/Deploy`],
  ['s3:GetNothing', 'arn:aws:s3:::reports/a'],
  ['s3:GetObject', 'no ARN'],
  ['s3:GetObject', user('alice')],
] as const;

const checks = Array.from({ length: 4 }, () => RESOURCES)
  .flat()
  .map(([action, resource], index) => ({
    action,
    resource,
    ...(index % 7 === 3 && { resourceIsPattern: true }),
    ...(index % 11 === 5 && { resourceAccount: HERE }),
  }));
const requests = PRINCIPALS.flatMap((principal) => checks.map((check) => ({ principal, ...check })));

const OF_EFFECT = 'effect allowed deniedBy __typename';
const LISTS = {
  decisions: (fields: string) =>
    `query ($requests: [AccessRequestInput!]!) { all: decisions(requests: $requests) { ${fields} } }`,
  decisionsFor: (fields: string) =>
    `query ($principal: PrincipalId!, $checks: [CheckInput!]!) { all: decisionsFor(principal: $principal, checks: $checks) { ${fields} } }`,
};

describe.each(['operator', 'alice'])('asked by %s', (who) => {
  const authorization = (): string => (who === 'operator' ? started.as.operator : started.as.user(who));

  test.each([
    ['decisions', { requests }],
    ['decisions', { requests: requests.slice(0, 3) }],
    ['decisionsFor', { principal: user('alice'), checks }],
    ['decisionsFor', { principal: user('bob'), checks: Array.from({ length: 30 }, () => checks).flat() }],
    ['decisionsFor', { principal: user('nobody-of-this-name'), checks }],
  ] as const)('%s', async (list, variables) => {
    const answers = [];
    for (const fields of [OF_EFFECT, `${OF_EFFECT} action`]) {
      const { body } = await started.ask(LISTS[list](fields), { variables, authorization: authorization() });
      const all = (body.data?.all ?? []) as readonly (Record<string, unknown> | null)[];
      answers.push({
        all: all.map((one) =>
          one === null ? null : [one['effect'], one['allowed'], one['deniedBy'], one['__typename']],
        ),
        errors: JSON.stringify(body.errors ?? []).replaceAll(/"requestId":"[^"]*"/g, ''),
      });
    }
    const [alone, full] = answers;
    expect(alone).toEqual(full);
  });
});

test('what is asked has all effects, and errors', async () => {
  const { body } = await started.ask(LISTS.decisions('effect'), {
    variables: { requests },
    authorization: started.as.operator,
  });
  const effects = new Set(body.data.all.map((one: { readonly effect: string } | null) => one?.effect));
  expect(effects).toEqual(new Set(['ALLOWED', 'EXPLICIT_DENY', 'IMPLICIT_DENY', undefined]));
});
