import { describe, expect, test } from 'vitest';
import { awsErrorOf, errorXml } from '../../src/aws/wire/errors.ts';
import { formPairs, parametersOf } from '../../src/aws/wire/parameters.ts';
import { readInput } from '../../src/aws/wire/read-input.ts';
import { SERVICES, type ServiceName } from '../../src/aws/wire/shapes.ts';
import { writeJson, writeXml } from '../../src/aws/wire/write-output.ts';
import { RolegateError } from '../../src/policy/errors.ts';
import { finished, type Steps } from '../../src/policy/steps.ts';
import { filled } from './filled.ts';
import { protocolOf } from './protocol.ts';

const SEEDS = [1, 2, 3];
const DOCUMENTS = ['AssumeRolePolicyDocument', 'PolicyDocument', 'Document'];
const services: readonly ServiceName[] = ['sts', 'iam'];
const operations = services.flatMap((service) =>
  Object.entries(SERVICES[service].operations).map(([action, [input = null, output = null]]) => ({
    service,
    action,
    input,
    output,
  })),
);
const protocols = { sts: protocolOf('sts'), iam: protocolOf('iam') };

/** As IAM encodes documents, which the SDK hands on. */
function withDocumentsEncoded(service: ServiceName, value: unknown): unknown {
  if (value instanceof Date || value instanceof Uint8Array || typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((each) => withDocumentsEncoded(service, each));
  const encode = (name: string, each: unknown): unknown =>
    service === 'iam' && DOCUMENTS.includes(name) && typeof each === 'string'
      ? encodeURIComponent(each).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`)
      : withDocumentsEncoded(service, each);
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, encode(name, each)]));
}

/** Without the null prototypes of what is read. */
function plain(value: unknown): unknown {
  if (value instanceof Date || typeof value !== 'object' || value === null) return value;
  if (value instanceof Uint8Array) return [...value];
  if (Array.isArray(value)) return value.map(plain);
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, plain(each)]));
}

function textOf(written: Steps<readonly Buffer[]>): string {
  return Buffer.concat(finished(written)).toString();
}

test('AWS has 192 operations', () => {
  expect(operations).toHaveLength(192);
});

describe.each(operations)('$service:$action', ({ service, action, input, output }) => {
  test('what the SDK writes is read', async () => {
    for (const seed of SEEDS) {
      const given = input === null ? {} : filled(service, input, seed);
      const form = await protocols[service].write(action, given);
      const parameters = parametersOf(formPairs(form));
      expect(plain(readInput(service, input, parameters))).toEqual(plain(given));
    }
  });

  test('what is written the SDK reads', async () => {
    for (const seed of SEEDS) {
      const given = output === null ? {} : filled(service, output, seed);
      const body = textOf(writeXml(service, action, given, 'request-1'));
      const read = await protocols[service].read(action, { status: 200, body });
      expect(plain(read)).toEqual(plain(withDocumentsEncoded(service, given)));
    }
  });
});

test('lists may be empty, in both directions', async () => {
  const input = { RoleArn: 'r', RoleSessionName: 's', Tags: [], PolicyArns: [{}] };
  const form = await protocols.sts.write('AssumeRole', input);
  expect(plain(readInput('sts', 'AssumeRoleRequest', parametersOf(formPairs(form))))).toMatchObject({ Tags: [] });
  const body = textOf(writeXml('iam', 'ListRoles', { Roles: [], IsTruncated: false }, 'request-1'));
  expect(await protocols.iam.read('ListRoles', { status: 200, body })).toEqual({ Roles: [], IsTruncated: false });
});

test('members without a value, and values without a member, are left out', async () => {
  const given = { Arn: 'a', Account: undefined, UserId: null, More: 'x' };
  const body = textOf(writeXml('sts', 'GetCallerIdentity', given, 'request-1'));
  expect(body).toContain('<GetCallerIdentityResult><Arn>a</Arn></GetCallerIdentityResult>');
  expect(await protocols.sts.read('GetCallerIdentity', { status: 200, body })).toEqual({ Arn: 'a' });
});

describe.each(services)('every error of %s', (service) => {
  test.each(Object.entries(SERVICES[service].errors))(
    '%s has its status, and the SDK’s exception',
    async (code, status) => {
      const error = awsErrorOf(service, new RolegateError(code, 'because & so'));
      expect(error).toMatchObject({ status, code, message: 'because & so' });
      if (error === null) return;
      const body = errorXml(service, error, 'request-1');
      const [action = ''] = Object.keys(SERVICES[service].operations);
      await expect(protocols[service].read(action, { status: error.status, body })).rejects.toMatchObject({
        message: 'because & so',
        $metadata: { httpStatusCode: status },
        Error: { Code: code, Type: status >= 500 ? 'Receiver' : 'Sender' },
      });
    },
  );
});

test('a long answer is written step by step, and is the same text', async () => {
  const result = (n: number) => ({
    EvalActionName: `s3:GetObject${n}`,
    EvalDecision: 'allowed',
    MatchedStatements: [],
    MissingContextValues: ['aws:UserAgent', 'é'],
    EvalDecisionDetails: { 'IAM Policy': 'allowed' },
  });
  const given = { EvaluationResults: Array.from({ length: 1_500 }, (_, n) => result(n)), IsTruncated: false };
  const steps = [...writeXml('iam', 'SimulateCustomPolicy', given, 'request-1')];
  expect(steps.length).toBeGreaterThan(3);
  const xml = textOf(writeXml('iam', 'SimulateCustomPolicy', given, 'request-1'));
  expect(await protocols.iam.read('SimulateCustomPolicy', { status: 200, body: xml })).toEqual(given);
  const json = JSON.parse(textOf(writeJson('iam', 'SimulateCustomPolicy', given, 'request-1')));
  expect(json.SimulateCustomPolicyResponse).toEqual({
    SimulateCustomPolicyResult: given,
    ResponseMetadata: { RequestId: 'request-1' },
  });
  expect([...writeJson('iam', 'SimulateCustomPolicy', given, 'request-1')].length).toBeGreaterThan(3);
});
