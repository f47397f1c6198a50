import type { CatalogService } from './catalog-service.ts';
import { readDataFileSync } from './data-file.ts';
import { GATEWAY_DESCRIPTIONS, GATEWAY_SERVICE } from './gateway-service.ts';

/**
 * What AWS says of each action. The file (2 MB) is read when a description is first needed, and only the lines of needed services
 * are parsed.
 */
export class ActionDescriptions {
  #lines: Map<string, string> | null = null;
  readonly #services = new Map<string, ReadonlyMap<string, string>>([[GATEWAY_SERVICE.key, GATEWAY_DESCRIPTIONS]]);

  /** Null: there is none. `action`: of this service, as the catalogue spells it. */
  find(service: CatalogService, action: string): string | null {
    const known = this.#services.get(service.key) ?? this.#readService(service);
    return known.get(action) ?? null;
  }

  #readService({ key, actions }: CatalogService): ReadonlyMap<string, string> {
    const line = this.#read().get(key);
    // as: written by .config/catalog.mjs in the order of the actions
    const [, texts] = line === undefined ? [key, []] : (JSON.parse(line) as readonly [string, readonly string[]]);
    const described = new Map(
      actions.flatMap(({ name }, index): [string, string][] => {
        const text = texts[index] ?? '';
        return text === '' ? [] : [[name, text]];
      }),
    );
    this.#services.set(key, described);
    return described;
  }

  #read(): Map<string, string> {
    if (this.#lines === null) {
      this.#lines = new Map();
      for (const line of readDataFileSync('generated/action-descriptions.jsonl').split('\n')) {
        if (line !== '') this.#lines.set(line.slice(2, line.indexOf('"', 2)), line);
      }
    }
    return this.#lines;
  }
}
