import { plain } from '../plain.ts';
import { readChanges } from '../preview/changes-file.ts';
import { preview } from '../preview/command.ts';
import type { Terminal } from '../terminal.ts';
import type { AskCommand } from './arguments.ts';
import { type Asked, openAsked, type Surroundings } from './asked.ts';
import { drawGraph } from './graph/graph.ts';
import { pagesOf } from './pages.ts';
import { readQuery, runQuery } from './query.ts';
import { StreamedJson } from './streamed-json.ts';

/** A command that asks: the answer on standard output, who gives it on standard error. Returns the exit code. Throws CommandFailed or UsageError. */
export async function askCommand(
  command: AskCommand,
  around: Surroundings,
  terminal: Terminal,
  input: NodeJS.ReadableStream,
): Promise<number> {
  if (command.kind === 'query') {
    const query = await readQuery(command.files, input);
    return withAsked(command, around, terminal, (asked) => runQuery(asked, query, terminal));
  }
  if (command.kind === 'graph') {
    return withAsked(command, around, terminal, (asked) => drawGraph(asked, command.request, terminal));
  }
  if (command.kind === 'preview') {
    const file = await readChanges(command.file, input);
    return withAsked(command, around, terminal, (asked) => preview(asked, command, file, terminal));
  }
  return withAsked(command, around, terminal, (asked) => printAnswer(asked, command, terminal));
}

async function withAsked(
  { place }: AskCommand,
  around: Surroundings,
  terminal: Terminal,
  work: (asked: Asked) => Promise<number>,
): Promise<number> {
  const asked = await openAsked(place, around);
  try {
    const { name, directory } = asked;
    const of = directory === null || name.endsWith(directory) ? '' : `, which has the directory in ${plain(directory)}`;
    terminal.error(`asking ${plain(name)}${of}\n`);
    return await work(asked);
  } finally {
    await asked.close();
  }
}

async function printAnswer(
  asked: Asked,
  { question, isJson, first }: Extract<AskCommand, { readonly kind: 'ask' }>,
  terminal: Terminal,
): Promise<number> {
  const print = question.printer();
  const json = new StreamedJson(question.pages);
  const onChanged = (): void =>
    terminal.error('the directory was changed while this was listed: parts of the list are of different revisions\n');
  let code = 0;
  for await (const { data, ...part } of pagesOf(asked, question, first, onChanged)) {
    terminal.out(isJson ? json.piece(data, part) : print(data, part));
    await terminal.drained?.();
    code = Math.max(code, question.code?.(data) ?? 0);
  }
  return code;
}
