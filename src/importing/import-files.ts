import type { DirectoryDocument } from '../directory/document.ts';
import { InvalidInput } from '../policy/errors.ts';
import type { JsonValue } from '../policy/json.ts';
import { AnswersForm } from './answers/answers-form.ts';
import { assemble } from './assemble.ts';
import { AuthorizationDetailsForm } from './authorization-details-form.ts';
import { describeJson, exceededLimit, type JsonLimits } from './bounded-json.ts';
import { CollectionRecordForm } from './collection-record-form.ts';
import { ConfigForm } from './config/config-form.ts';
import { Facts } from './facts.ts';
import { type FileNote, shown } from './file-notes.ts';
import { IamCollectForm } from './iam-collect/iam-collect-form.ts';
import { withOwnDocuments } from './own-form/join.ts';
import { OwnForm } from './own-form/own-form.ts';
import type { Form, MakeForm } from './recognise.ts';
import { hasSecretKey } from './secret-keys.ts';
import type { ParsedFile, SourceFile } from './source-file.ts';

/** What became of the files of an import. */
export interface ImportReport {
  /** The form of each file that was recognised. */
  readonly recognised: readonly { readonly file: string; readonly form: string }[];
  /** Files that were left alone, and what they look like. */
  readonly notRecognised: readonly { readonly file: string; readonly what: string }[];
  /** What is not understood in files that were recognised, or keeps what they say from being stored. */
  readonly notUnderstood: readonly FileNote[];
  /** How many more such notes there are than are listed. */
  readonly notListed: number;
}

export interface ImportedFiles {
  readonly document: DirectoryDocument;
  readonly report: ImportReport;
}

/** Of one file. AWS Config writes the largest. */
const LIMITS: JsonLimits = { characters: 134_217_728, depth: 64, values: 4_000_000 };

/** In this order a file is offered to them. */
const FORMS: readonly MakeForm[] = [
  (facts) => new OwnForm(facts),
  (facts) => new AuthorizationDetailsForm(facts),
  (facts) => new IamCollectForm(facts),
  (facts) => new ConfigForm(facts),
  (facts) => new AnswersForm(facts),
  (facts) => new CollectionRecordForm(facts),
];

/**
 * Reads any mix of files of the forms that are known, in any order, as one document of the directory. What no form recognises
 * is named in the report and left alone.
 *
 * Throws InvalidInput on `files` if two places contradict each other: none of it can then be stored.
 */
export function importFiles(files: Iterable<SourceFile>): ImportedFiles {
  const facts = new Facts();
  const forms = FORMS.map((make) => make(facts));
  const recognised: { file: string; form: string }[] = [];
  const notRecognised: { file: string; what: string }[] = [];
  // What depends on an order (messages, the first of two equal statements) has that of the names.
  for (const file of [...files].sort(byPath)) {
    const found = take(file, forms);
    if ('form' in found) recognised.push({ file: shown(file.path), form: found.form });
    else notRecognised.push({ file: shown(file.path), what: found.what });
  }
  for (const form of forms) form.finish?.();
  const document = withOwnDocuments(assemble(facts), facts);
  refuseContradictions(facts);
  const notUnderstood = facts.notes.list();
  return { document, report: { recognised, notRecognised, notUnderstood, notListed: facts.notes.omitted } };
}

function byPath(one: SourceFile, other: SourceFile): number {
  if (one.path !== other.path) return one.path < other.path ? -1 : 1;
  return one.text < other.text ? -1 : one.text > other.text ? 1 : 0;
}

function take(file: SourceFile, forms: readonly Form[]): { readonly form: string } | { readonly what: string } {
  const json = parse(file.text);
  if ('problem' in json) {
    for (const form of forms) {
      const name = form.takeLines?.(file) ?? null;
      if (name !== null) return { form: name };
    }
    return { what: json.problem };
  }
  if (hasSecretKey(json.value)) {
    return { what: 'it holds a SecretAccessKey: secrets are not imported, and nothing of this file is' };
  }
  const parsed: ParsedFile = { ...file, json: json.value };
  for (const form of forms) {
    const name = form.take(parsed);
    if (name !== null) return { form: name };
  }
  return { what: shown(describeJson(json.value)) };
}

function parse(text: string): { readonly value: JsonValue } | { readonly problem: string } {
  const exceeded = exceededLimit(text, LIMITS);
  if (exceeded !== null) return { problem: `it is too large: ${exceeded}` };
  // Windows tools put a byte order mark in front of what they redirect.
  const json = text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
  if (json.trim() === '') return { problem: 'it is empty' };
  try {
    return { value: JSON.parse(json) as JsonValue };
  } catch (cause) {
    const position = /at position (\d+)/.exec(String(cause))?.[1];
    return { problem: `it is not JSON${position === undefined ? '' : ` (position ${position})`}` };
  }
}

/** In one message; the rest is counted. */
const MAX_NAMED = 10;

function refuseContradictions({ contradictions }: Facts): void {
  if (contradictions.length === 0) return;
  const lines = contradictions.slice(0, MAX_NAMED).map(({ entity, member, places }) => {
    const [one, other] = places.map(({ file, place }) =>
      place === '' ? shown(file) : `${shown(file)} (${shown(place)})`,
    );
    return `${shown(entity)}: ${member}: ${one} and ${other} say different things`;
  });
  const more = contradictions.length - lines.length;
  if (more > 0) lines.push(`and ${more} more`);
  throw new InvalidInput('files', `the files contradict each other: ${lines.join('; ')}`);
}
