import type { Collector } from './collector.ts';
import { type LeftOut, RECORD_FILE } from './record.ts';

/** Lines about what was left out; all of it is in the record. */
const MAX_LINES = 40;

/** What a user reads at the end. */
export function reportOf(
  collector: Pick<Collector, 'asked' | 'present' | 'leftOut'>,
  folder: string,
  accounts: number,
): { readonly out: string; readonly error: string } {
  const { asked, present, leftOut } = collector;
  const lines = linesOf(leftOut);
  const more = lines.length - MAX_LINES;
  const error = [
    ...lines.slice(0, MAX_LINES).map((line) => `left out: ${line}\n`),
    ...(more > 0 ? [`left out: ${more} more; ${RECORD_FILE} has all of them\n`] : []),
  ].join('');
  const kept = present === 0 ? '' : `, ${present} ${present === 1 ? 'was' : 'were'} there already`;
  const without = leftOut.length === 0 ? '' : `, ${leftOut.length} left out (see ${RECORD_FILE})`;
  const out = `collected ${counted(asked, 'answer')} of ${counted(accounts, 'account')} in ${folder}${kept}${without}\n`;
  return { out, error };
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** One line for all that was left out of an account for one reason: a key that may not be read is one of hundreds. */
function linesOf(leftOut: readonly LeftOut[]): readonly string[] {
  const groups = new Map<string, LeftOut[]>();
  for (const entry of leftOut) {
    const key = [entry.account, entry.service, entry.operation, entry.code].join(' ');
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [entry]);
    else group.push(entry);
  }
  return [...groups.values()].map(lineOf);
}

function lineOf(group: readonly LeftOut[]): string {
  const [first] = group;
  if (first === undefined) return '';
  const what = first.operation === null ? 'the whole account' : `${first.service} ${first.operation}`;
  const regions = [...new Set(group.map(({ region }) => region).filter((region) => region !== null))];
  const where =
    regions.length === 0 ? '' : regions.length > 3 ? ` in ${regions.length} Regions` : ` in ${regions.join(', ')}`;
  const times = group.length === 1 ? '' : ` (${group.length} times)`;
  return `${first.account} ${what}${where}${times}: ${first.code}: ${first.message}`;
}
