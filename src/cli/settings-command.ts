import type { SettingInForce } from '../server/setting-reader.ts';
import type { Terminal } from './terminal.ts';

/** Prints every setting with its value, without secrets, and where it is from. */
export function printSettings(inForce: readonly SettingInForce[], isJson: boolean, terminal: Terminal): void {
  if (isJson) {
    for (const each of inForce) terminal.out(`${JSON.stringify(each)}\n`);
    return;
  }
  const widest = (texts: readonly string[]): number => Math.max(...texts.map((text) => text.length));
  const names = widest(inForce.map(({ name }) => name));
  const sources = widest(inForce.map(({ source }) => source));
  for (const { name, value, source } of inForce)
    terminal.out(`${name.padEnd(names)}  ${source.padEnd(sources)}  ${value ?? '-'}\n`);
}
