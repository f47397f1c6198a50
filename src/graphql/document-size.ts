import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  GraphQLError,
  Kind,
  type SelectionSetNode,
} from 'graphql';

/** Fragments of a document. */
export const MAX_FRAGMENTS = 150;
/** Pairs of fields with one name in one place of the answer: validation compares each two of them. */
export const MAX_EQUAL_PAIRS = 10_000;
/** Fields, with fragments expanded at each place, that are looked for pairs. */
const MAX_EXPANDED = 50_000;
/** Levels that are looked at; a deeper document is refused by its depth. */
const MAX_LEVELS = 24;
/** Values in the answer about the schema that one document may ask for, by a guess. The usual query of tools has 150,000. */
export const MAX_SCHEMA_VALUES = 600_000;

function tooComplex(message: string, limit: number, nodes?: FieldNode | null): GraphQLError {
  return new GraphQLError(message, { nodes: nodes ?? null, extensions: { code: 'QUERY_TOO_COMPLEX', limit } });
}

/**
 * Refuses a document that would take long to validate, or whose answer about the schema would be long. It is looked at before
 * the rules of validation, whose cost grows with the square of equal fields. Throws GraphQLError.
 */
export function checkDocumentSize(document: DocumentNode): void {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
  }
  if (fragments.size > MAX_FRAGMENTS) {
    throw tooComplex(`the document has more than ${MAX_FRAGMENTS} fragments`, MAX_FRAGMENTS);
  }
  const pairs = new EqualFields(fragments);
  const schema = new SchemaValues(fragments);
  for (const definition of document.definitions) {
    if (!('selectionSet' in definition)) continue;
    pairs.count(definition.selectionSet);
    schema.count(definition.selectionSet);
  }
}

type Fragments = ReadonlyMap<string, FragmentDefinitionNode>;

class EqualFields {
  readonly #fragments: Fragments;
  #pairs = 0;
  #expanded = 0;

  constructor(fragments: Fragments) {
    this.#fragments = fragments;
  }

  count(whole: SelectionSetNode): void {
    const places: { readonly sets: readonly SelectionSetNode[]; readonly level: number }[] = [
      { sets: [whole], level: 0 },
    ];
    for (let place = places.pop(); place !== undefined; place = places.pop()) {
      const { sets, level } = place;
      for (const [name, fields] of this.#fieldsIn(sets)) {
        this.#pairs += (fields.length * (fields.length - 1)) / 2;
        if (this.#pairs > MAX_EQUAL_PAIRS) throw tooManyEqual(name, fields);
        const beneath = fields.flatMap(({ selectionSet }) => selectionSet ?? []);
        if (beneath.length > 0 && level < MAX_LEVELS) places.push({ sets: beneath, level: level + 1 });
      }
    }
  }

  /** By their names in the answer. */
  #fieldsIn(sets: readonly SelectionSetNode[]): ReadonlyMap<string, readonly FieldNode[]> {
    const byName = new Map<string, FieldNode[]>();
    const seen = new Set<string>();
    const left = [...sets];
    for (let set = left.pop(); set !== undefined; set = left.pop()) {
      for (const selection of set.selections) {
        this.#expanded += 1;
        if (this.#expanded > MAX_EXPANDED) {
          throw tooComplex(
            `the document has more than ${MAX_EXPANDED} fields with its fragments expanded`,
            MAX_EXPANDED,
          );
        }
        if (selection.kind === Kind.INLINE_FRAGMENT) left.push(selection.selectionSet);
        else if (selection.kind === Kind.FRAGMENT_SPREAD) {
          const { value } = selection.name;
          const fragment = seen.has(value) ? undefined : this.#fragments.get(value);
          seen.add(value);
          if (fragment !== undefined) left.push(fragment.selectionSet);
        } else {
          const name = selection.alias?.value ?? selection.name.value;
          const equal = byName.get(name);
          if (equal === undefined) byName.set(name, [selection]);
          else equal.push(selection);
        }
      }
    }
    return byName;
  }
}

function tooManyEqual(name: string, fields: readonly FieldNode[]): GraphQLError {
  const message = `the document selects equal names too often in one place, \`${name}\` ${fields.length} times; the limit is ${MAX_EQUAL_PAIRS} pairs`;
  return tooComplex(message, MAX_EQUAL_PAIRS, fields.at(-1));
}

/** How many entries lists of the schema have, about. */
const ENTRIES: Readonly<Record<string, number>> = {
  types: 400,
  fields: 8,
  args: 3,
  inputFields: 4,
  enumValues: 4,
  interfaces: 1,
  possibleTypes: 1,
  directives: 6,
  locations: 3,
};

class SchemaValues {
  readonly #fragments: Fragments;
  readonly #ofFragment = new Map<string, number>();
  #values = 0;

  constructor(fragments: Fragments) {
    this.#fragments = fragments;
  }

  count({ selections }: SelectionSetNode): void {
    for (const selection of selections) {
      if (selection.kind !== Kind.FIELD) {
        if (selection.kind === Kind.INLINE_FRAGMENT) this.count(selection.selectionSet);
        continue;
      }
      const name = selection.name.value;
      if (name !== '__schema' && name !== '__type') continue;
      this.#values += this.#valuesIn(selection.selectionSet, 0);
      if (this.#values > MAX_SCHEMA_VALUES) {
        throw tooComplex(
          `the document asks for more than ${MAX_SCHEMA_VALUES} values about the schema`,
          MAX_SCHEMA_VALUES,
          selection,
        );
      }
    }
  }

  #valuesIn(set: SelectionSetNode | undefined, level: number): number {
    if (set === undefined || level > MAX_LEVELS) return 0;
    let values = 0;
    for (const selection of set.selections) {
      if (selection.kind === Kind.INLINE_FRAGMENT) values += this.#valuesIn(selection.selectionSet, level + 1);
      else if (selection.kind === Kind.FRAGMENT_SPREAD) values += this.#valuesInFragment(selection.name.value, level);
      else values += (ENTRIES[selection.name.value] ?? 1) * (1 + this.#valuesIn(selection.selectionSet, level + 1));
    }
    return values;
  }

  /** Another rule reports fragments that contain themselves. */
  #valuesInFragment(name: string, level: number): number {
    const known = this.#ofFragment.get(name);
    if (known !== undefined) return known;
    this.#ofFragment.set(name, 0);
    const values = this.#valuesIn(this.#fragments.get(name)?.selectionSet, level + 1);
    this.#ofFragment.set(name, values);
    return values;
  }
}
