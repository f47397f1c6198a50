// A process of its own that writes pairs of users into a folder and says after each that it is stored. From dist/, because
// compiling src/ takes longer than the database.
import process from 'node:process';

const dist = new URL('../../dist/', import.meta.url);
const { openCatalog } = await import(new URL('catalog/catalog.js', dist));
const { openDirectory } = await import(new URL('directory/prisma/open-directory.js', dist));

const directory = await openDirectory({ kind: 'embedded', dataDir: process.argv[2] ?? '' }, await openCatalog());
process.stdout.write('open\n');
for (let pair = 0; ; pair++) {
  const users = ['a', 'b'].map((half) => ({ arn: `arn:aws:iam::111111111111:user/${pair}${half}` }));
  await directory.apply({ users });
  process.stdout.write(`${pair}\n`);
}
