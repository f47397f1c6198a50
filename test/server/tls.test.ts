import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { connect as connectHttp2, constants } from 'node:http2';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { createAccessKey } from '../../src/cli/access-key-command.ts';
import { connectPinned } from '../../src/cli/pinned-connection.ts';
import { readCertificate, watchCertificate } from '../../src/server/certificate.ts';
import { keptTerminal } from '../cli/credentials/in-process.ts';
import { selfSigned } from '../support/certificate.ts';
import { newDataDir, removeDataDir, startTestGateway, type TestGateway } from '../support/gateway.ts';

let folder: string;
let dataDir: string;
let started: TestGateway;
let own = selfSigned();
const path = (name: string): string => join(folder, name);
const files = () => ({ certificate: path('cert.pem'), key: path('key.pem') });

async function put({ cert, key }: ReturnType<typeof selfSigned>): Promise<void> {
  for (const [name, text] of Object.entries({ 'cert.pem': cert, 'key.pem': key })) {
    await writeFile(path(`${name}.new`), text);
    await rename(path(`${name}.new`), path(name));
  }
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rolegate-tls-'));
  dataDir = await newDataDir();
  await put(own);
  started = await startTestGateway(dataDir, { TLS_CERT_FILE: path('cert.pem'), TLS_KEY_FILE: path('key.pem') });
});

afterAll(async () => {
  await started.gateway.close();
  await removeDataDir(dataDir);
  await rm(folder, { recursive: true, force: true });
});

const DECISION =
  '{ decision(request: {principal: "arn:aws:iam::111111111111:user/alice", action: "s3:DeleteBucket", resource: "arn:aws:s3:::dev-alice"}) { effect } viewer { kind } }';
const SIGN_IN = 'mutation ($input: SignInInput!) { signIn(input: $input) { __typename } }';

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: ReturnType<typeof JSON.parse>;
}

/** As HTTP/1.1, by a client that trusts `ca` and no other. */
function ask1(
  query: string,
  { variables = {}, authorization = started.as.operator, ca = own.cert } = {},
): Promise<Answer> {
  const body = JSON.stringify({ query, variables });
  return new Promise((resolve, reject) => {
    const sent = request(
      `${started.url}/graphql`,
      { method: 'POST', ca, agent: false, headers: { 'content-type': 'application/json', authorization } },
      (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (part: string) => (text += part));
        response.once('end', () =>
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body: JSON.parse(text) }),
        );
      },
    );
    sent.once('error', reject);
    sent.end(body);
  });
}

/** As HTTP/2, all on one connection. */
async function ask2(
  queries: readonly string[],
  more: Readonly<Record<string, string>> = {},
): Promise<readonly Answer[]> {
  const session = connectHttp2(started.url, { ca: own.cert });
  const answers = queries.map(
    (query) =>
      new Promise<Answer>((resolve, reject) => {
        const stream = session.request({
          ':method': 'POST',
          ':path': '/graphql',
          'content-type': 'application/json',
          authorization: started.as.operator,
          ...more,
        });
        let headers: Answer['headers'] = {};
        let text = '';
        stream.once('response', (head) => (headers = head as Answer['headers']));
        stream.setEncoding('utf8').on('data', (part: string) => (text += part));
        stream.once('end', () => resolve({ status: Number(headers[':status']), headers, body: JSON.parse(text) }));
        stream.once('error', reject);
        stream.end(JSON.stringify({ query }));
      }),
  );
  try {
    return await Promise.all(answers);
  } finally {
    session.close();
  }
}

describe('a gateway with a certificate', () => {
  test('says that it speaks TLS', () => {
    expect(started.url).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/);
  });

  test('answers alike over HTTP/1.1 and HTTP/2, with Yoga and without', async () => {
    for (const query of [DECISION, '{ __schema { queryType { name } } }', '{ nothing }', '{']) {
      const one = await ask1(query);
      const [two] = await ask2([query]);
      expect({ query, status: two?.status, body: without(two) }).toEqual({
        query,
        status: one.status,
        body: without(one),
      });
      for (const name of ['content-type', 'cache-control', 'x-content-type-options']) {
        expect([name, two?.headers[name]]).toEqual([name, one.headers[name]]);
      }
    }
    expect((await ask1(DECISION)).body).toEqual({
      data: { decision: { effect: 'EXPLICIT_DENY' }, viewer: { kind: 'OPERATOR' } },
    });
  });

  test('speaks HTTP/2 without a warning of node', async () => {
    const warnings: string[] = [];
    const onWarning = ({ message }: Error): void => void warnings.push(message);
    process.on('warning', onWarning);
    onTestFinished(() => void process.off('warning', onWarning));
    await ask2([DECISION, '{ __schema { queryType { name } } }', '{']);
    // Refused before its body is read: HTTP/1.1 closes the connection then.
    const [tooLarge] = await ask2([`{ ${'x'.repeat(200_000)} }`], { authorization: '' });
    expect(tooLarge?.status).toBe(413);
    await new Promise((resolve) => setImmediate(resolve));
    expect(warnings).toEqual([]);
  });

  test('answers a hundred requests of one connection of HTTP/2', async () => {
    const answers = await ask2(Array.from({ length: 100 }, () => DECISION));
    expect(new Set(answers.map(({ body }) => body.data.decision.effect))).toEqual(new Set(['EXPLICIT_DENY']));
  });

  test('sends the events of many subscriptions on one connection of HTTP/2, and no more when one is left', async () => {
    const session = connectHttp2(started.url, { ca: own.cert });
    onTestFinished(() => session.destroy());
    const SOON = { timeout: 20_000 };
    const query = 'subscription { directoryChanged { changes { arn } } }';
    const followed = Array.from({ length: 5 }, () => {
      const stream = session.request({
        ':method': 'POST',
        ':path': '/graphql',
        accept: 'text/event-stream',
        'content-type': 'application/json',
        authorization: started.as.operator,
      });
      const one = { stream, type: '', text: '' };
      stream.once('response', (head) => (one.type = String(head['content-type'])));
      stream.setEncoding('utf8').on('data', (part: string) => (one.text += part));
      stream.on('error', () => undefined);
      stream.end(JSON.stringify({ query }));
      return one;
    });
    // The first comment: it has begun.
    await expect.poll(() => followed.filter(({ text }) => text.startsWith(':')).length, SOON).toBe(5);
    expect(new Set(followed.map(({ type }) => type))).toEqual(new Set(['text/event-stream; charset=utf-8']));
    const change = async (name: string): Promise<void> => {
      const arn = `arn:aws:iam::111111111111:user/${name}`;
      await started.gateway.services.directory.apply({ accounts: [{ id: '111111111111' }], users: [{ arn }] });
    };
    const told = (name: string): number => followed.filter(({ text }) => text.includes(`:user/${name}"`)).length;
    await change('first');
    await expect.poll(() => told('first'), SOON).toBe(5);
    followed[0]?.stream.close(constants.NGHTTP2_CANCEL);
    await change('second');
    await expect.poll(() => told('second'), SOON).toBe(4);
    expect(followed[0]?.text).not.toContain('second');
  });

  test('knows that the request came over TLS: aws:SecureTransport, and the cookie is for TLS alone', async () => {
    const key = started.gateway.demo?.signIns.find(({ name }) => name === 'alice');
    const { headers } = await ask1(SIGN_IN, {
      authorization: '',
      variables: { input: { accessKeyId: key?.accessKeyId, secretAccessKey: key?.secretAccessKey } },
    });
    const { port } = new URL(started.url);
    expect(String(headers['set-cookie'])).toMatch(new RegExp(`^__Host-rolegate-sign-in-${port}=.*; Secure`));
  });

  test('does not take its own name from what a client sends', async () => {
    const response = await new Promise<number>((resolve, reject) => {
      const sent = request(
        `${started.url}/.well-known/authzen-configuration`,
        { ca: own.cert, agent: false, servername: 'localhost', headers: { host: 'evil.example' } },
        (answer) => resolve(answer.resume().statusCode ?? 0),
      );
      sent.once('error', reject);
      sent.end();
    });
    expect(response).not.toBe(200);
  });

  test('does not speak with who does not use TLS', async () => {
    await expect(fetch(started.url.replace('https:', 'http:'))).rejects.toThrow('fetch failed');
  });

  test('offers both protocols in the handshake, from TLS 1.2', async () => {
    const { port } = new URL(started.url);
    const protocols = await Promise.all(
      [['h2', 'http/1.1'], ['http/1.1']].map(
        (ALPNProtocols) =>
          new Promise<unknown>((resolve, reject) => {
            const socket = connect({ port: Number(port), ca: own.cert, ALPNProtocols, servername: 'localhost' }, () => {
              resolve([socket.alpnProtocol, socket.getProtocol()]);
              socket.destroy();
            });
            socket.once('error', reject);
          }),
      ),
    );
    expect(protocols).toEqual([
      ['h2', 'TLSv1.3'],
      ['http/1.1', 'TLSv1.3'],
    ]);
  });

  test('is asked by the command line, whoever has signed its certificate', async () => {
    const { terminal, written } = keptTerminal();
    await createAccessKey({ service: 'ec2.amazonaws.com' }, started.settings, terminal);
    expect(written.out).toContain('access key of ec2.amazonaws.com');
    await expect(connectPinned(started.url, selfSigned().cert)).rejects.toThrow('it has another certificate');
  });
});

/** Request ids differ. */
function without(answer: Answer | undefined): unknown {
  return JSON.parse(JSON.stringify(answer?.body ?? null, (name, value) => (name === 'requestId' ? 'some' : value)));
}

describe('the files', () => {
  test('are read again when they change: the next connection gets the new certificate', async () => {
    const seen: string[] = [];
    const stop = watchCertificate(files(), () => seen.push('changed'), 20);
    const next = selfSigned();
    await put(next);
    await expect.poll(() => seen.length, { timeout: 20_000 }).toBeGreaterThan(0);
    stop();
    expect(await readCertificate(files())).toEqual(next);
    own = next;
    await expect
      .poll(
        () =>
          ask1(DECISION).then(
            ({ status }) => status,
            () => 0,
          ),
        { timeout: 20_000 },
      )
      .toBe(200);
  });

  test.each([
    ['TLS_CERT_FILE', 'nothing.pem', 'TLS_CERT_FILE: nothing.pem cannot be read (ENOENT)'],
    ['TLS_CERT_FILE', 'key.pem', 'TLS_CERT_FILE: key.pem holds no certificate in PEM'],
    ['TLS_KEY_FILE', 'cert.pem', 'TLS_KEY_FILE: cert.pem holds no private key in PEM without a passphrase'],
    ['TLS_KEY_FILE', 'other.pem', 'TLS_KEY_FILE: other.pem is not the key of the certificate in cert.pem'],
  ])('that cannot be used stop the start: %s %s', async (setting, name, sentence) => {
    await writeFile(path('other.pem'), selfSigned().key);
    const used =
      setting === 'TLS_CERT_FILE' ? { ...files(), certificate: path(name) } : { ...files(), key: path(name) };
    const refused = await readCertificate(used).catch((error: unknown) => String(error).replaceAll(`${folder}/`, ''));
    expect(refused).toBe(`Error: ${sentence}`);
  });
});
