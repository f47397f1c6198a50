import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { answerFileName, decodeArgument, encodeArgument, parseAnswerPath } from '../../src/importing/answer-name.ts';

test.each([
  [
    '111111111111/organizations/list-organizational-units-for-parent@r-ab12.json',
    {
      account: '111111111111',
      region: null,
      service: 'organizations',
      operation: 'list-organizational-units-for-parent',
      arguments: ['r-ab12'],
    },
  ],
  [
    'deep/folder/111111111111/us-east-1/dynamodb/get-resource-policy@arn%3Aaws%3Adynamodb%3Aus-east-1%3A111111111111%3Atable%2Forders.json',
    {
      account: '111111111111',
      region: 'us-east-1',
      service: 'dynamodb',
      operation: 'get-resource-policy',
      arguments: ['arn:aws:dynamodb:us-east-1:111111111111:table/orders'],
    },
  ],
  [
    '111111111111/organizations/list-policies-for-target@ou-ab12-11111111@SERVICE_CONTROL_POLICY.json',
    {
      account: '111111111111',
      region: null,
      service: 'organizations',
      operation: 'list-policies-for-target',
      arguments: ['ou-ab12-11111111', 'SERVICE_CONTROL_POLICY'],
    },
  ],
  [
    'us-gov-west-1/sqs/list-queues.json',
    { account: null, region: 'us-gov-west-1', service: 'sqs', operation: 'list-queues', arguments: [] },
  ],
  [
    '111111111111/list-roots.json',
    { account: '111111111111', region: null, service: null, operation: 'list-roots', arguments: [] },
  ],
  ['My Export.json', { account: null, region: null, service: null, operation: null, arguments: [] }],
  [
    's3api/get-bucket-policy@%E0%A4%A.json',
    { account: null, region: null, service: 's3api', operation: null, arguments: [] },
  ],
])('%s', (path, expected) => {
  expect(parseAnswerPath(path)).toEqual(expected);
});

test('an argument survives its way into a name of a file and back, whatever it holds', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (argument) => {
      const name = encodeArgument(argument);
      expect(name).not.toMatch(/[/\\:*?"<>|@\p{Cc}]/u);
      expect(decodeArgument(name)).toBe(argument);
    }),
  );
});

test('a name that file systems would refuse is not made', () => {
  expect(answerFileName('get-bucket-policy', 'b'.repeat(63))).toBe(`get-bucket-policy@${'b'.repeat(63)}.json`);
  expect(answerFileName('get-resource-policy', 't'.repeat(230))).toHaveLength(255);
  expect(answerFileName('get-resource-policy', 't'.repeat(231))).toBeNull();
});
