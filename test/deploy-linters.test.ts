/** What others' linters say of the files for containers: of their form, not of what is in them (`deploy.test.ts`). */
import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fetchedPackages } from './support/fetched-packages.ts';
import { newDataDir, removeDataDir } from './support/gateway.ts';

const PACKAGES = {
  dclint: '3.1.0',
  'dockerfile-utils': '0.16.3',
  'kubernetes-models': '5.1.0',
  typescript: '5.9.3',
  yaml: '2.9.1',
};
const DEPLOY = fileURLToPath(new URL('../.deploy/', import.meta.url));
/** Of order and quotes, in which ours are like the project's other files; an image that is built and named; ports for everybody. */
const NOT_WANTED = [
  'service-keys-order',
  'services-alphabetical-order',
  'service-ports-alphabetical-order',
  'require-quotes-in-ports',
  'no-build-and-image',
  'no-unbound-port-interfaces',
];

let tools: string;
let folder: string;

beforeAll(async () => {
  tools = await fetchedPackages('deploy-linters', PACKAGES);
  folder = await newDataDir();
  symlinkSync(join(tools, 'node_modules'), join(folder, 'node_modules'));
}, 600_000);
afterAll(() => removeDataDir(folder));

interface Said {
  readonly passed: boolean;
  readonly text: string;
}

/** What a program says, by its path in the folder, and whether it ends well. */
async function saidBy(program: string, ...words: readonly string[]): Promise<Said> {
  try {
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [join(folder, program), ...words], {
      cwd: folder,
    });
    return { passed: true, text: stdout + stderr };
  } catch (error) {
    const { stdout, stderr } = error as { readonly stdout: string; readonly stderr: string }; // as: of a program that ran
    return { passed: false, text: stdout + stderr };
  }
}

/** A copy of a file of ours, with a fault in it where one is given. */
function copyOf(path: string, ours = '', fault = ours): string {
  const text = readFileSync(join(DEPLOY, path), 'utf8');
  expect(text).toContain(ours);
  const copy = join(folder, path);
  mkdirSync(join(copy, '..'), { recursive: true });
  writeFileSync(copy, text.replace(ours, fault));
  return copy;
}

describe('the Containerfile', () => {
  const lint = (path: string): Promise<Said> =>
    saidBy('node_modules/dockerfile-utils/bin/dockerfile-utils', 'lint', path);

  test('has no fault', async () => {
    expect(await lint(copyOf('container/Containerfile'))).toEqual({ passed: true, text: '' });
  });

  test.each([
    ['HEALTHCHECK --interval=10s', 'HEALTHCHECK --intervall=10s', 'Unknown flag: intervall'],
    ['EXPOSE 4000 9464', 'EXPOSE metrics', 'Invalid containerPort: metrics'],
  ])('would be told %s -> %s', async (ours, fault, said) => {
    expect(await lint(copyOf('container/Containerfile', ours, fault))).toMatchObject({
      passed: false,
      text: expect.stringContaining(said),
    });
  });
});

describe('the compose file', () => {
  const words = [...NOT_WANTED.flatMap((name) => ['--disable-rule', name]), '--max-warnings', '0', '--no-color'];
  const lint = (path: string): Promise<Said> => saidBy('node_modules/dclint/bin/dclint.cjs', path, ...words);

  test('has no fault, and nothing to warn of', async () => {
    expect(await lint(copyOf('container/compose.yaml'))).toEqual({
      passed: true,
      text: expect.not.stringMatching(/error|warning/),
    });
  });

  test.each([
    ['read_only: true', 'read_onli: true', 'must NOT have additional properties'],
    ['image: rolegate:local', 'image: rolegate', 'service-image-require-explicit-tag'],
  ])('would be told %s -> %s', async (ours, fault, said) => {
    expect(await lint(copyOf('container/compose.yaml', ours, fault))).toMatchObject({
      passed: false,
      text: expect.stringContaining(said),
    });
  });
});

describe("Kubernetes' own types and schemas", () => {
  /** A program that gives each document to the class of its kind: TypeScript tells names that there are not, the class wrong values. */
  const READER = `
    import { readFileSync, writeFileSync } from 'node:fs';
    import { parseAllDocuments } from 'yaml';
    const documents = parseAllDocuments(readFileSync(process.argv[2], 'utf8')).map((one) => one.toJS());
    writeFileSync(process.argv[3], documents.map(({ apiVersion, kind, ...rest }, n) =>
      \`import { \${kind} as Kind\${n} } from 'kubernetes-models/\${apiVersion}';\\n\` +
      \`export const one\${n} = new Kind\${n}(\${JSON.stringify(rest)});\\n\`).join(''));
    for (const document of documents) {
      const kinds = await import(\`kubernetes-models/\${document.apiVersion}\`);
      new kinds[document.kind](document).validate();
      console.log(document.kind);
    }`;

  async function lint(path: string): Promise<readonly Said[]> {
    writeFileSync(join(folder, 'reader.mjs'), READER);
    const read = await saidBy('reader.mjs', path, join(folder, 'documents.ts'));
    const strict = ['--noEmit', '--strict', '--skipLibCheck', '--module', 'nodenext', '--moduleResolution', 'nodenext'];
    return [read, await saidBy('node_modules/typescript/bin/tsc', ...strict, join(folder, 'documents.ts'))];
  }

  test('are met', async () => {
    expect(await lint(copyOf('kubernetes.yaml'))).toEqual([
      { passed: true, text: 'Service\nPodDisruptionBudget\nDeployment\n' },
      { passed: true, text: '' },
    ]);
  });

  test.each([
    ['replicas: 2', 'replicas: two', 'replicas must be'],
    ['readOnlyRootFilesystem:', 'readOnlyRootFileSystem:', "does not exist in type 'ISecurityContext'"],
  ])('would be told %s -> %s', async (ours, fault, said) => {
    const all = await lint(copyOf('kubernetes.yaml', ours, fault));
    expect(all.map(({ text }) => text).join('')).toContain(said);
  });
});
