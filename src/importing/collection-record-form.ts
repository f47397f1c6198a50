import { Entry, isJsonObject } from './entry.ts';
import type { Facts } from './facts.ts';
import type { Form } from './recognise.ts';
import type { ParsedFile } from './source-file.ts';

/**
 * The record that `rolegate collect` leaves in its folder, `_collect.json`: it names the questions that AWS did not answer. An
 * answer that is not there is missing in what is known; this says why.
 */
export class CollectionRecordForm implements Form {
  readonly #facts: Facts;

  constructor(facts: Facts) {
    this.#facts = facts;
  }

  take({ path, json }: ParsedFile): string | null {
    if (!/(?:^|\/)_collect\.json$/.test(path) || !isJsonObject(json) || !Array.isArray(json['leftOut'])) return null;
    const record = new Entry('', json, this.#facts.notes.of(path));
    if (record.get('finished') === undefined)
      record.warn('finished', 'the collection was interrupted: answers are missing');
    for (const question of record.entries('leftOut') ?? []) {
      const about = ['account', 'region', 'service', 'operation', 'argument'].map((key) => question.text(key));
      const asked = about.filter((part) => part !== null).join(' ');
      this.#facts.note(
        { file: path, place: asked },
        `AWS did not answer: ${question.text('code') ?? 'no reason is given'}`,
      );
    }
    return 'record of rolegate collect';
  }
}
