/** Questions that others asked in public, and what AWS answers: see test/data/public-cases/SOURCES.md. */
import { readFileSync } from 'node:fs';

export interface PublicCase {
  readonly id: string;
  /** Where it was asked, or where AWS says so. */
  readonly source: string;
  readonly question: PublicStep & { readonly before?: readonly PublicStep[] };
  readonly expected: readonly Expectation[];
  readonly why: string;
}

/** Left out: the operator. */
export type Asking = 'nobody' | { readonly key: string } | { readonly token: string };

/** Exactly one of `simulate`, `validate`, `import`, `query`, `http` and `sign`. */
export interface PublicStep {
  readonly simulate?: object;
  readonly validate?: { readonly document: unknown; readonly kind: string };
  readonly import?: object | string;
  readonly query?: string;
  readonly variables?: object;
  readonly http?: {
    readonly method?: string;
    readonly path?: string;
    readonly headers?: Readonly<Record<string, string>>;
    readonly body?: string;
  };
  /** The name under which a web identity token with these `claims` is kept. */
  readonly sign?: string;
  readonly claims?: Readonly<Record<string, unknown>>;
  readonly as?: Asking;
  /** Names to paths of the answer whose values are kept. */
  readonly save?: Readonly<Record<string, string>>;
}

/** Something that has to hold of the value at a path of the answer; with exactly one word beside `at`. */
export interface Expectation {
  readonly at: string;
  readonly is?: unknown;
  readonly oneOf?: readonly unknown[];
  /** Of a list: one entry has these fields, or is this. Of a text: it contains this. */
  readonly has?: unknown;
  readonly hasNot?: unknown;
  readonly size?: number;
  /** Of a number, or of the length of a list. */
  readonly atLeast?: number;
  readonly matches?: string;
  readonly absent?: true;
}

export function publicCases(name: string): readonly PublicCase[] {
  const file = new URL(`../data/public-cases/${name}.json`, import.meta.url);
  // as: its form is that of its SOURCES.md
  return JSON.parse(readFileSync(file, 'utf8')) as readonly PublicCase[];
}

/** The value at `data.decisions.0.effect`; undefined: there is none. */
export function valueAt(answer: unknown, path: string): unknown {
  return path.split('.').reduce<unknown>((value, name) => {
    if (value === null || value === undefined) return undefined;
    // as: whatever it is, it can be asked for a property
    return (value as Readonly<Record<string, unknown>>)[name];
  }, answer);
}
