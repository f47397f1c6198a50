import { expect, test } from 'vitest';
import { importFiles } from '../../src/importing/import-files.ts';

const A = '111111111111';
const R = 'us-east-1';
const tagged = (arn: string) => ({
  path: `${A}/${R}/resourcegroupstaggingapi/get-resources.json`,
  text: JSON.stringify({ ResourceTagMappingList: [{ ResourceARN: arn, Tags: [] }] }),
});

test('a resource of which only tags are known is not taken to have no policy', () => {
  const { document } = importFiles([tagged(`arn:aws:sqs:${R}:${A}:q`)]);
  expect(document.resources).toEqual([{ arn: `arn:aws:sqs:${R}:${A}:q`, accountId: A, tags: {} }]);
  expect(document.knowledge).toEqual([
    {
      accountId: A,
      layer: 'RESOURCE_POLICIES',
      service: 'sqs',
      state: 'PARTIAL',
      missing: ['the list of queues (sqs list-queues)', 'which Regions are enabled (account list-regions)'],
      concerns: ['UNSTORED', 'UNSTORED'],
    },
  ]);
});

test('of a service without resource-based policies nothing is missing', () => {
  expect(importFiles([tagged(`arn:aws:ec2:${R}:${A}:instance/i-1`)]).document.knowledge).toBeUndefined();
});
