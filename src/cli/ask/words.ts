import { UsageError } from '../usage-error.ts';

/** Words behind a command. Throws UsageError if they are more or fewer than `names`. */
export function exactly(command: string, names: readonly string[], words: readonly string[]): readonly string[] {
  const isRight = words.length === names.length && !words.includes('');
  if (!isRight) throw new UsageError(`\`rolegate ${command}\` needs ${names.join(' ')}`);
  return words;
}

/** Condition keys of a request: `aws:SourceIp=192.0.2.1`. A key that is given several times has several values. Null: none is given. */
export function contextOf(texts: readonly string[] | undefined): Readonly<Record<string, unknown>> | null {
  const keys = new Map<string, string[]>();
  for (const text of texts ?? []) {
    const at = text.indexOf('=');
    if (at < 1) throw new UsageError('--context is KEY=VALUE, and is given once for each value');
    const key = text.slice(0, at);
    keys.set(key, [...(keys.get(key) ?? []), text.slice(at + 1)]);
  }
  if (keys.size === 0) return null;
  return Object.fromEntries([...keys].map(([key, values]) => [key, values.length === 1 ? values[0] : values]));
}
