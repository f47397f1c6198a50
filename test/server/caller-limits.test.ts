import { once } from 'node:events';
import { connect } from 'node:net';
import { describe, expect, test } from 'vitest';
import { form, sign } from '../aws/signed.ts';
import { startedGateway } from '../support/gateway.ts';

/** A second's worth is 1: whoever has asked for more than ten has to wait. */
const LOW = { ROLEGATE_PRINCIPAL_COST: '1', ROLEGATE_ANONYMOUS_COST: '1', ROLEGATE_CHECKER_COST: '1' };
const ACTIONS = `{ actions(first: 20, search: "s3:Get") { nodes { name } } }`;

describe('a caller that has asked for too much', () => {
  const gateway = startedGateway(LOW);
  const another = startedGateway(LOW);

  async function askUntilRefused(authorization?: string) {
    const first = await gateway.ask(ACTIONS, authorization === undefined ? {} : { authorization });
    const { status, headers, body } = await gateway.ask(
      '{ __typename }',
      authorization === undefined ? {} : { authorization },
    );
    return { first: first.status, status, retryAfter: Number(headers.get('retry-after')), body };
  }

  test('is told to wait in GraphQL’s form: 429 with Retry-After', async () => {
    const { first, status, retryAfter, body } = await askUntilRefused(gateway.as.user('alice'));
    expect([first, status]).toEqual([200, 429]);
    expect(retryAfter).toBeGreaterThan(1_000);
    expect(body.errors[0].extensions).toMatchObject({ code: 'RATE_LIMITED', awsCode: 'Throttling' });
    // Neither the operator nor another user waits for it.
    expect((await gateway.ask(ACTIONS, { authorization: gateway.as.operator })).body.errors).toBeUndefined();
    expect((await gateway.ask('{ __typename }', { authorization: gateway.as.user('EC2') })).status).toBe(200);
  });

  test('is told to wait in AuthZEN’s form', async () => {
    const ask = () =>
      fetch(`${gateway.url}/access/v1/search/action`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: gateway.as.user('bob') },
        body: JSON.stringify({ subject: { type: 'user', id: 'x' }, resource: { type: 'x', id: 'y' } }),
      });
    await ask();
    const refused = await ask();
    expect([refused.status, Number(refused.headers.get('retry-after')) > 1_000]).toEqual([429, true]);
    expect(await refused.json()).toMatch(/^Rate exceeded: this caller has asked for too much/);
  });

  test('is told to wait in AWS’s form', async () => {
    const accessKeyId = 'AKIADEMOALICEAAAAAAA';
    const key = { accessKeyId, secretAccessKey: another.gateway.services.secrets.secretFor(accessKeyId) };
    const { host } = new URL(another.url);
    const ask = () => {
      const sent = sign(key, { at: Date.now(), body: form('GetCallerIdentity'), headers: { host } });
      const headers = [...sent.headers].map(([name, [value = '']]): [string, string] => [name, value]);
      return fetch(`${another.url}/aws`, { method: 'POST', headers, body: Buffer.from(sent.body) });
    };
    await ask();
    const refused = await ask();
    expect([refused.status, refused.headers.has('retry-after')]).toEqual([400, true]);
    expect(await refused.text()).toContain('<Code>Throttling</Code><Message>Rate exceeded</Message>');
  });
});

describe('connections', () => {
  const gateway = startedGateway({ ROLEGATE_CONNECTIONS_PER_ADDRESS: '3' });

  test('beyond those that an address may have are closed before they are read', async () => {
    const { hostname, port } = new URL(gateway.url);
    const open = async () => {
      const socket = connect(Number(port), hostname);
      await once(socket, 'connect');
      socket.write('GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n');
      const answered = await Promise.race([
        once(socket, 'data').then(() => true),
        once(socket, 'close').then(() => false),
      ]).catch(() => false);
      return { socket, answered };
    };
    const first = [await open(), await open(), await open()];
    expect(first.map(({ answered }) => answered)).toEqual([true, true, true]);
    expect((await open()).answered).toBe(false);
    const [one] = first;
    one?.socket.destroy();
    if (one !== undefined && !one.socket.closed) await once(one.socket, 'close');
    // The server sees the end a moment later.
    await expect.poll(async () => (await open()).answered).toBe(true);
    for (const { socket } of first) socket.destroy();
  });
});
