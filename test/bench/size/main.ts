/**
 * npm run bench -- size: a directory of 100,000 principals in 500 accounts with 1,000,000 attachments, on a PostgreSQL server of
 * its own: how fast it is taken in, how fast a gateway starts on it, and what decisions cost in time, statements and memory.
 * `--small`: the same on little, which says only that it works.
 */
import { startPostgres } from '../../support/postgres-server.ts';
import { type Figure, FULL_PLAN, measureSize, SMALL_PLAN } from './measure-size.ts';

const SMALL = process.argv.includes('--small');
let missed = 0;

function print({ name, value, unit, wanted }: Figure): void {
  const isReached = wanted === null || value <= wanted;
  if (!isReached) missed += 1;
  const verdict = wanted === null ? '' : ` (wanted: ${wanted}): ${isReached ? 'reached' : 'NOT REACHED'}`;
  console.log(`${name}: ${Number(value.toPrecision(4))}${unit === '' ? '' : ` ${unit}`}${verdict}`);
}

const server = await startPostgres();
await measureSize(server, SMALL ? SMALL_PLAN : FULL_PLAN, print);
await server.stop();
process.exit(!SMALL && missed > 0 ? 1 : 0);
