/** Relay's compiler and runtime, and GraphQL Code Generator with its client preset, as the guide configures them. */
import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { transform } from 'esbuild';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fetchedPackages } from '../support/fetched-packages.ts';
import { newDataDir, removeDataDir, startTestGateway, type TestGateway } from '../support/gateway.ts';

const ROOT = new URL('../../', import.meta.url);
const GUIDE = readFileSync(new URL('src/graphql/README.md', ROOT), 'utf8');
const PACKAGES = {
  '@graphql-codegen/cli': '7.4.3',
  '@graphql-codegen/client-preset': '6.2.0',
  graphql: '16.15.0',
  'relay-compiler': '21.0.1',
  'relay-runtime': '21.0.1',
  typescript: '5.9.3',
};
const ALICE = 'arn:aws:iam::111111111111:user/alice';

const AsyncFunction = Object.getPrototypeOf(async () => undefined).constructor;

let dataDir: string;
let tools: string;
let gateway: TestGateway;
const folders: string[] = [];

/** The block of a language below a heading of the guide. */
function blockOf(title: string, language: string): string {
  const section = GUIDE.split(`\n## ${title}\n`)[1]?.split('\n## ')[0] ?? '';
  const block = new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``).exec(section)?.[1];
  if (block === undefined) throw new Error(`the guide has no ${language} for ${title}`);
  return block.replaceAll('http://127.0.0.1:4000', gateway.url);
}

const run = (command: string, words: readonly string[], cwd: string) => promisify(execFile)(command, words, { cwd });

beforeAll(async () => {
  dataDir = await newDataDir();
  gateway = await startTestGateway(dataDir);
  tools = await fetchedPackages('graphql-clients', PACKAGES);
}, 600_000);
afterAll(async () => {
  await gateway?.gateway.close();
  for (const folder of [dataDir, ...folders]) await removeDataDir(folder);
});

/** A project that has the tools, the schema and a source. */
async function newProject(source: string): Promise<string> {
  const folder = await newDataDir();
  folders.push(folder);
  mkdirSync(join(folder, 'src/__generated__'), { recursive: true });
  writeFileSync(join(folder, 'src/who.ts'), source);
  cpSync(new URL('schema.graphql', ROOT), join(folder, 'schema.graphql'));
  symlinkSync(join(tools, 'node_modules'), join(folder, 'node_modules'));
  return folder;
}

/** A gateway that answers nothing but what is in a file of trusted documents. */
async function strictWith<T>(documents: string, use: (strict: TestGateway) => Promise<T>): Promise<T> {
  const folder = await newDataDir();
  folders.push(folder);
  const strict = await startTestGateway(folder, {
    ROLEGATE_TRUSTED_DOCUMENTS: documents,
    ROLEGATE_TRUSTED_DOCUMENTS_MODE: 'only',
  });
  try {
    return await use(strict);
  } finally {
    await strict.gateway.close();
  }
}

describe('as the guide says', { timeout: 300_000 }, () => {
  test('Relay compiles with the configuration, and its runtime asks for what was persisted by its id', async () => {
    const folder = await newProject(
      'import { graphql } from "relay-runtime";\nexport const who = graphql`query whoQuery($id: PrincipalId!) { principal(principalId: $id) { principalId name } }`;\n',
    );
    writeFileSync(join(folder, 'relay.config.json'), blockOf('Relay', 'json'));
    // As the guide says: the compiler wants it to be there.
    writeFileSync(join(folder, 'documents.json'), '{}');
    await run(join(folder, 'node_modules/.bin/relay-compiler'), [], folder);
    const documents = JSON.parse(readFileSync(join(folder, 'documents.json'), 'utf8'));
    expect(Object.values(documents)).toEqual([expect.stringMatching(/^query whoQuery/)]);

    const relay = createRequire(join(tools, 'package.json'))('relay-runtime');
    const artifact = readFileSync(join(folder, 'src/__generated__/whoQuery.graphql.ts'), 'utf8');
    expect(artifact).toMatch(/principalId: string;/);
    const { code } = await transform(artifact, { loader: 'ts', format: 'esm' });
    const { default: node } = await import(`data:text/javascript;base64,${Buffer.from(code).toString('base64')}`);
    const data = await strictWith(join(folder, 'documents.json'), async (strict) => {
      const { Environment, Network, RecordSource, Store } = relay;
      const used = {
        Environment,
        Network,
        RecordSource,
        Store,
        fetch: (_url: string, init: RequestInit) => fetch(`${strict.url}/graphql`, init),
        process: { env: { AUTHORIZATION: strict.as.user('alice') } },
      };
      const script = `${blockOf('Relay', 'js').replaceAll(/^import .*\n/gm, '')}\nreturn environment;`;
      const environment = await new AsyncFunction(...Object.keys(used), script)(...Object.values(used));
      return relay.fetchQuery(environment, node, { id: ALICE }).toPromise();
    });
    expect(data).toMatchObject({ principal: { principalId: ALICE, name: 'alice' } });
  });

  test('GraphQL Code Generator reads the schema of a gateway, and its persisted documents are trusted', async () => {
    const folder = await newProject(
      'import { graphql } from "./gql";\nexport const who = graphql(`query Who { viewer { kind principal { principalId } } }`);\n',
    );
    writeFileSync(join(folder, 'codegen.json'), blockOf('GraphQL Code Generator', 'json'));
    await run(join(folder, 'node_modules/.bin/graphql-codegen'), ['--config', 'codegen.json'], folder);
    const persisted = join(folder, 'src/gql/persisted-documents.json');
    const [id = ''] = Object.keys(JSON.parse(readFileSync(persisted, 'utf8')));
    expect(readFileSync(join(folder, 'src/gql/graphql.ts'), 'utf8')).toContain('export const WhoDocument');
    const answer = await strictWith(persisted, async (strict) => {
      const headers = { 'content-type': 'application/json', authorization: strict.as.user('alice') };
      const body = JSON.stringify({ documentId: id });
      return (await fetch(`${strict.url}/graphql`, { method: 'POST', headers, body })).json();
    });
    expect(answer).toMatchObject({ data: { viewer: { kind: 'USER', principal: { principalId: ALICE } } } });
  });
});
