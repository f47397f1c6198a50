// Who may import whom in src/: a folder imports from the folders before it in this list, never from those behind it.
const layers = ['policy', 'evaluation', 'analysis', 'catalog', 'validation', 'directory', 'importing', 'access', 'session', 'guard', 'graphql', 'server', 'cli'];

const upwards = layers.slice(0, -1).map((layer, i) => ({
  name: `${layer}-looks-up`,
  comment: `src/${layer} may not know ${layers.slice(i + 1).join(', ')}`,
  severity: 'error',
  from: { path: `^src/${layer}/` },
  to: { path: `^src/(${layers.slice(i + 1).join('|')})/` },
}));

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    ...upwards,
    { name: 'cycle', severity: 'error', from: { path: '^src/' }, to: { circular: true } },
    {
      name: 'prisma-outside-directory',
      comment: 'Prisma and its generated client are known to src/directory alone; the schema gets its types from directory/read-model.ts',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(directory|generated)/' },
      to: { path: '^src/generated/|node_modules/(@prisma/client|@prisma/adapter-pg|pglite-prisma-adapter|@electric-sql)/' },
    },
    {
      name: 'core-is-pure',
      comment: 'policy/, evaluation/ and analysis/ use nothing but themselves',
      severity: 'error',
      from: { path: '^src/(policy|evaluation|analysis)/' },
      to: { pathNot: '^src/(policy|evaluation|analysis)/' },
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
      severity: 'error',
      from: { path: '^src/' },
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
};
