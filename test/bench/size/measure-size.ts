import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PostgresServer } from '../../support/postgres-server.ts';
import type { OrganizationSize } from '../import/organization.ts';
import { median } from '../measure.ts';
import { decideMixed } from '../memory/decide-mixed.ts';
import { principalOf, resourceOf } from '../memory/organization.ts';
import { costOfBatch } from './batches.ts';
import { type Asked, type StartedGateway, startGatewayOn } from './gateway.ts';
import { FULL, HUNDREDTH, principalsIn, writeWorld } from './worlds.ts';

/** One thing that was measured, and at most how much it should be. */
export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** Null: it is told, and not judged. */
  readonly wanted: number | null;
}

export interface Plan {
  readonly large: OrganizationSize;
  readonly small: OrganizationSize;
  /** Decisions that are asked one after another, each about another principal. */
  readonly decisions: number;
  /** Mixed ones, in batches. */
  readonly mixed: number;
  /** Bytes for what is kept in memory while these are decided. */
  readonly memory: number;
  /** How often a gateway starts, and how often decisions are compared. */
  readonly rounds: number;
}

export const FULL_PLAN: Plan = {
  large: FULL,
  small: HUNDREDTH,
  decisions: 1_000,
  mixed: 1_000_000,
  memory: 256_000_000,
  rounds: 5,
};

/** Says only that all of it can still be measured. */
export const SMALL_PLAN: Plan = {
  large: { ...FULL, accounts: 2, buckets: 20 },
  small: { ...FULL, accounts: 1, buckets: 20 },
  decisions: 20,
  mixed: 2_000,
  memory: 64_000_000,
  rounds: 1,
};

const ACTION = 's3:GetObject';
/** Sizes of batches whose statements are counted. */
const BATCHES = [1, 100, 1_000];

function asked(size: OrganizationSize, n: number): Asked {
  return { principal: principalOf(size, n), action: ACTION, resource: resourceOf(size, n, ACTION, n) };
}

/** The value under which a share of the values is. */
function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}

/** A database, and the data folder of the gateways on it. */
interface Place {
  readonly url: string;
  readonly cwd: string;
}

async function newPlace(server: Pick<PostgresServer, 'createDatabase'>): Promise<Place> {
  return { url: await server.createDatabase(), cwd: await mkdtemp(join(tmpdir(), 'rolegate-bench-')) };
}

/** Takes in a large and a small organization, and measures what answers about them cost. `onFigure`: told of each as it is known. */
export async function measureSize(
  server: Pick<PostgresServer, 'createDatabase'>,
  plan: Plan,
  onFigure: (figure: Figure) => void,
): Promise<void> {
  const tell: Tell = (name, value, unit, wanted = null) => onFigure({ name, value, unit, wanted });
  const [large, small] = [await newPlace(server), await newPlace(server)];
  const { entities, attachments, clock, cpu } = await writeWorld(large.url, plan.large);
  tell('principals', principalsIn(plan.large), '');
  tell('attachments', attachments, '');
  tell('imported, by the clock', entities / clock, 'entities/s');
  tell('imported, of CPU', entities / cpu, 'entities/s');
  await writeWorld(small.url, plan.small);
  await starts(large, plan, tell);
  await statements(large, small, plan, tell);
  await latencies(large, small, plan, tell);
  const {
    base,
    peak,
    cpu: took,
  } = await decideMixed({
    url: large.url,
    setting: plan.memory,
    questions: plan.mixed,
    size: plan.large,
  });
  tell('mixed decisions', plan.mixed, '');
  tell('CPU of each', (took / plan.mixed) * 1e6, 'µs');
  tell('memory taken for them, beside the setting', (peak - base) / plan.memory, 'times', 1.3);
  for (const { cwd } of [large, small]) await rm(cwd, { recursive: true, force: true });
}

type Tell = (name: string, value: number, unit: string, wanted?: number | null) => void;

async function starts(place: Place, { large, rounds }: Plan, tell: Tell): Promise<void> {
  const clock: number[] = [];
  const cpu: number[] = [];
  const firstClock: number[] = [];
  const firstCpu: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const gateway = await startGatewayOn(place.url, place.cwd);
    const started = await gateway.cpu();
    // At once: most of what is kept in memory is still to be read.
    firstClock.push(await gateway.decide(asked(large, principalsIn(large) - 1 - round)));
    firstCpu.push((await gateway.cpu()) - started);
    clock.push(gateway.start);
    cpu.push(started);
    await gateway.stop();
  }
  tell('start, by the clock', median(clock), 'ms');
  tell('start, of CPU', median(cpu) * 1000, 'ms', 3_000);
  tell('first question, by the clock', median(firstClock), 'ms');
  tell('first question, of CPU with what is read beside it', median(firstCpu) * 1000, 'ms', 50);
}

async function statements(large: Place, small: Place, plan: Plan, tell: Tell): Promise<void> {
  const counts: number[] = [];
  for (const count of BATCHES) {
    const many = await costOfBatch(large.url, plan.large, count);
    const few = await costOfBatch(small.url, plan.small, count);
    counts.push(many.statements, few.statements);
    tell(`statements of a batch of ${count}, nothing in memory`, many.statements, '');
    tell(`rows read for each of its decisions`, many.rows / count, '');
    tell('  times those among few', many.rows / few.rows, '', 1.1);
  }
  tell('most statements of a batch, beside the fewest', Math.max(...counts) / Math.min(...counts), 'times', 1);
}

async function latencies(large: Place, small: Place, plan: Plan, tell: Tell): Promise<void> {
  const [many, few] = [await startGatewayOn(large.url, large.cwd), await startGatewayOn(small.url, small.cwd)];
  const cold = await ask(many, plan.large, plan.decisions);
  await ask(few, plan.small, plan.decisions);
  const warm: number[] = [];
  const ratios: number[] = [];
  for (let round = 0; round <= plan.rounds; round += 1) {
    const before = [await many.cpu(), await few.cpu()] as const;
    const taken = await ask(many, plan.large, plan.decisions);
    await ask(few, plan.small, plan.decisions);
    // The first round warms up.
    if (round === 0) continue;
    warm.push(...taken);
    ratios.push(((await many.cpu()) - before[0]) / ((await few.cpu()) - before[1]));
  }
  await many.stop();
  await few.stop();
  for (const [name, values] of Object.entries({ cold, warm })) {
    tell(`decision, ${name}, p50`, quantile(values, 0.5), 'ms');
    tell(`decision, ${name}, p99`, quantile(values, 0.99), 'ms');
  }
  const sizes = `${principalsIn(plan.large)} principals / ${principalsIn(plan.small)}`;
  tell(`CPU of a warm decision, ${sizes}`, median(ratios), 'times', 1.1);
}

/** How long each of some decisions took, one after another. */
async function ask(gateway: StartedGateway, size: OrganizationSize, count: number): Promise<number[]> {
  const taken: number[] = [];
  for (let n = 0; n < count; n += 1) taken.push(await gateway.decide(asked(size, n)));
  return taken;
}
