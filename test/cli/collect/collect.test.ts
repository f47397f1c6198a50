import { utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { CollectedWorld, type World } from '../../support/aws-world.ts';

const A = '111111111111';
const ONE_REGION = ['--regions', 'eu-west-1'];

/** An account with two buckets, a key and a queue. */
const WORLD: World = {
  profiles: { default: A, other: '222222222222' },
  answers: {
    'iam get-account-authorization-details': { UserDetailList: [], RoleDetailList: [] },
    'organizations describe-organization': { Organization: { Id: 'o-1', MasterAccountId: '999999999999' } },
    'organizations describe-effective-policy': { $error: 'EffectivePolicyNotFoundException' },
    's3control get-public-access-block': { $error: 'NoSuchPublicAccessBlockConfiguration' },
    's3api list-buckets': { Buckets: [{ Name: 'logs', BucketRegion: 'eu-central-1' }, { Name: 'web' }] },
    's3api get-bucket-policy': { $error: 'NoSuchBucketPolicy' },
    's3api get-bucket-policy --bucket web': { Policy: '{"Statement":[]}' },
    's3api get-public-access-block': { $error: 'NoSuchPublicAccessBlockConfiguration' },
    's3api get-bucket-ownership-controls': { OwnershipControls: { Rules: [] } },
    's3api get-bucket-tagging': { $error: 'NoSuchTagSet' },
    's3api get-bucket-abac': { AbacStatus: { Status: 'Disabled' } },
    'glue get-resource-policy': { $error: 'EntityNotFoundException' },
    'kms list-keys': { Keys: [{ KeyId: 'k-1' }] },
    'kms get-key-policy': { Policy: '{}', PolicyName: 'default' },
    'codeartifact list-repositories': { repositories: [{ name: 'npm', domainName: 'packages' }] },
    'codeartifact get-repository-permissions-policy': { $error: 'ResourceNotFoundException' },
    'sqs list-queues': { QueueUrls: ['https://sqs.eu-west-1.amazonaws.com/111111111111/jobs'] },
    'sqs get-queue-attributes': { Attributes: { QueueArn: 'arn:aws:sqs:eu-west-1:111111111111:jobs' } },
  },
};

/** With more answers, or others. */
const worldWith = (answers: World['answers'], more: Partial<World> = {}): World => ({
  ...WORLD,
  ...more,
  answers: { ...WORLD.answers, ...answers },
});

/** Of the lists that every Region is asked for. */
const REGIONAL_LISTS = [
  'acm-pca list-certificate-authorities',
  'apigateway get-rest-apis',
  'backup list-backup-vaults',
  'codeartifact list-domains',
  'codeartifact list-repositories',
  'dynamodb list-tables',
  'ec2 describe-vpc-endpoints',
  'ecr describe-repositories',
  'efs describe-file-systems',
  'events list-event-buses',
  'glue get-resource-policy',
  'kinesis list-streams',
  'kms list-keys',
  'lambda list-functions',
  'logs describe-log-groups',
  'logs describe-resource-policies',
  'resourcegroupstaggingapi get-resources',
  's3control list-access-points --account-id 111111111111',
  'secretsmanager list-secrets',
  'sns list-topics',
  'sqs list-queues --page-size 1000',
].map((list) => `${list} --region eu-west-1`);

describe('an account', () => {
  test('is asked exactly these questions, without a pager, and its answers have these places', async () => {
    const world = await CollectedWorld.of(WORLD);
    const { out, error, failure } = await world.collect(ONE_REGION, { processes: true });
    expect([failure, error]).toEqual([null, '']);
    expect(out).toBe(`collected 44 answers of 1 account in ${world.dir}\n`);
    const ofBucket = (name: string, region: string) =>
      ['abac', 'ownership-controls', 'policy', 'tagging']
        .map((what) => `s3api get-bucket-${what} --bucket ${name} --region ${region}`)
        .concat(`s3api get-public-access-block --bucket ${name} --region ${region}`);
    expect(await world.questions()).toEqual(
      [
        'sts get-caller-identity',
        'iam get-account-authorization-details --region us-east-1',
        'iam list-account-aliases --region us-east-1',
        'iam list-instance-profiles --region us-east-1',
        'iam list-open-id-connect-providers --region us-east-1',
        'organizations describe-organization --region us-east-1',
        'organizations describe-effective-policy --policy-type S3_POLICY --region us-east-1',
        's3control get-public-access-block --account-id 111111111111 --region us-east-1',
        's3api list-buckets --region us-east-1',
        // In the bucket's Region, if the list says which that is.
        ...ofBucket('logs', 'eu-central-1'),
        ...ofBucket('web', 'us-east-1'),
        ...REGIONAL_LISTS,
        'codeartifact get-repository-permissions-policy --repository npm --domain packages --region eu-west-1',
        'kms describe-key --key-id k-1 --region eu-west-1',
        'kms get-key-policy --key-id k-1 --policy-name default --region eu-west-1',
        'kms list-grants --key-id k-1 --region eu-west-1',
        'sqs get-queue-attributes --queue-url https://sqs.eu-west-1.amazonaws.com/111111111111/jobs --attribute-names All --region eu-west-1',
      ].sort(),
    );
    for (const { argv, pager } of await world.calls()) {
      expect(argv.slice(-3)).toEqual(['--output', 'json', '--no-cli-pager']);
      expect(pager).toBe('');
    }
    const files = await world.files();
    expect(files).toHaveLength(46);
    expect(files).toEqual(
      expect.arrayContaining([
        '_collect.json',
        `${A}/sts/get-caller-identity.json`,
        `${A}/iam/get-account-authorization-details.json`,
        `${A}/s3api/get-bucket-policy@web.json`,
        `${A}/s3control/get-public-access-block.json`,
        `${A}/organizations/describe-effective-policy@${A}.json`,
        `${A}/eu-west-1/codeartifact/get-repository-permissions-policy@packages%2Fnpm.json`,
        `${A}/eu-west-1/kms/get-key-policy@k-1.json`,
        `${A}/eu-west-1/sqs/get-queue-attributes@https%3A%2F%2Fsqs.eu-west-1.amazonaws.com%2F111111111111%2Fjobs.json`,
      ]),
    );
  });

  test('keeps what AWS says as it is, that there is none as an error with its code, and silence as an empty answer', async () => {
    const world = await CollectedWorld.of(WORLD);
    await world.collect(ONE_REGION);
    expect(await world.json(`${A}/s3api/get-bucket-policy@web.json`)).toEqual({ Policy: '{"Statement":[]}' });
    expect(await world.json(`${A}/s3api/get-bucket-policy@logs.json`)).toEqual({
      Error: { Code: 'NoSuchBucketPolicy' },
    });
    expect(await world.json(`${A}/eu-west-1/sns/list-topics.json`)).toEqual({});
    expect(await world.json('_collect.json')).toEqual({
      started: expect.stringMatching(/^20\d\d-/),
      finished: expect.stringMatching(/^20\d\d-/),
      accounts: [{ account: A, started: expect.any(String), finished: expect.any(String), regions: ['eu-west-1'] }],
      leftOut: [],
    });
  });

  test('is readable by its owner alone', async () => {
    const world = await CollectedWorld.of(WORLD);
    await world.collect(ONE_REGION);
    for (const folder of ['.', A, `${A}/s3api`, `${A}/eu-west-1`, `${A}/eu-west-1/kms`]) {
      expect([folder, await world.mode(folder)]).toEqual([folder, '700']);
    }
    for (const file of await world.files()) expect([file, await world.mode(file)]).toEqual([file, '600']);
  });

  test('is asked in the Regions that are enabled, and again in others that are named', async () => {
    const world = await CollectedWorld.of(
      worldWith({ 'ec2 describe-regions': { Regions: [{ RegionName: 'eu-west-1' }, { RegionName: 'ap-south-1' }] } }),
    );
    await world.collect();
    const asked = new Set((await world.questions()).filter((text) => text.startsWith('sns ')));
    expect(asked).toEqual(new Set(['sns list-topics --region ap-south-1', 'sns list-topics --region eu-west-1']));
    // In the Region of the user's own settings.
    expect(await world.questions()).toContain('ec2 describe-regions');
    await world.collect(['--regions', 'eu-north-1']);
    expect(await world.questions()).toContain('sns list-topics --region eu-north-1');
    expect(await world.json('_collect.json')).toMatchObject({
      accounts: [{ account: A, regions: ['ap-south-1', 'eu-north-1', 'eu-west-1'] }],
    });
  });

  test('that may not ask EC2 for its Regions asks the account', async () => {
    const world = await CollectedWorld.of(
      worldWith({
        'ec2 describe-regions': { $error: 'UnauthorizedOperation' },
        'account list-regions': { Regions: [{ RegionName: 'eu-west-1' }] },
      }),
    );
    const { out, error } = await world.collect();
    expect([error, out]).toEqual(['', `collected 45 answers of 1 account in ${world.dir}\n`]);
    expect(await world.questions()).toContain(
      'account list-regions --region-opt-status-contains ENABLED ENABLED_BY_DEFAULT --region us-east-1',
    );
  });

  test('in no organization is not asked for policies of one', async () => {
    const world = await CollectedWorld.of(
      worldWith({ 'organizations describe-organization': { $error: 'AWSOrganizationsNotInUseException' } }),
    );
    await world.collect(ONE_REGION);
    expect(await world.json(`${A}/organizations/describe-organization.json`)).toEqual({
      Error: { Code: 'AWSOrganizationsNotInUseException' },
    });
    expect((await world.questions()).filter((text) => text.includes('effective'))).toEqual([]);
  });

  test('of another partition is asked there', async () => {
    const world = await CollectedWorld.of(
      worldWith({ 'dynamodb list-tables': { TableNames: ['t'] } }, { partition: 'aws-cn' }),
    );
    await world.collect(['--regions', 'cn-north-1']);
    const asked = await world.questions();
    expect(asked).toContain('iam list-account-aliases --region cn-north-1');
    expect(asked).toContain(
      'dynamodb get-resource-policy --resource-arn arn:aws-cn:dynamodb:cn-north-1:111111111111:table/t --region cn-north-1',
    );
  });

  test('several profiles are several accounts, and two of one account are refused', async () => {
    const world = await CollectedWorld.of({ ...WORLD, profiles: { one: A, two: '222222222222', again: A } });
    const { out } = await world.collect([...ONE_REGION, '--profile', 'one', '--profile', 'two']);
    expect(out).toMatch(/ of 2 accounts in /);
    expect(await world.files()).toContain('222222222222/s3api/get-bucket-policy@web.json');
    const { failure } = await world.collect([...ONE_REGION, '--profile', 'one', '--profile', 'again']);
    expect(failure).toBe('the profiles one and again are of the same account, 111111111111');
  });
});

describe('names', () => {
  test('that look like options, or hold slashes, are given and kept as names', async () => {
    const world = await CollectedWorld.of(
      worldWith({
        'lambda list-functions': {
          Functions: [{ FunctionName: '-rf', Environment: { Variables: { TOKEN: 'hush' } } }],
        },
        'lambda get-policy': { Policy: '{}' },
        'ecr describe-repositories': { repositories: [{ repositoryName: '../../up' }] },
        'ecr get-repository-policy': { policyText: '{}' },
      }),
    );
    await world.collect(ONE_REGION);
    expect(await world.questions()).toContain('lambda get-policy --function-name=-rf --region eu-west-1');
    expect(await world.files()).toContain(`${A}/eu-west-1/ecr/get-repository-policy@..%2F..%2Fup.json`);
    // Environment variables of functions are not kept.
    expect(await world.json(`${A}/eu-west-1/lambda/list-functions.json`)).toEqual({
      Functions: [{ FunctionName: '-rf' }],
    });
  });

  test('that the aws command would read from a file, or are too long for a file, are left out and named', async () => {
    const world = await CollectedWorld.of(
      worldWith({
        'sns list-topics': {
          Topics: [{ TopicArn: 'file:///etc/passwd' }, { TopicArn: `arn:aws:sns:${'x'.repeat(256)}` }],
        },
        'sns get-topic-attributes': { Attributes: {} },
      }),
    );
    const { error } = await world.collect(ONE_REGION);
    expect(error.split('\n').slice(0, -1)).toEqual([
      `left out: ${A} sns list-topics in eu-west-1: UnusableName: 1 of its items have no name that can be given to a command`,
      `left out: ${A} sns get-topic-attributes in eu-west-1: NameTooLong: its name is too long for a file`,
    ]);
    expect((await world.questions()).filter((text) => text.startsWith('sns get'))).toEqual([]);
  });
});

describe('pages', () => {
  test('that the command line does not join are asked for one by one, and kept as one answer', async () => {
    const world = await CollectedWorld.of(
      worldWith({
        'events list-event-buses': { $pages: [{ EventBuses: [{ Name: 'a' }] }, { EventBuses: [{ Name: 'b' }] }] },
        'events describe-event-bus': { Policy: '{}' },
      }),
    );
    await world.collect(ONE_REGION);
    expect(await world.json(`${A}/eu-west-1/events/list-event-buses.json`)).toEqual({
      EventBuses: [{ Name: 'a' }, { Name: 'b' }],
    });
    expect((await world.questions()).filter((text) => text.startsWith('events'))).toEqual([
      'events describe-event-bus --name a --region eu-west-1',
      'events describe-event-bus --name b --region eu-west-1',
      'events list-event-buses --region eu-west-1',
      'events list-event-buses --region eu-west-1 --next-token 1',
    ]);
  });

  test('without an end are left out', async () => {
    const world = await CollectedWorld.of(worldWith({ 'sns list-topics': { Topics: [], NextToken: 'same' } }));
    const { error } = await world.collect(ONE_REGION);
    expect(error).toBe(
      `left out: ${A} sns list-topics in eu-west-1: PagesWithoutEnd: the pages of the answer do not end\n`,
    );
    expect(await world.files()).not.toContain(`${A}/eu-west-1/sns/list-topics.json`);
  });
});

describe('what fails', () => {
  test('forbidden: it is left out, named at the end and in the record, and the rest goes on', async () => {
    const world = await CollectedWorld.of(
      worldWith({
        'kms list-grants': { $error: 'AccessDeniedException' },
        's3api get-bucket-tagging': { $error: 'AccessDenied' },
      }),
    );
    const { out, error, failure } = await world.collect(ONE_REGION);
    expect(failure).toBeNull();
    expect(out).toBe(`collected 41 answers of 1 account in ${world.dir}, 3 left out (see _collect.json)\n`);
    expect(error.split('\n').slice(0, -1).sort()).toEqual([
      `left out: ${A} kms list-grants in eu-west-1: AccessDeniedException: aws: [ERROR]: An error occurred (AccessDeniedException) when calling the ListGrants operation: told by the tests`,
      `left out: ${A} s3api get-bucket-tagging (2 times): AccessDenied: aws: [ERROR]: An error occurred (AccessDenied) when calling the GetBucketTagging operation: told by the tests`,
    ]);
    expect(await world.files()).not.toContain(`${A}/s3api/get-bucket-tagging@web.json`);
    expect(await world.json('_collect.json')).toMatchObject({
      leftOut: expect.arrayContaining([
        {
          account: A,
          region: 'eu-west-1',
          service: 'kms',
          operation: 'list-grants',
          argument: 'k-1',
          code: 'AccessDeniedException',
          message: expect.any(String),
        },
      ]),
    });
  });

  test('throttled: it is asked again until it is answered, and left out after seven times', async () => {
    const world = await CollectedWorld.of(
      worldWith({
        'sns list-topics': { $throttled: 6, answer: { Topics: [] } },
        'kms list-keys': { $throttled: 99, code: 'TooManyRequestsException' },
      }),
    );
    const { error } = await world.collect(ONE_REGION);
    const asked = await world.questions();
    expect(asked.filter((text) => text.startsWith('sns '))).toHaveLength(7);
    expect(asked.filter((text) => text.startsWith('kms '))).toHaveLength(7);
    expect(await world.json(`${A}/eu-west-1/sns/list-topics.json`)).toEqual({ Topics: [] });
    expect(error).toMatch(/^left out: 111111111111 kms list-keys in eu-west-1: TooManyRequestsException: [^\n]*\n$/);
  });

  test('not in the Region: it is left out', async () => {
    const world = await CollectedWorld.of(
      worldWith({
        'codeartifact list-domains': {
          $stderr: 'Could not connect to the endpoint URL: "https://codeartifact.eu-west-1.amazonaws.com/v1/domains"',
        },
      }),
    );
    const { error } = await world.collect(ONE_REGION);
    expect(error).toBe(
      `left out: ${A} codeartifact list-domains in eu-west-1: EndpointUnreachable: Could not connect to the endpoint URL: "https://codeartifact.eu-west-1.amazonaws.com/v1/domains"\n`,
    );
  });

  test('unknown to an older aws command: it is tried few times, and not for each bucket', async () => {
    const Buckets = Array.from({ length: 30 }, (_, index) => ({ Name: `bucket-${index}` }));
    const world = await CollectedWorld.of(
      worldWith({
        's3api list-buckets': { Buckets },
        's3api get-bucket-abac': {
          $stderr: "aws: [ERROR]: argument operation: Found invalid choice 'get-bucket-abac'",
          code: 252,
        },
      }),
    );
    const { error } = await world.collect(ONE_REGION);
    // Those that ran when the first of them failed.
    expect((await world.questions()).filter((text) => text.includes('abac')).length).toBeLessThanOrEqual(4);
    expect(error).toMatch(/^left out: 111111111111 s3api get-bucket-abac: UnknownToThisCommand: [^\n]*\n$/);
  });

  test('no JSON: it is left out', async () => {
    const world = await CollectedWorld.of(worldWith({ 'sns list-topics': { $text: 'TOPICS\tarn' } }));
    expect((await world.collect(ONE_REGION)).error).toBe(
      `left out: ${A} sns list-topics in eu-west-1: NoJson: the answer is no JSON object\n`,
    );
  });

  test('expired credentials end it with a sentence, and it goes on from there', async () => {
    const world = await CollectedWorld.of(worldWith({}, { expired: { default: 20 } }));
    const { failure, out } = await world.collect(ONE_REGION);
    expect(failure).toBe(
      'the credentials are missing or have expired: aws: [ERROR]: An error occurred (ExpiredToken) when calling the ' +
        `${/calling the (\w+)/.exec(failure ?? '')?.[1]} operation: The security token included in the request is expired\n` +
        'Sign in again (for example with `aws sso login`) and run the same command again: it goes on where it stopped.',
    );
    expect(out).toBe('');
    expect(await world.json('_collect.json')).toMatchObject({
      finished: null,
      accounts: [{ account: A, finished: null }],
    });
    const before = (await world.files()).length;
    expect(before).toBeGreaterThan(10);
    await world.become(WORLD);
    const again = await world.collect(ONE_REGION);
    expect(again.failure).toBeNull();
    expect(await world.files()).toHaveLength(46);
    // Each file but the identity and the record was there or is asked for.
    expect((await world.calls()).length).toBe(46 - before + 1);
  });

  test('no profile of that name, and no aws command', async () => {
    const world = await CollectedWorld.of(WORLD);
    expect((await world.collect(['--profile', 'nobody'])).failure).toMatch(
      /^the credentials are missing or have expired: aws: \[ERROR\]: The config profile \(nobody\) could not be found\n/,
    );
    expect((await world.collect(['--aws', join(world.home, 'no-aws')], { processes: true })).failure).toBe(
      `the command \`${join(world.home, 'no-aws')}\` is not there: install version 2 of the AWS command line, or name it with --aws PATH or ROLEGATE_AWS_COMMAND`,
    );
  });

  test('version 1 of the command line', async () => {
    const world = await CollectedWorld.of(WORLD);
    const old = join(world.home, 'aws-1');
    await writeFile(old, '#!/bin/sh\necho "Unknown options: --no-cli-pager" >&2\nexit 252\n', { mode: 0o755 });
    expect((await world.collect(['--aws', old], { processes: true })).failure).toMatch(
      /^the `aws` command does not understand its options: version 2 /,
    );
  });
});

describe('going on', () => {
  test('a second run asks only who it is, and what is missing', async () => {
    const world = await CollectedWorld.of(worldWith({ 'kms list-grants': { $error: 'AccessDeniedException' } }));
    await world.collect(ONE_REGION);
    await world.become(WORLD);
    const { out, error } = await world.collect(ONE_REGION);
    expect(await world.questions()).toEqual([
      'kms list-grants --key-id k-1 --region eu-west-1',
      'sts get-caller-identity',
    ]);
    expect([out, error]).toEqual([`collected 1 answer of 1 account in ${world.dir}, 43 were there already\n`, '']);
    expect(await world.json('_collect.json')).toMatchObject({ leftOut: [] });
  });

  test('a file that holds no JSON is asked for again', async () => {
    const world = await CollectedWorld.of(WORLD);
    await world.collect(ONE_REGION);
    await world.become(WORLD);
    await writeFile(join(world.dir, A, 's3api/get-bucket-policy@web.json'), '{"Pol');
    await world.collect(ONE_REGION);
    expect(await world.questions()).toEqual([
      's3api get-bucket-policy --bucket web --region us-east-1',
      'sts get-caller-identity',
    ]);
  });

  test('--refresh asks everything, and removes the answers about what is gone', async () => {
    const world = await CollectedWorld.of(WORLD);
    await world.collect(ONE_REGION);
    await age(world);
    await world.become(worldWith({ 's3api list-buckets': { Buckets: [{ Name: 'web' }] } }));
    await world.collect([...ONE_REGION, '--refresh']);
    expect((await world.calls()).length).toBe(40);
    const files = await world.files();
    expect(files.filter((file) => file.includes('@logs'))).toEqual([]);
    expect(files).toHaveLength(41);
  });

  test('a refresh that is interrupted goes on without --refresh', async () => {
    const world = await CollectedWorld.of(WORLD);
    await world.collect(ONE_REGION);
    await age(world);
    await world.become(worldWith({}, { expired: { default: 20 } }));
    expect((await world.collect([...ONE_REGION, '--refresh', '--parallel', '1'])).failure).toMatch(/have expired/);
    expect((await world.calls()).length).toBe(21);
    await world.become(WORLD);
    await world.collect(ONE_REGION);
    // Who it is, once more; each question that was answered is not asked again.
    expect((await world.calls()).length).toBe(45 - 20 + 1);
  });

  test('what was left out of another account stays named', async () => {
    const world = await CollectedWorld.of(worldWith({ 'kms list-grants': { $error: 'AccessDeniedException' } }));
    await world.collect(ONE_REGION);
    await world.become(WORLD);
    await world.collect([...ONE_REGION, '--profile', 'other']);
    expect(await world.json('_collect.json')).toMatchObject({
      accounts: [{ account: A }, { account: '222222222222' }],
      leftOut: [{ account: A, operation: 'list-grants' }],
    });
  });

  test('a folder that holds other files is refused, and nothing is asked', async () => {
    const world = await CollectedWorld.of(WORLD);
    const { failure } = await world.collect(ONE_REGION, { dir: world.home });
    expect(failure).toBe(`${world.home}: it holds other files; give a new folder, or one of an earlier collection`);
    expect(await world.calls()).toEqual([]);
  });
});

/** All answers were written an hour ago. */
async function age(world: CollectedWorld): Promise<void> {
  const then = new Date(Date.now() - 3_600_000);
  for (const file of await world.files()) if (file !== '_collect.json') await utimes(join(world.dir, file), then, then);
}

test('progress is shown on a terminal, and removed; a pipe sees nothing of it', async () => {
  const world = await CollectedWorld.of(WORLD);
  const { error } = await world.collect(ONE_REGION, { isInteractive: true });
  expect(error).toMatch(/\r111111111111 \(1 of 1\): 44 answers, 0 left out *\r *\r$/);
});
