// Which room of src/ may import which. Every pair that there is is named here, and no other; a room imports only from rooms
// before it in this table. .config/layers.mjs also reports a pair that no import needs any more.
const rooms = {
  policy: [],
  evaluation: ['policy'],
  analysis: ['policy', 'evaluation'],
  catalog: ['policy', 'evaluation'],
  validation: ['policy', 'evaluation', 'analysis'],
  directory: ['policy', 'evaluation', 'catalog'],
  importing: ['policy', 'directory'],
  access: ['policy', 'evaluation', 'analysis', 'catalog', 'validation', 'directory'],
  session: ['policy', 'evaluation', 'catalog', 'directory', 'access'],
  guard: ['policy', 'evaluation', 'catalog', 'directory', 'access', 'session'],
  graphql: ['policy', 'evaluation', 'analysis', 'validation', 'directory', 'importing', 'access', 'session', 'guard'],
  aws: ['policy', 'evaluation', 'catalog', 'directory', 'access', 'session', 'guard'],
  authzen: ['policy', 'evaluation', 'catalog', 'directory', 'access', 'guard'],
  server: ['policy', 'catalog', 'directory', 'importing', 'access', 'session', 'guard', 'graphql', 'aws', 'authzen'],
  client: [],
  console: [],
  cli: ['policy', 'catalog', 'validation', 'directory', 'importing', 'access', 'session', 'server'],
};

const names = Object.keys(rooms);

for (const [index, [room, imports]] of Object.entries(rooms).entries()) {
  const later = imports.filter((name) => !names.slice(0, index).includes(name));
  if (later.length > 0) throw new Error(`src/${room} may not import ${later.join(', ')}: no room before it`);
}

/** Rooms without waiting, clock, randomness or Node: src/tsconfig.pure.json makes the compiler say so as well. */
const pure = ['policy', 'evaluation', 'analysis', 'validation', 'importing'];
/** What importing/ makes: a piece of a directory as values, which is as pure. */
const values = '^src/directory/(document|storable)\\.ts$';

/** A room may import itself, what is named for it, and what is no room. */
const pairs = Object.entries(rooms).map(([room, imports]) => ({
  name: `${room}-imports-only-its-rooms`,
  comment: `src/${room} may import ${imports.join(', ') || 'no other room'}`,
  severity: 'error',
  from: { path: `^src/${room}/` },
  to: { path: '^src/', pathNot: `^src/(${[room, ...imports, 'generated'].join('|')})/` },
}));

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    ...pairs,
    { name: 'cycle', severity: 'error', from: { path: '^src/' }, to: { circular: true } },
    {
      name: 'prisma-outside-directory',
      comment: 'Prisma and its generated client are known to src/directory alone; the schema gets its types from directory/schema-types.ts',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(directory|generated)/' },
      to: { path: '^src/generated/(?!console/)|node_modules/(@prisma/client|@prisma/adapter-pg|pglite-prisma-adapter|@electric-sql)/' },
    },
    {
      name: 'core-is-pure',
      comment: `${pure.join('/, ')}/ use nothing but themselves, and importing/ the values that it makes`,
      severity: 'error',
      from: { path: `^src/(${pure.join('|')})/|${values}` },
      to: { pathNot: `^src/(${pure.join('|')})/|${values}` },
    },
    {
      name: 'guard-knows-no-graphql',
      comment: 'src/guard takes and answers values, for every door: nothing that it, or another door, imports, at whatever remove, is of GraphQL',
      severity: 'error',
      from: { path: '^src/(guard|aws|authzen)/' },
      to: { path: 'node_modules/(graphql|graphql-yoga|@graphql-yoga|@graphql-tools|@pothos)/|^src/generated/pothos', reachable: true },
    },
    {
      name: 'environment-outside-settings',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(server|cli)/' },
      to: { path: '^(node:)?process$' },
    },
    { name: 'src-knows-tests', severity: 'error', from: { path: '^src/' }, to: { path: '^test/' } },
    {
      name: 'not-in-package-json',
      comment: 'what the console uses is in its bundle',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/console/' },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown', 'unknown', 'undetermined'], dependencyTypesNot: ['type-only'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules|src/generated' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    combinedDependencies: false,
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default'] },
  },
  rooms,
};
