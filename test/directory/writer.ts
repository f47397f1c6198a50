// A process of its own that writes pairs of users into a folder and says after each that it is stored.
import { openCatalog } from '../../src/catalog/catalog.ts';
import { openDirectory } from '../../src/directory/prisma/open-directory.ts';

const directory = await openDirectory({ kind: 'embedded', dataDir: process.argv[2] ?? '' }, await openCatalog());
process.stdout.write('open\n');
for (let pair = 0; ; pair++) {
  const users = ['a', 'b'].map((half) => ({ arn: `arn:aws:iam::111111111111:user/${pair}${half}` }));
  await directory.apply({ users });
  process.stdout.write(`${pair}\n`);
}
