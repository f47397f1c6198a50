/**
 * npm run bench -- size: a directory of 100,000 principals in 500 accounts with 1,000,000 attachments, on a PostgreSQL server of
 * its own: how fast it is taken in, how fast a gateway starts on it, and what decisions cost in time, statements and memory.
 * `--small`: the same on little, which says only that it works.
 */
import { startPostgres } from '../../support/postgres-server.ts';
import { measureSize, type Plan } from './measure-size.ts';
import { FULL, HUNDREDTH } from './worlds.ts';

export const FULL_PLAN: Plan = {
  large: FULL,
  small: HUNDREDTH,
  decisions: 1_000,
  mixed: 1_000_000,
  memory: 256_000_000,
  rounds: 5,
};

const SMALL = process.argv.includes('--small');
const plan: Plan = SMALL
  ? { ...FULL_PLAN, large: HUNDREDTH, small: { ...FULL, accounts: 1 }, mixed: 20_000, memory: 64_000_000, rounds: 1 }
  : FULL_PLAN;
const server = await startPostgres();
const figures = await measureSize(server, plan);
await server.stop();
const missed = figures.filter(({ value, wanted }) => wanted !== null && value > wanted);
for (const { name, value, unit, wanted } of figures) {
  const verdict = wanted === null ? '' : ` (wanted: ${wanted}): ${value <= wanted ? 'reached' : 'NOT REACHED'}`;
  console.log(`${name}: ${Number(value.toPrecision(4))}${unit === '' ? '' : ` ${unit}`}${verdict}`);
}
process.exit(!SMALL && missed.length > 0 ? 1 : 0);
