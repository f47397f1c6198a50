import { expect, test } from 'vitest';
import { AwsCommand } from '../../../src/cli/collect/aws-command.ts';
import { failureOf } from '../../../src/cli/collect/failure-of-aws.ts';
import { isPermitted, PERMITTED } from '../../../src/cli/collect/permitted.ts';
import { RESOURCE_KINDS } from '../../../src/importing/resource-lists.ts';

test('every operation that may be run only reads, by the first word of its name', () => {
  expect(PERMITTED.size).toBeGreaterThan(60);
  for (const name of PERMITTED) expect(name).toMatch(/^[a-z0-9-]+ (?:get|list|describe|select)-[a-z0-9-]+$/);
});

test('what an import needs to know all policies of a service is asked', () => {
  const needed = Object.values(RESOURCE_KINDS).flatMap(({ list, item }) => [list, ...(item === null ? [] : [item])]);
  expect(needed.filter((name) => !PERMITTED.has(name))).toEqual([]);
});

test('none of them gives secrets away', () => {
  for (const name of PERMITTED) expect(name).not.toMatch(/token|secret-value|password|federation|credential/);
});

test.each([
  ['s3api', 'delete-bucket'],
  ['iam', 'create-access-key'],
  ['sts', 'assume-role'],
  // Only read, and are not in the tables.
  ['secretsmanager', 'get-secret-value'],
  ['sts', 'get-session-token'],
  // Of another service.
  ['iam', 'get-bucket-policy'],
  ['s3api get-bucket-policy;', 'rm'],
])('%s %s is never run', async (service, operation) => {
  let started = 0;
  const aws = new AwsCommand({
    path: 'aws',
    env: {},
    signal: new AbortController().signal,
    run: async () => {
      started += 1;
      return { exitCode: 0, stdout: Buffer.alloc(0), stderr: '', limit: null };
    },
  });
  expect(isPermitted({ service, operation })).toBe(false);
  await expect(aws.ask({ service, operation }, [], { options: [], env: {} })).rejects.toThrow(
    `\`${service} ${operation}\` is not an operation that may be run`,
  );
  expect(started).toBe(0);
});

// The sentences are those of the AWS command line and of botocore/exceptions.py, https://github.com/boto/botocore (Apache-2.0).
test.each([
  [
    '\nAn error occurred (AccessDenied) when calling the GetBucketPolicy operation: Access Denied',
    'forbidden',
    'AccessDenied',
  ],
  [
    '\naws: [ERROR]: An error occurred (UnauthorizedOperation) when calling the DescribeRegions operation: You are not authorized',
    'forbidden',
    'UnauthorizedOperation',
  ],
  [
    'An error occurred (AuthorizationError) when calling the ListTopics operation: no',
    'forbidden',
    'AuthorizationError',
  ],
  [
    'An error occurred (Throttling) when calling the ListRoles operation (reached max retries: 4): Rate exceeded',
    'transient',
    'Throttling',
  ],
  [
    'An error occurred (ThrottlingException) when calling the X operation: Rate exceeded',
    'transient',
    'ThrottlingException',
  ],
  ['An error occurred (RequestLimitExceeded) when calling the X operation: no', 'transient', 'RequestLimitExceeded'],
  [
    'An error occurred (TooManyRequestsException) when calling the X operation: no',
    'transient',
    'TooManyRequestsException',
  ],
  ['An error occurred (ServiceUnavailable) when calling the X operation: no', 'transient', 'ServiceUnavailable'],
  ['Read timeout on endpoint URL: "https://sqs.eu-west-1.amazonaws.com/"', 'transient', 'ConnectionBroken'],
  [
    'An error occurred (ExpiredToken) when calling the X operation: The security token included in the request is expired',
    'signIn',
    'ExpiredToken',
  ],
  [
    'An error occurred (ExpiredTokenException) when calling the X operation: expired',
    'signIn',
    'ExpiredTokenException',
  ],
  ['Error when retrieving token from sso: Token has expired and refresh failed', 'signIn', 'NoCredentials'],
  [
    'The SSO session associated with this profile has expired or is otherwise invalid. To refresh this SSO session run aws sso login with the corresponding profile.',
    'signIn',
    'NoCredentials',
  ],
  ['Error loading SSO Token: Token for prod does not exist', 'signIn', 'NoCredentials'],
  [
    'Unable to locate credentials. You can configure credentials by running "aws configure".',
    'signIn',
    'NoCredentials',
  ],
  ['The config profile (prod) could not be found', 'signIn', 'NoCredentials'],
  [
    'Could not connect to the endpoint URL: "https://efs.xx-west-1.amazonaws.com/"',
    'unreachable',
    'EndpointUnreachable',
  ],
  [
    'usage: aws [options]\n\naws: error: argument operation: Invalid choice, valid choices are:\n\nabort | copy',
    'unsupported',
    'UnknownToThisCommand',
  ],
  ['Unknown options: --no-cli-pager', 'unsupported', 'UnknownToThisCommand'],
  [
    'An error occurred (AWS.SimpleQueueService.NonExistentQueue) when calling the X operation: no',
    'other',
    'AWS.SimpleQueueService.NonExistentQueue',
  ],
  ['', 'other', 'CommandFailed'],
])('%j is %s', (stderr, kind, code) => {
  const failure = failureOf(stderr, 254);
  expect([failure.kind, failure.code]).toEqual([kind, code]);
  expect(failure.message).not.toBe('');
});

test('messages hold no control characters, and are not long', () => {
  const { message } = failureOf(`aws: error: \u001b[31mred\u202Etxt\u0007${'x'.repeat(9_999)}`, 1);
  expect(message).toMatch(/^aws: error: {2}\[31mred txt x+…$/);
  expect(message.length).toBeLessThan(500);
});
