import { expect, test } from 'vitest';
import { openCatalog } from '../../src/catalog/catalog.ts';
import { readDataFileSync } from '../../src/catalog/data-file.ts';
import { loadPolicy } from '../../src/policy/load.ts';

const catalog = await openCatalog();

test('finds an AWS managed policy by its ARN', () => {
  const found = catalog.managedPolicy('arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole');
  expect(found).toEqual({
    arn: 'arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole',
    name: 'AWSLambdaBasicExecutionRole',
    path: '/service-role/',
    versionId: 'v1',
    document:
      '{"Statement":[{"Action":["logs:CreateLogGroup","logs:CreateLogStream","logs:PutLogEvents"],"Effect":"Allow","Resource":"*"}],"Version":"2012-10-17"}',
  });
});

test('a deprecated policy, of which only the name is known, is found by its name', () => {
  const found = catalog.managedPolicy('arn:aws:iam::aws:policy/service-role/AmazonEC2RoleforSSM');
  expect(found).toMatchObject({ name: 'AmazonEC2RoleforSSM', path: '/service-role/' });
});

test.each([
  'arn:aws:iam::aws:policy/AWSLambdaBasicExecutionRole',
  'arn:aws:iam::111111111111:policy/AdministratorAccess',
  'arn:aws-cn:iam::aws:policy/AdministratorAccess',
  'arn:aws:iam::aws:policy/NoSuchPolicy',
  'arn:aws:iam::aws:policy/',
  'AdministratorAccess',
  '',
])('there is no AWS managed policy `%s`', (arn) => {
  expect(catalog.managedPolicy(arn)).toBeNull();
});

test('every shipped document can be loaded', () => {
  const lines = readDataFileSync('catalog/data/aws-managed-policies.jsonl').trim().split('\n');
  expect(lines).toHaveLength(1645);
  const failures = lines.flatMap((line) => {
    const { name, document } = JSON.parse(line);
    try {
      loadPolicy(document, 'identity');
      return [];
    } catch (error) {
      return [`${name}: ${String(error)}`];
    }
  });
  expect(failures).toEqual([]);
});
