import type { JsonValue } from '../../../src/policy/json.ts';

/** Files of a form that is written for a test, by path. */
export class Files {
  readonly #texts = new Map<string, string>();

  add(path: string, json: JsonValue): void {
    if (this.#texts.has(path)) throw new Error(`${path} is written twice`);
    this.#texts.set(path, JSON.stringify(json));
  }

  list(): readonly { readonly path: string; readonly text: string }[] {
    return Array.from(this.#texts, ([path, text]) => ({ path, text }));
  }
}

/** What follows the last slash. */
export function nameOf(arn: string): string {
  return arn.slice(arn.lastIndexOf('/') + 1);
}

/** Of an ARN `…:type/a/b/name`: `/a/b/`. */
export function pathOf(arn: string): string {
  const resource = arn.slice(arn.indexOf('/'));
  return resource.slice(0, resource.lastIndexOf('/') + 1);
}

export function tagList(tags: Readonly<Record<string, string>> = {}): { Key: string; Value: string }[] {
  return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
}

export function ofAccount<T extends { readonly arn: string }>(list: readonly T[], id: string): readonly T[] {
  return list.filter(({ arn }) => arn.split(':')[4] === id);
}
