import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { Problem, shown } from './setting-values.ts';

/** Where values of settings come from. The nearest source that has a value counts; an empty text counts as none. */
export interface SettingSource {
  /** As people are told: `environment`, the name of a file … */
  readonly name: string;
  readonly values: Readonly<Record<string, string | undefined>>;
}

export const ENVIRONMENT = 'environment';
const DEFAULT = 'default';

/** A setting as it is in force, to be shown. */
export interface SettingInForce {
  readonly name: string;
  /** Without secrets; null: there is none. */
  readonly value: string | null;
  readonly source: string;
}

/** How the value of a setting is shown. */
type Mask = (text: string) => string;

const asItIs: Mask = (text) => shown(text, 200);
/** A name of a file that is there; anything else may be the secret itself. */
const fileShown: Mask = (text) => (existsSync(text) ? asItIs(text) : '***');

/** Reads settings from their sources, and keeps what it was asked for. */
export class SettingReader {
  readonly #sources: readonly SettingSource[];
  readonly #workingDir: string;
  readonly problems: string[] = [];
  readonly inForce: SettingInForce[] = [];

  /** `sources`: the nearest first. */
  constructor(sources: readonly SettingSource[], workingDir: string) {
    this.#sources = sources;
    this.#workingDir = workingDir;
  }

  /** The value of a setting. `parse` is given its text, which is refused if it returns a Problem. */
  readonly read = <T>(name: string, fallback: T, parse: (text: string) => T | Problem, mask = asItIs): T => {
    const source = this.#sourceOf([name]);
    const text = source?.values[name] ?? '';
    if (source === null || text === '') {
      this.inForce.push({ name, value: shownDefault(fallback), source: DEFAULT });
      return fallback;
    }
    this.inForce.push({ name, value: mask(text), source: source.name });
    const value = parse(text);
    if (!(value instanceof Problem)) return value;
    this.#refuse(name, source, value.sentence);
    return fallback;
  };

  /**
   * As `read`, of a variable that programs of all kinds have in common. A value of the environment that cannot be read may be meant for others: it
   * is not refused, and counts as none. `unread`: is given the sentence about it.
   */
  readShared<T>(name: string, fallback: T, parse: (text: string) => T | Problem, unread: string[], mask = asItIs): T {
    const source = this.#sourceOf([name]);
    const value = source?.name === ENVIRONMENT ? parse(source.values[name] ?? '') : null;
    if (!(value instanceof Problem)) return this.read(name, fallback, parse, mask);
    this.inForce.push({ name, value: shownDefault(fallback), source: DEFAULT });
    unread.push(`${name} ${value.sentence}`);
    return fallback;
  }

  /** A secret, which may be in a file instead: `NAME_FILE` names it. */
  readSecret(name: string, parse: (text: string) => string | Problem, mask: Mask = () => '***'): string | null {
    const file = `${name}_FILE`;
    const nearest = this.#sourceOf([name, file]);
    const has = (one: string): boolean => (nearest?.values[one] ?? '') !== '';
    // Of the source that counts: what another one says beside it does not.
    const reader = new SettingReader(nearest === null ? [] : [nearest], this.#workingDir);
    const inText = reader.read<string | null>(name, null, parse, mask);
    const inFile = reader.read<string | null>(file, null, (given) => this.#inFile(given, parse), fileShown);
    if (has(name) && has(file)) this.problems.push(`${name} and ${file} are both set: set one of them`);
    else this.problems.push(...reader.problems);
    this.inForce.push(...reader.inForce);
    return has(name) && has(file) ? null : (inText ?? inFile);
  }

  #inFile(path: string, parse: (text: string) => string | Problem): string | Problem {
    const text = textIn(resolve(this.#workingDir, path));
    // Whoever gives the secret itself in place of the file's name is not to find it in a log.
    if (text === null) return new Problem('must name a file that can be read');
    const value = parse(text);
    return value instanceof Problem ? new Problem(`names a file whose text ${value.sentence}`) : value;
  }

  #sourceOf(names: readonly string[]): SettingSource | null {
    return this.#sources.find(({ values }) => names.some((name) => (values[name] ?? '') !== '')) ?? null;
  }

  #refuse(name: string, source: SettingSource, sentence: string): void {
    const place = source.name === ENVIRONMENT ? '' : ` (${source.name})`;
    this.problems.push(`${name}${place} ${sentence}`);
  }
}

/** As the setting would be given. */
function shownDefault(value: unknown): string | null {
  if (value === null || (Array.isArray(value) && value.length === 0)) return null;
  if (typeof value === 'boolean') return value ? 'on' : 'off';
  if (typeof value === 'object' && 'host' in value && 'port' in value)
    return `${String(value.host)}:${String(value.port)}`;
  if (Array.isArray(value)) return value.join(',');
  return typeof value === 'string' || typeof value === 'number' ? String(value) : null;
}

/** The text of a file without its line end; null: it cannot be read. */
function textIn(path: string): string | null {
  try {
    return readFileSync(path, 'utf8').trimEnd();
  } catch {
    return null;
  }
}
