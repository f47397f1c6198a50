import type { JsonValue } from '../../policy/json.ts';
import { isJsonObject } from '../entry.ts';
import type { Facts } from '../facts.ts';
import { shown } from '../file-notes.ts';
import type { Form } from '../recognise.ts';
import type { ParsedFile, SourceFile } from '../source-file.ts';
import { isOwnDocument, OWN_SCHEMA_ID, type OwnDocument } from './document.ts';
import { Described, LINE_LIMITS, readOwnJson, readOwnText } from './read.ts';

/** The name of the form in reports. */
export const OWN_FORM = 'directory of Rolegate';

/**
 * Our own form: a document, or one in each line, as an export has them. It says exactly what is to be stored, so that what is
 * wrong in it is refused: no guess would be better than the author's.
 */
export class OwnForm implements Form {
  readonly #facts: Facts;
  readonly #described = new Described();

  constructor(facts: Facts) {
    this.#facts = facts;
  }

  take(file: ParsedFile): string | null {
    // It stands beside an export, and says nothing about a directory.
    if (isJsonObject(file.json) && file.json['$id'] === OWN_SCHEMA_ID) return `JSON Schema of a ${OWN_FORM}`;
    if (!isOwnDocument(file.json)) return null;
    this.#add(file, shown(file.path), readOwnJson(file.json, file.text, shown(file.path), this.#warn(file.path, '')));
    return OWN_FORM;
  }

  /** A text that is not one JSON value, but one in each line. */
  takeLines(file: SourceFile): string | null {
    const lines = file.text.split('\n');
    if (!isOwnDocument(jsonOf(lines.find((line) => line.trim() !== '') ?? ''))) return null;
    for (const [index, line] of lines.entries()) {
      if (line.trim() === '') continue;
      const place = `line ${index + 1}`;
      const where = `${shown(file.path)}, ${place}`;
      this.#add(file, where, readOwnText(line, where, LINE_LIMITS, this.#warn(file.path, `${place}: `)));
    }
    return OWN_FORM;
  }

  #add({ path }: SourceFile, where: string, document: OwnDocument): void {
    this.#described.add(document, where);
    this.#facts.documents.push({ document, file: path });
  }

  #warn(file: string, prefix: string) {
    return (place: string, message: string) => this.#facts.note({ file, place: prefix + place }, message);
  }
}

function jsonOf(line: string): JsonValue {
  try {
    return JSON.parse(line) as JsonValue;
  } catch {
    return null;
  }
}
