import { afterAll, beforeAll, expect, test } from 'vitest';
import { form, sign } from '../aws/signed.ts';
import { newDataDir, removeDataDir, startTestGateway, type TestGateway } from '../support/gateway.ts';
import { type PostgresServer, startPostgres } from '../support/postgres-server.ts';

let dataDir: string;
let postgres: PostgresServer;
let gateway: TestGateway;

beforeAll(async () => {
  dataDir = await newDataDir();
  postgres = await startPostgres();
  gateway = await startTestGateway(dataDir, { DATABASE_URL: await postgres.createDatabase(), ROLEGATE_DEMO: 'on' });
});

afterAll(async () => {
  await gateway?.gateway.close();
  await postgres?.stop();
  await removeDataDir(dataDir);
});

async function get(path: string) {
  const response = await fetch(`${gateway.url}${path}`);
  return [response.status, await response.json()];
}

/** Asks who alice is as a client of AWS does. */
function whoAtAws(): Promise<Response> {
  const accessKeyId = 'AKIADEMOALICEAAAAAAA';
  const key = { accessKeyId, secretAccessKey: gateway.gateway.services.secrets.secretFor(accessKeyId) };
  const { host } = new URL(gateway.url);
  const sent = sign(key, { at: Date.now(), body: form('GetCallerIdentity'), headers: { host } });
  const headers = [...sent.headers].map(([name, [value = '']]): [string, string] => [name, value]);
  return fetch(`${gateway.url}/aws`, { method: 'POST', headers, body: Buffer.from(sent.body) });
}

const WHO = '{ viewer { principal { principalId } } }';
const QUESTION = `{ decision(request: {
  principal: "arn:aws:iam::111111111111:user/alice", action: "s3:GetObject", resource: "arn:aws:s3:::dev-alice/x"
}) { allowed } }`;

test('says that it is not ready, refuses clearly, and recovers by itself', async () => {
  const alice = gateway.as.user('alice');
  expect(await get('/readyz')).toEqual([200, { status: 'ready' }]);
  expect((await gateway.ask(QUESTION, { authorization: alice })).body).toEqual({
    data: { decision: { allowed: true } },
  });

  await postgres.pause();
  expect(await get('/healthz')).toEqual([200, { status: 'ok' }]);
  expect(await get('/readyz')).toEqual([503, { status: 'not ready', reason: 'the database does not answer' }]);
  // Who signs in has to be looked up, and is not told that the credentials were wrong.
  const signIn = await gateway.ask(WHO, { authorization: alice });
  expect([signIn.status, signIn.body.errors[0].extensions.code]).toEqual([503, 'DIRECTORY_UNAVAILABLE']);
  const question = await gateway.ask(QUESTION, { authorization: gateway.as.operator });
  expect(question.body.errors[0].extensions.code).toBe('DIRECTORY_UNAVAILABLE');

  const atAws = await whoAtAws();
  expect([atAws.status, atAws.headers.get('retry-after')]).toEqual([503, '1']);
  expect(await atAws.text()).toContain('<Type>Receiver</Type><Code>ServiceUnavailable</Code>');

  await postgres.start();
  expect(await get('/readyz')).toEqual([200, { status: 'ready' }]);
  expect((await gateway.ask(QUESTION, { authorization: alice })).body).toEqual({
    data: { decision: { allowed: true } },
  });
}, 60_000);
