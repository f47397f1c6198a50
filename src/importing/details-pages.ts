import type { JsonObject } from '../policy/json.ts';
import type { AnswerName } from './answer-name.ts';
import type { IamList } from './facts.ts';
import { isTruncated } from './truncation.ts';

/** `--filter` of the command, and the lists that an answer with it has in full. AWS's own policies are in the catalogue. */
const FILTERS: Readonly<Record<string, IamList | null>> = {
  User: 'users',
  Group: 'groups',
  Role: 'roles',
  LocalManagedPolicy: 'policies',
  AWSManagedPolicy: null,
};

/** A file with answers of get-account-authorization-details. */
export interface DetailsFile {
  readonly file: string;
  /** Only if it is that of the operation, and of no other account. */
  readonly name: AnswerName | null;
  readonly answers: readonly JsonObject[];
}

/** Files that together are one answer from its beginning to its end. */
export interface WholeAnswer<T extends DetailsFile> {
  readonly files: readonly T[];
  /** The lists that were asked for; null: all. */
  readonly asked: readonly IamList[] | null;
  /** A name says that everything was asked for: empty lists are empty. */
  readonly isNamedForAll: boolean;
}

/** A page of which nothing says that all others are there. */
export interface LoosePage<T extends DetailsFile> {
  readonly file: T;
  readonly reason: string;
}

/**
 * What is whole among files of one account, and the pages that are not. The command line joins pages and then prints neither
 * IsTruncated nor a marker: such an answer is whole. (One that was asked for with `--starting-token` looks the same.) A page does
 * not say what was asked for: the first, the last and an only one look alike, and markers are opaque. What proves pages to be all
 * is that their names have the convention's arguments: `….json`, then `…@MARKER.json` with the marker of the page before. An SDK
 * prints an only page with `IsTruncated: false`: under the command's own name, which names no marker, it is all there is.
 */
export function sortPages<T extends DetailsFile>(
  files: readonly T[],
): { readonly whole: readonly WholeAnswer<T>[]; readonly loose: readonly LoosePage<T>[] } {
  const chain = chainOf(files);
  const inChain = new Set(chain);
  const whole: WholeAnswer<T>[] =
    chain.length === 0 ? [] : [{ files: chain, asked: null, isNamedForAll: namesAccount(chain[0]) }];
  const loose: LoosePage<T>[] = [];
  for (const file of files) {
    if (inChain.has(file)) continue;
    const asked = askedFor(file);
    if (!isPage(file) && asked !== 'from a marker') {
      whole.push({ files: [file], asked, isNamedForAll: asked === null && namesAccount(file) });
    } else loose.push({ file, reason: endsOpen(file) ? NO_END : NO_BEGINNING });
  }
  return { whole, loose };
}

/** Why a page does not make a list whole. */
export const NO_END =
  'this is one page of the answer; what follows it is missing. Without `--max-items` the command prints all pages';
export const NO_BEGINNING =
  'this is a page, and nothing says whether others come before it: if none do, name the file ' +
  '`get-account-authorization-details.json`. Without `--no-paginate` and `--starting-token` the command prints all pages as one answer';

function namesAccount(file: DetailsFile | undefined): boolean {
  return (file?.name?.account ?? null) !== null;
}

function isPage({ answers }: DetailsFile): boolean {
  return answers.some((answer) => Object.hasOwn(answer, 'IsTruncated') || isTruncated(answer));
}

/** Whether more follows the last answer of a file. */
function endsOpen({ answers }: DetailsFile): boolean {
  const last = answers.at(-1);
  return last !== undefined && isTruncated(last);
}

function askedFor({ name }: DetailsFile): readonly IamList[] | 'from a marker' | null {
  const given = name?.arguments ?? [];
  if (given.length === 0) return null;
  const filters = given.flatMap((argument) => argument.split(/[ ,]+/));
  if (!filters.every((filter) => Object.hasOwn(FILTERS, filter))) return 'from a marker';
  return filters.flatMap((filter) => FILTERS[filter] ?? []);
}

/** The pages whose names say that they are all, in order; empty: there are none, or one is missing. */
function chainOf<T extends DetailsFile>(files: readonly T[]): readonly T[] {
  const byMarker = new Map(files.flatMap((file) => oneArgument(file).map((marker) => [marker, file])));
  let page = files.find((file) => file.name?.arguments.length === 0 && isPage(file));
  const chain: T[] = [];
  while (page !== undefined && !chain.includes(page)) {
    const [answer, ...more] = page.answers;
    if (answer === undefined || more.length > 0) return [];
    chain.push(page);
    if (!isTruncated(answer)) return chain;
    page = byMarker.get(markerOf(answer));
  }
  return [];
}

function oneArgument({ name }: DetailsFile): readonly string[] {
  return name?.arguments.length === 1 ? name.arguments : [];
}

function markerOf(answer: JsonObject): string {
  const marker = answer['Marker'] ?? answer['NextToken'];
  return typeof marker === 'string' ? marker : '';
}
