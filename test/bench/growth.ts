import { ask, prepareEngine, questionsOf, statementsOf, textsOf } from './engine.ts';
import { over, QUICK, rates } from './measure.ts';
import { actionFacts, type BenchRequest, FULL_SIZE, makeWorld, type World } from './world.ts';

const TIMES = QUICK ? 20_000 : 50_000;

/** Decisions per second for principals with 1 to 1,000 statements, and for directories of 1,000 to 100,000 principals. */
export function printGrowth(): void {
  const statements = [1, 10, 100, 1000].map((count) => {
    const list = Array.from({ length: count }, (_, i) => ({
      Effect: 'Allow',
      Action: ['s3:GetObject', 's3:PutObject'],
      Resource: `arn:aws:s3:::bucket${i}/*`,
    }));
    return row(`${count} statements`, oneWorld([{ Version: '2012-10-17', Statement: list }]));
  });
  const sizes = (QUICK ? [1000, 10_000] : [1000, 10_000, 100_000]).map((count) =>
    row(`${count} principals`, makeWorld({ ...FULL_SIZE, users: count, roles: 0, requests: TIMES })),
  );
  console.table([...statements, ...sizes]);
}

function row(name: string, world: World): object {
  const engine = prepareEngine(world, textsOf(world));
  const questions = questionsOf(engine, world.requests);
  const rate = rates([over(name, questions, (one) => statementsOf(ask(one)))]).get(name) ?? 0;
  return { name, 'decisions/s': Math.round(rate) };
}

function oneWorld(policies: World['policies']): World {
  const base = makeWorld({ ...FULL_SIZE, accounts: 1, users: 1, roles: 0, policies: 1, resources: 1, requests: 1 });
  const principal = {
    ...(base.principals[0] as World['principals'][number]),
    attached: [0],
    boundary: null,
    account: 0,
  };
  const resources = Array.from({ length: 1000 }, (_, i) => ({
    arn: `arn:aws:s3:::bucket${i}/x`,
    account: 0,
    policy: null,
  }));
  const requests = Array.from(
    { length: TIMES },
    (_, i): BenchRequest => ({
      principal: 0,
      resource: i % 1000,
      action: actionFacts('s3:GetObject'),
      context: new Map(),
    }),
  );
  return { policies, scp: base.scp, principals: [principal], resources, requests };
}
