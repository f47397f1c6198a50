import type { Account } from './account.ts';
import { listMember, member, textMember } from './json.ts';
import type { ItemOperation, Items, Listing, Operation } from './operations.ts';

/** One question to AWS: where its answer is kept, and the options that ask it. */
export interface Question {
  readonly account: Account;
  /** The folder of the answer; null: the account's. */
  readonly region: string | null;
  readonly operation: Operation;
  /** The argument in the name of the file. */
  readonly argument: string | null;
  readonly options: readonly string[];
  readonly omit: { readonly list: string; readonly members: readonly string[] } | null;
}

/** An item of a list. */
export interface Item {
  readonly name: string;
  /** Where it is, if the list says so. */
  readonly region: string | null;
  /** The name of what it is in, where its own is not enough. */
  readonly parent?: string;
}

/** The Region in which a service that has no Regions is asked. Those of partitions that are not here are left to AWS. */
const HOME: Readonly<Record<string, string>> = {
  aws: 'us-east-1',
  'aws-cn': 'cn-north-1',
  'aws-us-gov': 'us-gov-west-1',
  'aws-iso': 'us-iso-east-1',
  'aws-iso-b': 'us-isob-east-1',
  'aws-iso-e': 'eu-isoe-west-1',
  'aws-iso-f': 'us-isof-south-1',
  'aws-eusc': 'eusc-de-east-1',
};

type Words = Readonly<Record<'account' | 'partition' | 'region' | 'parent' | 'item', string>>;

/** `configured`: the Region of the user's own settings is asked. */
export function questionOf(
  account: Account,
  region: string | null,
  operation: Listing | ItemOperation,
  item: Item | null = null,
  configured = false,
): Question {
  const asked = region ?? item?.region ?? (configured ? null : (HOME[account.partition] ?? null));
  const words = {
    account: account.id,
    partition: account.partition,
    region: region ?? '',
    parent: item?.parent ?? '',
    item: item?.name ?? '',
  };
  const about = operation.about ?? ('item' in operation ? operation.item[1] : undefined);
  const argument = about === undefined ? null : filled(about, words);
  const omitted = 'omit' in operation ? operation.omit : undefined;
  const list = 'items' in operation ? operation.items?.list : undefined;
  return {
    account,
    region,
    operation,
    argument,
    options: optionsOf(operation, words, asked),
    omit: omitted === undefined || list === undefined ? null : { list, members: omitted },
  };
}

/** The options of a question in words, with what stands for them. */
export function optionsOf(operation: Operation | ItemOperation, words: Words, region: string | null): string[] {
  const item = 'item' in operation ? [operation.item[0], filled(operation.item[1], words)] : [];
  const options = (operation.options ?? []).map((option) => filled(option, words));
  return [...joined(item), ...options, ...(region === null ? [] : ['--region', region])];
}

/** A name that begins like an option is given in one piece with its own option. */
function joined(item: readonly string[]): readonly string[] {
  const [option = '', value = ''] = item;
  return value.startsWith('-') ? [`${option}=${value}`] : item;
}

/** What is filled in is not looked at again: a name can hold braces. */
function filled(text: string, words: Words): string {
  return text.replace(/\{(account|partition|region|parent|item)\}/g, (_, word: keyof Words) => words[word]);
}

/** The items of a list. Those without a usable name are counted. */
export function itemsOf(answer: unknown, items: Items): { readonly found: readonly Item[]; readonly unusable: number } {
  const all = listMember(answer, items.list);
  const found = all.flatMap((entry): Item[] => {
    const name = items.name === null ? entry : member(entry, items.name);
    const text = items.region === undefined ? null : textMember(entry, items.region);
    const region = isRegion(text) ? text : null;
    if (typeof name !== 'string' || !isUsable(name)) return [];
    if (items.parent === undefined) return [{ name, region }];
    const parent = textMember(entry, items.parent);
    // It stands behind an option of its own.
    return parent !== null && isUsable(parent) && !parent.startsWith('-') ? [{ name, region, parent }] : [];
  });
  return { found, unusable: all.length - found.length };
}

/** The AWS command line reads a value that begins with `file:` or `fileb:` from a file. */
function isUsable(name: string): boolean {
  return name.length > 0 && name.length <= 2048 && !/^fileb?:|\p{Cc}/iu.test(name);
}

export function isRegion(text: string | null): text is string {
  return text !== null && /^[a-z]{2,5}(?:-[a-z]+)+-\d{1,2}$/.test(text) && text.length <= 32;
}
