// The console: its questions with their types (src/generated/console/), and the files that browsers get (dist/console/).
//
// Every file but the list has a name that changes with its content, so that browsers keep it for ever. Compressed forms are made
// here once, at the strength that takes longest, and not for each request.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, extname, join, relative } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

/** Their first lines of a licence stand in one of these. */
const LICENCE_FILE = /^licen[cs]e(\.md|\.txt)?$/i;

/** Below this, a file is sent as it is. Bytes. */
const WORTH_COMPRESSING = 256;

const TYPES = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.txt': 'text/plain; charset=utf-8',
};

/** Names, ids and documents are texts; a condition key can be anything. */
const SCALARS = {
  PolicyDocument: 'unknown',
  RequestContext: 'Record<string, unknown>',
  Upload: 'File',
};

/** Typed documents of all questions. Scalars that are not named are texts. */
export async function questionsOf(schemaText, folder) {
  const [{ codegen }, { parse }, operations, typedDocuments] = await Promise.all([
    import('@graphql-codegen/core'),
    import('graphql'),
    import('@graphql-codegen/typescript-operations'),
    import('@graphql-codegen/typed-document-node'),
  ]);
  const documents = readdirSync(folder)
    .filter((name) => name.endsWith('.graphql'))
    .sort()
    .map((name) => ({ location: name, document: parse(readFileSync(join(folder, name), 'utf8')) }));
  return codegen({
    documents,
    schema: parse(schemaText),
    filename: 'questions.ts',
    config: {
      useTypeImports: true,
      enumType: 'string-literal',
      immutableTypes: true,
      skipTypeNameForRoot: true,
      defaultScalarType: 'string',
      scalars: SCALARS,
      optimizeDocumentNode: true,
    },
    plugins: [{ operations: {} }, { typedDocuments: {} }],
    pluginMap: {
      operations: operations.default ?? operations,
      typedDocuments: typedDocuments.default ?? typedDocuments,
    },
  });
}

/** Bundles src/console/ into `target`; `questions`: its typed documents. */
export async function bundleConsole({ root, source, questions, target }) {
  const esbuild = await import('esbuild');
  const { outputFiles, metafile } = await esbuild.build({
    absWorkingDir: root,
    entryPoints: { console: join(source, 'main.tsx') },
    outdir: target,
    write: false,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'browser',
    target: ['es2022'],
    jsx: 'automatic',
    jsxImportSource: 'preact',
    minify: true,
    metafile: true,
    legalComments: 'none',
    entryNames: '[name]-[hash]',
    chunkNames: '[name]-[hash]',
    logLevel: 'warning',
  });
  const main = relative(root, join(source, 'main.tsx')).replaceAll('\\', '/');
  const entry = Object.entries(metafile.outputs).find(([, { entryPoint }]) => entryPoint === main);
  if (entry === undefined) throw new Error('the console has no entry');
  const [script, { cssBundle }] = entry;
  const nameOf = (path) => relative(target, join(root, path));
  const files = outputFiles.map(({ path, contents }) => [relative(target, path), Buffer.from(contents)]);
  files.push(['licences.txt', Buffer.from(licencesOf(root, metafile))]);
  writeAssets(target, Object.fromEntries(files), {
    script: nameOf(script),
    style: nameOf(cssBundle),
    pages: pagesOf(metafile, nameOf, source, root),
  });
  writeFileSync(join(target, 'documents.json'), JSON.stringify(await textsOf(questions)));
}

/** All documents that the console can send, as the client that it has in it sends them. */
async function textsOf(questions) {
  const [esbuild, { stringifyDocument }] = await Promise.all([import('esbuild'), import('@urql/core')]);
  const { code } = await esbuild.transform(readFileSync(questions, 'utf8'), { loader: 'ts', format: 'esm' });
  const typed = await import(`data:text/javascript;base64,${Buffer.from(code).toString('base64')}`);
  return Object.values(typed)
    .filter(({ definitions }) => definitions.some(({ kind }) => kind === 'OperationDefinition'))
    .map((document) => stringifyDocument(document));
}

/** What a browser loads for each page beside the entry: its own file and what that imports. */
function pagesOf({ outputs }, nameOf, source, root) {
  const prefix = `${relative(root, join(source, 'pages')).replaceAll('\\', '/')}/`;
  const needed = (path, seen = new Set()) => {
    if (seen.has(path)) return seen;
    seen.add(path);
    for (const { path: next, kind } of outputs[path]?.imports ?? [])
      if (kind === 'import-statement') needed(next, seen);
    return seen;
  };
  return Object.fromEntries(
    Object.entries(outputs).flatMap(([path, { entryPoint }]) => {
      if (entryPoint === undefined || !entryPoint.startsWith(prefix)) return [];
      return [[entryPoint.slice(prefix.length).replace(/\.tsx$/, ''), [...needed(path)].map(nameOf)]];
    }),
  );
}

function writeAssets(target, files, list) {
  mkdirSync(target, { recursive: true });
  const described = Object.entries(files).map(([name, body]) => {
    const type = TYPES[extname(name)];
    if (type === undefined) throw new Error(`${name}: the console has no such files`);
    const forms = body.length < WORTH_COMPRESSING ? {} : compressed(body);
    for (const [suffix, bytes] of Object.entries({ '': body, ...forms })) {
      writeFileSync(join(target, suffix === '' ? name : `${name}.${suffix}`), bytes);
    }
    return [name, { type, forms: Object.keys(forms), bytes: body.length, compressed: forms.br?.length ?? body.length }];
  });
  writeFileSync(join(target, 'console.json'), JSON.stringify({ ...list, files: Object.fromEntries(described) }));
}

function compressed(body) {
  const params = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: body.length };
  return { br: brotliCompressSync(body, { params }), gz: gzipSync(body, { level: 9 }) };
}

/** The licences of what is in the bundle. */
function licencesOf(root, { inputs }) {
  const packages = new Set(
    Object.keys(inputs).flatMap((path) => /node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1] ?? []),
  );
  return [...packages]
    .sort()
    .map((name) => {
      const folder = join(root, 'node_modules', name);
      const { version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
      const file = readdirSync(folder).find((each) => LICENCE_FILE.test(each));
      const text = file === undefined ? '' : `\n\n${readFileSync(join(folder, file), 'utf8').trim()}`;
      return `${name} ${version}: ${license}${text}\n`;
    })
    .join('\n----\n\n');
}

/** Writes the typed documents. */
export async function generateQuestions(schema, folder, output) {
  const text = await questionsOf(readFileSync(schema, 'utf8'), folder);
  mkdirSync(dirname(output), { recursive: true });
  writeFileSync(output, text);
}
