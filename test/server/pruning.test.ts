import { pino } from 'pino';
import { expect, it } from 'vitest';
import { startPruning } from '../../src/server/pruning.ts';
import { readSettings } from '../../src/server/settings.ts';

it('says how much it has removed, at the level that the log has where nothing is set', async () => {
  const lines: unknown[] = [];
  const log = pino(
    { level: readSettings({}, '/').logLevel, base: null, timestamp: false },
    { write: (line: string) => lines.push(JSON.parse(line)) },
  );
  const pruned = { roleSessions: 2, keySessions: 0, changes: 7, documents: 1, events: 0 };
  const nothing = { roleSessions: 0, keySessions: 0, changes: 0, documents: 0, events: 0 };
  const runs = [pruned, nothing];
  const stop = startPruning(
    { prune: async () => runs.shift() ?? nothing },
    {
      retention: { sessions: 90, changes: 90, documents: 90, events: Infinity },
      clock: () => 0,
      log,
      times: { first: 1, between: 1 },
    },
  );
  await expect.poll(() => runs.length).toBe(0);
  await stop();
  expect(lines).toEqual([{ level: 40, ...pruned, msg: 'pruned' }]);
});
