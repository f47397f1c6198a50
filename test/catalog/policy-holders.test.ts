import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { openCatalog } from '../../src/catalog/catalog.ts';
import { policyHolders } from '../../src/catalog/policy-holders.ts';

const catalog = await openCatalog();
const here = (service: string, resource: string) => `arn:aws:${service}:eu-west-1:111111111111:${resource}`;

test.each([
  ['arn:aws:s3:::b', ['arn:aws:s3:::b']],
  ['arn:aws:s3:::b/k/l', ['arn:aws:s3:::b']],
  ['arn:aws:s3:::b/k:l', ['arn:aws:s3:::b']],
  ['arn:aws-cn:s3:::accesspoint/k', ['arn:aws-cn:s3:::accesspoint']],
  [here('s3', 'accesspoint/ap/object/k/l'), [here('s3', 'accesspoint/ap')]],
  [here('sqs', 'queue'), [here('sqs', 'queue')]],
  [here('sns', 'topic:1e0f'), [here('sns', 'topic')]],
  [here('lambda', 'function:f'), [here('lambda', 'function:f')]],
  [here('lambda', 'function:f:live'), [here('lambda', 'function:f:live'), here('lambda', 'function:f')]],
  [here('lambda', 'layer:l:3'), [here('lambda', 'layer:l:3')]],
  [here('lambda', 'layer:l'), []],
  [here('dynamodb', 'table/t'), [here('dynamodb', 'table/t')]],
  [here('dynamodb', 'table/t/index/i'), [here('dynamodb', 'table/t')]],
  [
    here('dynamodb', 'table/t/stream/2026-01-01T00:00:00.000'),
    [here('dynamodb', 'table/t/stream/2026-01-01T00:00:00.000')],
  ],
  ['arn:aws:iam::111111111111:role/team/App', ['arn:aws:iam::111111111111:role/team/App']],
  ['arn:aws:iam::111111111111:user/alice', []],
  [here('kms', 'key/1234'), [here('kms', 'key/1234')]],
  [here('kms', 'alias/a'), []],
  [here('ecr', 'repository/team/app'), [here('ecr', 'repository/team/app')]],
  [here('secretsmanager', 'secret:db/main-AbCdEf'), [here('secretsmanager', 'secret:db/main-AbCdEf')]],
  [here('logs', 'log-group:/aws/lambda/f:log-stream:2026/01/01/[$LATEST]a'), [here('logs', 'log-group:/aws/lambda/f')]],
  [here('events', 'rule/bus/r'), [here('events', 'event-bus/bus')]],
  [here('events', 'rule/r'), [here('events', 'event-bus/default')]],
  [here('glue', 'table/db/t'), [here('glue', 'catalog')]],
  [here('codeartifact', 'package/d/r/npm//p'), [here('codeartifact', 'repository/d/r')]],
  [here('execute-api', 'abc/prod/GET/x'), [here('execute-api', 'abc'), 'arn:aws:apigateway:eu-west-1::/restapis/abc']],
  [here('es', 'domain/d/index/_doc'), [here('es', 'domain/d')]],
  [here('ec2', 'instance/i-1'), []],
  [here('constructor', 'x'), []],
  ['arn:aws:s3', []],
  ['*', []],
  ['', []],
])('%s is governed by the policies of %j', (arn, holders) => {
  expect(policyHolders(arn)).toEqual(holders);
});

test('every service of the table is one of the catalogue', () => {
  expect(catalog.services().filter((service) => catalog.hasResourcePolicies(service)).length).toBeGreaterThan(40);
  expect(catalog.hasResourcePolicies('S3')).toBe(true);
  expect(catalog.hasResourcePolicies('ec2')).toBe(false);
});

test('what bears a policy bears its own', () => {
  const text = fc.string({
    unit: fc.constantFrom('a', '/', ':', '-', '*', '$', '{', 'table', 'function:'),
    maxLength: 12,
  });
  const arn = fc.tuple(fc.constantFrom('s3', 'lambda', 'dynamodb', 'sns', 'iam', 'kms', 'events', 'logs'), text);
  fc.assert(
    fc.property(arn, fc.boolean(), ([service, resource], isGlobal) => {
      const asked = isGlobal ? `arn:aws:${service}:::${resource}` : here(service, resource);
      const [nearest] = policyHolders(asked);
      expect(nearest === undefined || policyHolders(nearest).includes(nearest)).toBe(true);
    }),
  );
});
