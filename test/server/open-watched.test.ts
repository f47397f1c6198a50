import { expect, test } from 'vitest';
import { createLog } from '../../src/server/log.ts';
import { openWatched } from '../../src/server/open-watched.ts';
import { readSettings } from '../../src/server/settings.ts';
import { putEmptyDirectory } from '../support/empty-directory.ts';
import { newDataDir, removeDataDir } from '../support/gateway.ts';

test('an entity is read before anybody asks: nobody waits for what is compiled then', async () => {
  const dataDir = await newDataDir();
  await putEmptyDirectory(dataDir);
  const settings = readSettings({ ROLEGATE_DATA_DIR: dataDir, LOG_LEVEL: 'silent' }, '/');
  const statements: string[] = [];
  const services = await openWatched(settings, createLog('silent'), (text) => void statements.push(text));
  try {
    // In the words of Prisma, which alone names the schema.
    for (const read of ['FROM "public"."Account"', 'FROM "public"."User"'])
      expect(statements.find((text) => text.includes(read))).toBeDefined();
  } finally {
    await services.directory.close();
    await removeDataDir(dataDir);
  }
});
