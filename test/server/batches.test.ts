import { describe, expect, test } from 'vitest';
import { startedGateway } from '../support/gateway.ts';

const ROLE = 'arn:aws:iam::222222222222:role/DataWriter';
const WHO = '{ viewer { principal { principalId } } }';
const ASSUME = `mutation { assumeRole(input: { role: "${ROLE}", roleSessionName: "s1" }) {
  ... on AssumeRoleSuccess { credentials { sessionToken } } } }`;
const EXIT = 'mutation { exitRole { kind: __typename } }';
const ENDED = {
  errors: [
    {
      message: 'The security token included in the request is expired',
      extensions: { code: 'UNAUTHENTICATED' },
    },
  ],
};

const gateway = startedGateway();

async function batch(authorization: string, ...queries: readonly string[]): Promise<unknown> {
  const response = await fetch(`${gateway.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization },
    body: JSON.stringify(queries.map((query) => ({ query }))),
  });
  return response.json();
}

async function inRole(): Promise<string> {
  const { body } = await gateway.ask(ASSUME, { authorization: gateway.as.user('alice') });
  return `Bearer ${body.data.assumeRole.credentials.sessionToken}`;
}

describe('the operations of one request', () => {
  test('that follow the one that ends the session are not answered as this session', async () => {
    const answers = await batch(await inRole(), WHO, EXIT, WHO, EXIT, '{ __typename }');
    expect(answers).toEqual([
      { data: { viewer: { principal: { principalId: expect.stringContaining(':assumed-role/DataWriter/s1') } } } },
      { data: { exitRole: { kind: 'ExitRoleSuccess' } } },
      ENDED,
      ENDED,
      ENDED,
    ]);
  });

  test('that follow the one that switches off the key of their caller, too', async () => {
    const made = `mutation { createAccessKey(input: { principal: "arn:aws:iam::222222222222:user/bob" }) {
      ... on CreateAccessKeySuccess { accessKeyId secretAccessKey } } }`;
    const { body } = await gateway.ask(made, { authorization: gateway.as.operator });
    const { accessKeyId, secretAccessKey } = body.data.createAccessKey;
    const mine = `Basic ${Buffer.from(`${accessKeyId}:${secretAccessKey}`).toString('base64')}`;
    const put = `mutation { putUserPolicy(input: { userArn: "arn:aws:iam::222222222222:user/bob", policyName: "all",
      policyDocument: { Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: "iam:*", Resource: "*" }] } }) { kind: __typename } }`;
    await gateway.ask(put, { authorization: gateway.as.operator });
    const off = `mutation { updateAccessKey(input: { principal: "arn:aws:iam::222222222222:user/bob",
      accessKeyId: "${accessKeyId}", active: false }) { kind: __typename } }`;
    expect(await batch(mine, WHO, off, WHO)).toMatchObject([
      { data: { viewer: { principal: { principalId: 'arn:aws:iam::222222222222:user/bob' } } } },
      { data: { updateAccessKey: { kind: 'UpdateAccessKeySuccess' } } },
      { errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] },
    ]);
  });

  test('that follow another mutation go on, in their order', async () => {
    const authorization = gateway.as.user('alice');
    const assumed = { data: { assumeRole: { credentials: expect.anything() } } };
    const who = { data: { viewer: { principal: { principalId: 'arn:aws:iam::111111111111:user/alice' } } } };
    expect(await batch(authorization, ASSUME, WHO, ASSUME, WHO)).toEqual([assumed, who, assumed, who]);
  });

  test('that have long answers get them in their places, and so does who asks for events', async () => {
    const authorization = gateway.as.user('alice');
    const long =
      '{ schema: __schema { types { name description fields { name description args { name description } } } } }';
    const { body } = await gateway.ask(long, { authorization });
    expect(body.data.schema.types.length).toBeGreaterThan(100);
    expect(await batch(authorization, long, '{ __typename }', long)).toEqual([
      body,
      { data: { __typename: 'Query' } },
      body,
    ]);
    const events = await fetch(`${gateway.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'text/event-stream', authorization },
      body: JSON.stringify({ query: long }),
    });
    const data = /^data: (.+)$/m.exec(await events.text())?.[1] ?? '';
    expect(JSON.parse(data)).toEqual(body);
  });
});
