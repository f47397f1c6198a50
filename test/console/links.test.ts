import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { addressOfArn } from '../../src/console/links.ts';
import { consolePageAt } from '../../src/server/console/pages.ts';

test('every page of the console is served at its address, whoever loads it', () => {
  const main = readFileSync(new URL('../../src/console/main.tsx', import.meta.url), 'utf8');
  const paths = [...main.matchAll(/<Route path="([^"]+)"/g)].map(([, path = '']) => path);
  expect(paths).toContain('/group/:arn');
  const nowhere = paths.filter((path) => consolePageAt(path.replace(/:\w+/, '111111111111')) === null);
  expect(nowhere).toEqual([]);
});

test.each([
  ['arn:aws:iam::111111111111:user/team/alice', 'principal', '/p/'],
  ['arn:aws:iam::111111111111:role/group/Role', 'principal', '/r/'],
  ['arn:aws:iam::111111111111:group/team/developers', 'group', '/group/'],
  ['arn:aws:iam::aws:policy/ReadOnlyAccess', 'policy', '/policy/'],
  ['arn:aws-cn:ec2:cn-north-1:111111111111:vpc-endpoint/vpce-0', 'endpoint', '/endpoint/'],
  ['arn:aws:organizations::999999999999:policy/o-demo/service_control_policy/p-keep', 'organization', '/organization'],
  ['arn:aws:s3:::bucket/arn:aws:iam::1:group/x', 'resource', '/resource/'],
])('what has a policy has a page: %s', (arn, page, beginning) => {
  const address = addressOfArn(arn);
  expect(address.startsWith(beginning)).toBe(true);
  expect(consolePageAt(address.split('?')[0] ?? '')).toBe(page);
});
