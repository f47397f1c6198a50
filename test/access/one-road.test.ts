import * as fc from 'fast-check';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { type Access, createAccess } from '../../src/access/access.ts';
import {
  type Answer,
  ListedQuestion,
  type Question,
  type QuestionList,
  type Subject,
} from '../../src/access/question.ts';
import { Work } from '../../src/access/work.ts';
import { openCatalog } from '../../src/catalog/catalog.ts';
import type { Directory } from '../../src/directory/directory.ts';
import type { DirectoryDocument } from '../../src/directory/document.ts';
import { CompiledPolicies } from '../../src/directory/gather/compiled-policies.ts';
import { Gatherer } from '../../src/directory/gather/gather.ts';
import { Memory } from '../../src/directory/gather/memory.ts';
import { StoredResources } from '../../src/directory/gather/stored-resources.ts';
import type { Database } from '../../src/directory/prisma/database.ts';
import { openEmbeddedDatabase } from '../../src/directory/prisma/embedded-database.ts';
import { migrate } from '../../src/directory/prisma/migrate.ts';
import { directoryIn, type OpenDirectory, openDirectory } from '../../src/directory/prisma/open-directory.ts';
import { openServerDatabase } from '../../src/directory/prisma/server-database.ts';
import { Veil } from '../../src/evaluation/veil.ts';
import { RolegateError } from '../../src/policy/errors.ts';
import { allow, grant, HERE, THERE } from '../directory/documents.ts';
import { describeInBothStores } from '../directory/stores.ts';
import { putEmptyDirectory } from '../support/empty-directory.ts';
import { newDataDir, removeDataDir } from '../support/gateway.ts';
import { sharedPostgres } from '../support/postgres-server.ts';
import { aQuestion, aSubject, NOON } from '../support/questions.ts';
import { unwatchedBudget } from '../support/unwatched-budget.ts';

// Decisions come from memory where it has what they need, and what it lacks is loaded: nobody can tell which of the two it was.

const catalog = await openCatalog();

const ALICE = `arn:aws:iam::${HERE}:user/alice`;
const BOB = `arn:aws:iam::${HERE}:user/bob`;
const APP = `arn:aws:iam::${HERE}:role/App`;
const SESSION = `arn:aws:sts::${HERE}:assumed-role/App/one`;

const WORLD: DirectoryDocument = {
  accounts: [{ id: HERE }, { id: THERE }],
  users: [{ arn: ALICE, inlinePolicies: [{ name: 'Own', document: allow('s3:Get*', 'sts:AssumeRole') }] }],
  roles: [{ arn: APP, id: 'AROAAPP', trustPolicy: grant(ALICE, 'sts:AssumeRole') }],
  resources: [
    { arn: 'arn:aws:s3:::known', accountId: HERE, policy: grant(ALICE, 's3:PutObject') },
    { arn: 'arn:aws:s3:::far', accountId: THERE },
  ],
};

const session = (index: number) => ({
  id: `s${index}`,
  accessKeyId: `ASIA${index}`,
  arn: SESSION,
  roleArn: APP,
  roleId: 'AROAAPP',
  roleSessionName: 'one',
  sourceIdentity: null,
  tags: { number: String(index) },
  transitiveTagKeys: [],
  sessionPolicies: [],
  sessionPolicyArns: [],
  assumedBy: ALICE,
  assumedById: null,
  federatedProvider: null,
  parentId: null,
  issuedAt: NOON,
  expiresAt: NOON + 3_600_000,
});

/** Never has anything in memory: every question loads all that it needs. */
function withoutMemory(database: Database, directory: Directory): Directory {
  class NothingStored extends StoredResources {
    override make(): undefined {
      return undefined;
    }
  }
  return {
    ...directory,
    revision: () => directory.revision(),
    remember: () => null,
    gather: (request) => {
      const budget = unwatchedBudget();
      const tools = {
        catalog,
        compiled: new CompiledPolicies(budget),
        memory: new Memory(0n, budget),
        resources: new NothingStored(budget),
      };
      return new Gatherer(database, tools, { isFresh: false, refresh: () => Promise.resolve() }).gather(request);
    },
  };
}

/** All that an answer says. */
function told(answer: Answer | Error) {
  if (answer instanceof RolegateError) return { code: answer.code, field: answer.field, message: answer.message };
  if (answer instanceof Error) throw answer;
  const { decision, gaps, resourceGaps = [], revision, roleIsAbsent = false, coverage = null } = answer;
  const { effect, deniedBy, reason } = decision;
  return { effect, deniedBy, reason, gaps, resourceGaps, revision, roleIsAbsent, coverage };
}

const subject: fc.Arbitrary<Subject> = fc
  .record({
    who: fc.constantFrom(ALICE, BOB, APP, SESSION, `${SESSION}-absent`, HERE, 'ec2.amazonaws.com', 'anonymous'),
    assumedRole: fc.constantFrom(null, null, APP, `${APP}Absent`, SESSION),
    roleConcealed: fc.boolean(),
  })
  .map(({ who, assumedRole, roleConcealed }) => ({ ...aSubject(who, assumedRole), roleConcealed }));

const resource = fc.oneof(
  fc
    .tuple(fc.constantFrom('known', 'far', 'unknown'), fc.constantFrom('', '/x', '/y'))
    .map((parts) => `arn:aws:s3:::${parts.join('')}`),
  fc.constantFrom(APP, `${APP}Absent`, '*', 'no-arn', `arn:aws:s3:::known/${'long'.repeat(200)}`),
);

const question: fc.Arbitrary<Omit<ListedQuestion, 'path' | 'about' | 'fields' | 'subject' | 'effectAlone'>> = fc.record(
  {
    action: fc.constantFrom(
      's3:GetObject',
      's3:getobject',
      's3:PutObject',
      's3:ListAllMyBuckets',
      'sts:AssumeRole',
      's3:None',
    ),
    resource,
    resourceIsPattern: fc.constant(false),
    furtherResources: fc.constantFrom([], [], ['arn:aws:s3:::known/z']),
    resourceAccount: fc.constantFrom(null, null, THERE, '1'),
    context: fc.constantFrom(
      new Map(),
      new Map([['aws:sourcevpce', 'vpce-1']]),
      new Map([['aws:sourceip', 'nowhere']]),
    ),
    assumeContextKeys: fc.boolean(),
  },
);

const step = fc.oneof(
  {
    weight: 2,
    arbitrary: fc
      .constantFrom<DirectoryDocument>(
        { users: [{ arn: ALICE, inlinePolicies: [{ name: 'Own', document: allow('s3:*') }] }] },
        { users: [{ arn: BOB }] },
        { roles: [{ arn: APP, trustPolicy: grant(BOB, 'sts:AssumeRole') }] },
        { roles: [{ arn: `${APP}Absent`, trustPolicy: allow('sts:AssumeRole') }] },
        { resources: [{ arn: 'arn:aws:s3:::known', accountId: HERE, policy: allow('s3:GetObject') }] },
        { resources: [{ arn: 'arn:aws:s3:::known/x', accountId: THERE, tags: { a: 'b' } }] },
        { resources: [{ arn: 'arn:aws:s3:::unknown', accountId: HERE }] },
        {
          vpcEndpoints: [
            {
              id: 'vpce-1',
              accountId: HERE,
              serviceName: 'com.amazonaws.us-east-1.s3',
              region: 'us-east-1',
              vpcId: null,
              type: 'Gateway',
            },
          ],
        },
      )
      .map((document) => ({ kind: 'change' as const, document })),
  },
  { weight: 1, arbitrary: fc.nat({ max: 3 }).map((index) => ({ kind: 'session' as const, index })) },
  {
    weight: 4,
    arbitrary: fc
      .record({
        subjects: fc.array(subject, { minLength: 1, maxLength: 3 }),
        asked: fc.array(question, { minLength: 1, maxLength: 8 }),
      })
      .map((ask) => ({ kind: 'ask' as const, ...ask })),
  },
);

/** What a state of the directory refuses changes nothing. */
function notNow(error: unknown): void {
  if (!(error instanceof Error)) throw error;
}

async function agreement(writer: OpenDirectory, reader: OpenDirectory, database: Database): Promise<void> {
  await writer.apply(WORLD);
  const quick = createAccess(reader, catalog);
  const slow = createAccess(withoutMemory(database, reader), catalog);
  let asked = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 8 }), async (steps) => {
      for (const one of steps) {
        if (one.kind === 'change') {
          await writer.apply(one.document).catch(notNow);
          continue;
        }
        if (one.kind === 'session') {
          await writer.sessions.create(session(one.index)).catch(notNow);
          continue;
        }
        const questionsOf = (list: QuestionList): readonly Question[] =>
          one.asked.map((each, index) => {
            const who = one.subjects[index % one.subjects.length] ?? aSubject(ALICE);
            return new ListedQuestion(who, each, list, index);
          });
        const questions = questionsOf({ name: 'requests' });
        const all = (await slow.decideEach(questions, NOON)).map(told);
        expect((await quick.decideEach(questions, NOON)).map(told)).toEqual(all);
        // Again, and most of it is in memory by now.
        expect((await quick.decideEach(questions, NOON)).map(told)).toEqual(all);
        await among(quick, questions);
        const alone = await quick.decideEach(questionsOf({ name: 'requests', effectAlone: true }), NOON);
        expect(alone.map(effectOf)).toEqual((await quick.decideEach(questions, NOON)).map(effectOf));
        asked += questions.length;
      }
    }),
    { numRuns: Number(process.env['RUNS'] ?? 10) },
  );
  expect(asked).toBeGreaterThan(0);
}

/** What is read of an answer of which the effect alone is. */
function effectOf(answer: Answer | RolegateError): unknown {
  if (answer instanceof RolegateError) return told(answer);
  const { decision, revision, roleIsAbsent, onAssumption } = answer;
  return [decision.effect, decision.deniedBy, decision.allowed, revision, roleIsAbsent, onAssumption];
}

/** One question about the resources of all: the same answers, or null where one of them is an error. */
async function among(access: ReturnType<typeof createAccess>, questions: readonly Question[]): Promise<void> {
  const [first] = questions;
  if (first === undefined) return;
  const resources = questions.map((one) => one.resource);
  const each = await access.decideEach(
    resources.map((one): Question => ({ ...first, resource: one, path: '' })),
    NOON,
  );
  const unsayable = each.some((answer) => answer instanceof Error || answer.roleIsAbsent === true);
  const allowed = each.map((answer) => !(answer instanceof Error) && answer.decision.allowed);
  const said = await access.allowedAmong(first, resources, NOON);
  expect(said).toEqual(unsayable || resources.includes('*') ? null : allowed);
}

describe('decisions from memory are those of everything loaded, with writes between', () => {
  test('in a folder', async () => {
    const dataDir = await newDataDir();
    await putEmptyDirectory(dataDir);
    const database = await openEmbeddedDatabase(dataDir, migrate);
    const directory = await directoryIn(database, catalog);
    await expect(agreement(directory, directory, database)).resolves.toBeUndefined();
    await directory.close();
    await removeDataDir(dataDir);
  });

  test('on a server, written by another gateway', async () => {
    const url = await (await sharedPostgres()).createMigrated();
    const [writer, reader] = [
      await openDirectory({ kind: 'server', url }, catalog),
      await openDirectory({ kind: 'server', url }, catalog),
    ];
    const database = openServerDatabase(url);
    await expect(agreement(writer, reader, database)).resolves.toBeUndefined();
    await Promise.all([writer.close(), reader.close(), database.close()]);
  });
});

const NAMES = Array.from({ length: 20 }, (_, index) => String(index));
const CROWD: DirectoryDocument = {
  ...WORLD,
  users: NAMES.map((name) => ({
    arn: `arn:aws:iam::${HERE}:user/${name}`,
    inlinePolicies: [{ name: 'Own', document: allow('s3:Get*', 'sts:AssumeRole') }],
  })),
  roles: NAMES.map((name) => ({ arn: `arn:aws:iam::${HERE}:role/${name}`, trustPolicy: allow('sts:AssumeRole') })),
};
const asNames = (in_: (name: string) => string | null) =>
  NAMES.map((name) =>
    aQuestion(aSubject(`arn:aws:iam::${HERE}:user/${name}`, in_(name)), 's3:GetObject', `arn:aws:s3:::known/${name}`),
  );

describeInBothStores('what is not in memory', (store) => {
  const READS_THE_REVISION = /^SELECT s\.revision::text AS revision, s\."restoredRevision"/;
  /** What no question waits for: a directory that was opened reads its resources by and by. */
  const READS_RESOURCES = /^\s*SELECT \(SELECT revision::text FROM "DirectoryState" WHERE id = 1\) AS revision/;
  const sent = (): number =>
    store.statements.filter((sql) => !READS_THE_REVISION.test(sql) && !READS_RESOURCES.test(sql)).length;

  test('is loaded in one read for all questions, and then costs none', async () => {
    const access = createAccess(await store.open(CROWD), catalog);
    await access.decideEach([aQuestion(ALICE, 's3:GetObject', 'arn:aws:s3:::known/x')], NOON);
    store.statements.length = 0;
    await access.decideEach([aQuestion(`arn:aws:iam::${HERE}:role/0`, 's3:GetObject', 'arn:aws:s3:::known/x')], NOON);
    const alone = sent();
    expect(alone).toBeGreaterThan(0);
    store.statements.length = 0;
    await access.decideEach([...asNames(() => null), ...asNames((name) => `arn:aws:iam::${HERE}:role/${name}`)], NOON);
    expect(sent()).toBe(alone);
    store.statements.length = 0;
    await access.decideEach(
      asNames((name) => `arn:aws:iam::${HERE}:role/${name}`),
      NOON,
    );
    expect(sent()).toBe(0);
  });

  test('is waited for; what is there is not, once it is known to be current', async () => {
    const directory = await store.open(CROWD);
    const access = createAccess(directory, catalog);
    const questions = asNames(() => null);
    expect(access.decideEach(questions, NOON)).toBeInstanceOf(Promise);
    await access.decideEach(questions, NOON);
    const since = await directory.revision();
    const waiting = {
      since,
      decider: null,
      check: () => directory.revision(),
      load: () => Promise.reject(new Error('nothing is missing')),
    };
    store.statements.length = 0;
    expect(access.decideEach(questions, NOON, waiting)).toHaveLength(NAMES.length);
    expect(store.statements).toEqual([]);
  });
});

describeInBothStores('a long batch', (store) => {
  afterEach(() => {
    vi.restoreAllMocks();
  });

  test('lets others in, and all its answers are of one revision although others write', async () => {
    const directory = await store.open(WORLD);
    const access = createAccess(directory, catalog);
    const questions = Array.from({ length: 5_000 }, (_, index) =>
      aQuestion(ALICE, 's3:GetObject', `arn:aws:s3:::known/${index}`),
    );
    await access.decideEach(questions.slice(0, 1), NOON);
    // Every look at the clock finds that the turn is over.
    let clock = 0;
    vi.spyOn(performance, 'now').mockImplementation(() => (clock += 1_000));
    const before = await directory.revision();
    const deciding = access.decideEach(questions, NOON);
    expect(deciding).toBeInstanceOf(Promise);
    const state = { isDecided: false };
    const answers = Promise.resolve(deciding).finally(() => (state.isDecided = true));
    let turns = 0;
    while (!state.isDecided && turns < 3) {
      await new Promise((resolve) => setImmediate(resolve));
      turns += 1;
    }
    expect(state.isDecided).toBe(false);
    await directory.apply({ users: [{ arn: ALICE, inlinePolicies: [] }] });
    const all = await answers;
    const states = new Set(
      all.map((answer) => (answer instanceof Error ? null : `${answer.revision} ${answer.decision.effect}`)),
    );
    expect(states.size).toBe(1);
    const [first] = all;
    expect(first instanceof Error ? null : first?.revision).toBeGreaterThanOrEqual(before);
  });

  test.each<readonly [string, (access: Access, work: Work) => Access]>([
    ['ends with the work of its request', (access, work) => access.during(work)],
    ['ends behind a veil', (access, work) => access.during(work).behind(NOTHING_HIDDEN)],
    ['that is behind a veil ends', (access, work) => access.behind(NOTHING_HIDDEN).during(work)],
  ])('%s', async (_what, of) => {
    const all = createAccess(await store.open(WORLD), catalog);
    const questions = Array.from({ length: 5_000 }, (_, index) =>
      aQuestion(ALICE, 's3:GetObject', `arn:aws:s3:::known/${index}`),
    );
    await all.decideEach(questions.slice(0, 1), NOON);
    const work = new Work({ time: 1_000_000, cpu: 1_000_000 });
    const access = of(all, work);
    let clock = 0;
    vi.spyOn(performance, 'now').mockImplementation(() => (clock += 1_000));
    const deciding = access.decideEach(questions, NOON);
    work.stop();
    await expect(deciding).rejects.toMatchObject({ code: 'CANCELLED' });
  });
});

const NOTHING_HIDDEN = new Veil(new Map(), null, () => true);
