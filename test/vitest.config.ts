import { basename } from 'node:path';
import { defineConfig, type TestProjectInlineConfiguration } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';
import { memoryFolder } from './support/memory-folder.ts';

// vitest resolves `graphql` in our files to index.mjs while Yoga and Pothos load index.js through Node: two copies,
// "another module or realm". One name for both.
const resolve = { alias: [{ find: /^graphql$/, replacement: 'graphql/index.js' }] };

/** Start processes, and take longest: they begin, so that nobody waits for one of them at the end. */
const PROCESSES = [
  'test/cli/{export,import}.test.ts',
  'test/cli/collect/*.test.ts',
  'test/cli/metadata/clients.test.ts',
  'test/directory/{data-folder,left-behind}.test.ts',
  'test/deploy.test.ts',
  'test/readme.test.ts',
  'test/server/{lifecycle,logs,several-gateways,workers}.test.ts',
  'test/session/{faults,killed}.test.ts',
];
/** Of rooms that keep nothing between two calls, and need no database. */
const PURE = ['test/{policy,evaluation,analysis,catalog,validation,importing}/**/*.test.ts'];
/** Take longest of their rooms, and begin them for the same reason. */
const LONGEST = [
  'gateway/cases.test.ts',
  'directory/stored-resources.test.ts',
  'directory/exported.test.ts',
  'evaluation/agreement.properties.test.ts',
  'evaluation/laws.properties.test.ts',
  'access/who-can.properties.test.ts',
];
/** A browser that npm brings: part of the long runs. */
const BROWSER = ['test/browser/**/*.test.ts'];
/** Clients and shells that are programs of their own, and npm with the package: part of the long runs too. */
const PROGRAMS = [
  'test/aws/programs/*.test.ts',
  'test/cli/powershell.test.ts',
  'test/client/tools.test.ts',
  'test/{container,deploy-linters}.test.ts',
  'test/package.test.ts',
];
/** The small form of a benchmark that takes minutes: part of the long runs too. */
const MEASURED = ['test/bench/size/size.test.ts'];
/** Of the checks themselves: each is run on a copy of the project with a fault in it. Part of the long runs too. */
const GATES = ['test/gates.test.ts'];
/** Find more, the longer they go on. */
const LONG = [
  'test/access/{coverage,findings,preview-change,real-accounts,real-changes,who-can}.properties.test.ts',
  'test/access/policy-checks/compare.properties.test.ts',
  'test/graphql/entities/readable-lists.properties.test.ts',
  'test/graphql/execution/execute-plan.properties.test.ts',
  'test/directory/{exported,stored-resources}.test.ts',
  'test/{aws,policy}/fuzz.test.ts',
  'test/directory/data-folder.test.ts',
  'test/session/{faults,killed}.test.ts',
  'test/server/several-gateways.test.ts',
  ...BROWSER,
  ...PROGRAMS,
  ...MEASURED,
  ...GATES,
];

/** What a test may ask for with `inject`. */
declare module 'vitest' {
  export interface ProvidedContext {
    /** How long tests go on that could do so for ever: in `npm test`, in the checks of every change, as long as it is worth. */
    length: 'ordinary' | 'short' | 'long';
  }
}

/** Shuffled by the seed that is printed, within their projects, which stand in the order below and begin with what takes longest. */
class ShuffledProjects extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const { seed } = this.ctx.config.sequence;
    const isShort = (file: TestSpecification): boolean =>
      !LONGEST.some((name) => file.moduleId.endsWith(`/test/${name}`));
    const place = (file: TestSpecification): number =>
      2 * this.ctx.projects.indexOf(file.project) + Number(isShort(file));
    const drawn = new Map(files.map((file) => [file, draw(seed, basename(file.moduleId))]));
    return files.toSorted((a, b) => place(a) - place(b) || (drawn.get(a) ?? 0) - (drawn.get(b) ?? 0));
  }
}

/** A number that follows from both alone (FNV-1a). */
function draw(seed: number, name: string): number {
  let hash = 0x811c9dc5;
  for (const char of `${seed} ${name}`) hash = Math.imul(hash ^ char.charCodeAt(0), 0x01000193) >>> 0;
  return hash;
}

export default defineConfig(({ mode }) => {
  const length = mode !== 'long' ? 'ordinary' : process.env['ROLEGATE_TEST_LONG'] === 'short' ? 'short' : 'long';
  // `os.tmpdir()` of all tests, if nobody has said where it is.
  const folder = memoryFolder();
  if (folder !== null) process.env['TMPDIR'] ??= folder;
  const project = (
    name: string,
    include: readonly string[],
    exclude: readonly string[] = [],
  ): TestProjectInlineConfiguration => ({
    resolve,
    test: {
      name,
      include: [...include],
      exclude: [...exclude],
      // The files of a project share its modules, one copy in each of two threads: importing them for each of more than a
      // hundred files takes longer than many of the tests.
      isolate: false,
      pool: 'threads',
      testTimeout: 60_000,
      hookTimeout: 60_000,
      maxWorkers: 2,
      provide: { length },
      // https://github.com/aws/aws-sdk-js-v3: the SDK would warn of Node 20 in every run.
      env: { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' },
    },
  });
  return {
    test: {
      // Some tests start what users start.
      globalSetup: ['test/support/build.ts'],
      // A test that fails alone or in another order is a fault. `--sequence.seed` gives the order of a run again.
      // The checks of a change have one order, so that their outcome is that of the change.
      sequence: { shuffle: true, sequencer: ShuffledProjects, ...(process.env['CI'] ? { seed: 20_261_126 } : {}) },
      maxWorkers: 2,
      projects:
        mode === 'long'
          ? [project('long', LONG)]
          : [
              project('processes', PROCESSES),
              project('browser', BROWSER),
              project(
                'rooms',
                ['test/**/*.test.ts'],
                [...PROCESSES, ...BROWSER, ...PROGRAMS, ...MEASURED, ...GATES, ...PURE],
              ),
              project('pure', PURE),
            ],
    },
  };
});
