import { afterAll, beforeAll, expect } from 'vitest';
import type { Door } from '../../src/authzen/door.ts';
import { ENDPOINTS } from '../../src/authzen/endpoints.ts';
import { readNameTable } from '../../src/authzen/name-table.ts';
import type { NameTable } from '../../src/authzen/names.ts';
import type { DirectoryDocument } from '../../src/directory/document.ts';
import type { JsonObject, JsonValue } from '../../src/policy/json.ts';
import { UNKNOWN_ORIGIN } from '../../src/session/call.ts';
import type { Caller } from '../../src/session/caller.ts';
import { NOW, signedIn } from '../graphql/gateway.ts';
import { OPENING, openServices, type TestServices } from '../graphql/services.ts';
import { A, allow, aRole, aUser, B, deny, trusts, userArn } from '../support/policies.ts';

// Answers of many different requests: tests say what they expect with matchers.
type Json = ReturnType<typeof JSON.parse>;

const QUEUES = `arn:aws:sqs:eu-west-1:${A}`;
export const queueArn = (name: string): string => `${QUEUES}:${name}`;

/** Short names: users of A, queues of A, and documents that are objects of a bucket. */
export const MAP = {
  account: A,
  subjects: { user: userArn('{id}'), principal: '{id}' },
  resources: { queue: `${QUEUES}:{id}`, doc: 'arn:aws:s3:::docs/{id}', any: '{id}' },
  actions: {
    queue: { send: 'sqs:SendMessage', purge: 'sqs:PurgeQueue' },
    doc: { read: 's3:GetObject', write: 's3:PutObject' },
  },
  known: {
    doc: [
      { id: 'plan', properties: { status: 'open' } },
      { id: 'bill', properties: { status: 'closed' } },
      { id: 'note' },
    ],
  },
} as const satisfies JsonValue;

const onlyIf = (statement: JsonObject, condition: JsonObject): JsonObject => ({ ...statement, Condition: condition });

/** alice and bob ask about nobody else, `pep` about whoever begins with a, `admin` about all and reads what there is. */
function world(): DirectoryDocument {
  const equals = (key: string, value: string): JsonObject => ({ StringEquals: { [key]: value } });
  return {
    accounts: [
      { id: A, membership: 'NONE' },
      { id: B, membership: 'NONE' },
    ],
    users: [
      aUser(
        'alice',
        [
          onlyIf(allow('sqs:SendMessage'), equals('aws:ResourceTag/env', 'test')),
          onlyIf(allow(['s3:GetObject', 's3:PutObject']), equals('aws:ResourceTag/status', 'open')),
          onlyIf(allow('s3:DeleteObject'), equals('aws:PrincipalTag/team', 'red')),
          onlyIf(allow('sqs:PurgeQueue'), { IpAddress: { 'aws:SourceIp': '192.0.2.0/24' } }),
        ],
        { tags: { team: 'blue' } },
      ),
      aUser('ann', [allow(['sqs:*', 's3:GetObject'])]),
      aUser('bob', [allow('s3:GetObject'), deny('s3:GetObject', 'arn:aws:s3:::docs/bill')]),
      aUser('pep', [allow('iam:SimulatePrincipalPolicy', `arn:aws:iam::${A}:user/a*`)]),
      aUser('admin', [allow(['iam:SimulatePrincipalPolicy', 'iam:Get*', 'config:*'])]),
      { ...aUser('eve', [allow('*')]), arn: userArn('eve', B) },
    ],
    roles: [aRole('App', [trusts({ AWS: userArn('alice') })], [allow('s3:GetObject')])],
    resources: [
      { arn: queueArn('live'), accountId: A, tags: { env: 'live' } },
      { arn: queueArn('test'), accountId: A, tags: { env: 'test' } },
      { arn: `arn:aws:sqs:eu-west-1:${B}:theirs`, accountId: B, tags: {} },
    ],
  };
}

/** The decision point over a directory of its own. */
export interface DecisionPoint {
  readonly services: TestServices;
  /** Asks at a path beneath /access/v1/. Throws the error of a request that has no answer. */
  ask(caller: Caller, path: string, body: JsonObject, table?: NameTable): Promise<Json>;
}

export const caller = (name: string): Caller => signedIn(userArn(name));

/** Opens one for the tests of a file; it is there when they run. */
export function openedDecisionPoint(document = world()): DecisionPoint {
  let services: TestServices;
  beforeAll(async () => {
    services = await openServices(document);
  }, OPENING);
  afterAll(() => services.remove());
  return {
    get services() {
      return services;
    },
    async ask(who, path, body, table = tableOf(MAP, services)) {
      const endpoint = ENDPOINTS.get(`/access/v1/${path}`);
      if (endpoint === undefined) throw new Error(`no endpoint ${path}`);
      const { access, directory, catalog } = services;
      const context = { access, directory, catalog, caller: who, now: NOW, origin: UNKNOWN_ORIGIN, request: {} };
      const door: Door = { context, table };
      // As it is sent.
      return JSON.parse(JSON.stringify(await endpoint(door, body)));
    },
  };
}

export function tableOf(json: JsonValue, { catalog }: Pick<TestServices, 'catalog'>): NameTable {
  const table = readNameTable(json, catalog);
  if (!('subjects' in table)) throw new Error(table.join('\n'));
  return table;
}

/** A message that is the text, or that the pattern matches. */
export function saying(message: string | RegExp): unknown {
  return typeof message === 'string' ? message : expect.stringMatching(message);
}
