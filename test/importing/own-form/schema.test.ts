import * as fc from 'fast-check';
import { describe, expect, inject, test } from 'vitest';
import {
  isOwnDocument,
  ownSchema,
  readOwnDocument,
  writeOwnDocument,
} from '../../../src/importing/own-form/document.ts';
import type { JsonValue } from '../../../src/policy/json.ts';
import { directories } from '../../directory/directories.ts';
import { schemaFaults } from '../../support/json-schema.ts';

const RUNS = inject('length') === 'ordinary' ? 400 : 20_000;

type Path = readonly (string | number)[];

/** Every place in a value. */
function* placesIn(value: JsonValue, path: Path = []): Iterable<Path> {
  yield path;
  if (typeof value !== 'object' || value === null) return;
  for (const [key, inner] of Object.entries(value)) {
    yield* placesIn(inner, [...path, Array.isArray(value) ? Number(key) : key]);
  }
}

/** A copy in which `change` has been made to what holds the last step of `path`. */
function changed(
  value: JsonValue,
  path: Path,
  change: (holder: Record<string, JsonValue>, key: string) => void,
): JsonValue {
  const copy = structuredClone(value);
  let holder = { root: copy } as Record<string, JsonValue>;
  let key = 'root';
  const root = holder;
  for (const step of path) {
    holder = holder[key] as Record<string, JsonValue>;
    key = String(step);
  }
  change(holder, key);
  return root['root'] ?? null;
}

/** Values that some place takes and most do not. */
const VALUES: readonly JsonValue[] = [
  null,
  true,
  0,
  3599,
  3600,
  43_201,
  4000.5,
  '',
  'x',
  'NONE',
  'COMPLETE',
  'resources',
  '\0',
  '\ud800',
  '111111111111',
  '11111111111',
  'arn:aws:iam::111111111111:user/x',
  'arn:aws:iam::111111111111:role/x/y',
  'arn:aws:iam::aws:policy/x',
  'arn:aws:iam::111111111111:policy/',
  'arn:aws:s3:::b',
  '2026-11-26T10:00:00Z',
  '2026-11-26T10:00:00+05:30',
  '2026-11-26',
  '0000-01-01T00:00:00Z',
  [],
  ['x'],
  [null],
  {},
  { x: 'y' },
  { x: 1 },
  { '\0': 'y' },
  { keys: [] },
  { keys: [{}] },
];

const mutations = fc.tuple(fc.nat(), fc.constantFrom(...VALUES), fc.constantFrom('replace', 'remove', 'add', 'rename'));

function mutated(json: JsonValue, [which, value, how]: readonly [number, JsonValue, string]): JsonValue {
  const places = [...placesIn(json)].filter(
    (path) => path.length > 0 && !path.slice(0, -1).some((step) => CLOSED.has(String(step))),
  );
  const path = places[which % places.length] ?? [];
  return changed(json, path, (holder, key) => {
    if (how === 'replace') holder[key] = value;
    else if (Array.isArray(holder)) holder.push(value);
    else {
      if (how === 'rename') holder[`${key}s`] = holder[key] ?? null;
      if (how === 'add') holder['unheardOf'] = value;
      else delete holder[key];
    }
  });
}

function refusal(json: JsonValue): string | null {
  try {
    readOwnDocument(json, () => undefined);
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** Into a policy document nobody looks, and into a key set only the reader does, which stores its texts. */
const CLOSED = new Set(['document', 'policy', 'trustPolicy', 'jwks']);

describe('the schema and the reader', () => {
  test('take and refuse the same documents', () => {
    let refused = 0;
    fc.assert(
      fc.property(directories, fc.array(mutations, { minLength: 1, maxLength: 20 }), (document, changes) => {
        const json = JSON.parse(writeOwnDocument(document)) as JsonValue;
        expect(schemaFaults(ownSchema, json)).toEqual([]);
        expect(refusal(json)).toBeNull();
        for (const change of changes) {
          const other = mutated(json, change);
          const faults = schemaFaults(ownSchema, other);
          const said = refusal(other);
          if (said !== null) refused++;
          expect([said, faults.length > 0]).toEqual([said, said !== null]);
        }
      }),
      { numRuns: RUNS / 10 },
    );
    expect(refused).toBeGreaterThan(RUNS / 4);
  });

  test('what is written is read as it was', () => {
    fc.assert(
      fc.property(directories, (document) => {
        const written = writeOwnDocument(document);
        const read = readOwnDocument(JSON.parse(written), () => undefined);
        expect(read).toEqual(document);
        expect(writeOwnDocument(read)).toBe(written);
      }),
      { numRuns: RUNS / 10 },
    );
  });

  test('describes every member', () => {
    const undescribed: string[] = [];
    const visit = (schema: JsonValue, place: string): void => {
      if (typeof schema !== 'object' || schema === null) return;
      for (const [name, inner] of Object.entries(schema)) visit(inner, `${place}/${name}`);
      if (Array.isArray(schema) || !('properties' in schema)) return;
      for (const [name, property] of Object.entries(schema['properties'] as Record<string, JsonValue>)) {
        const { description } = property as { description?: JsonValue };
        if (typeof description !== 'string' || description.endsWith('.')) undescribed.push(`${place}/${name}`);
      }
    };
    visit(ownSchema, '');
    expect(undescribed).toEqual(['/$defs/oidcProvider/properties/jwks/keys']);
  });
});

describe('a policy document', () => {
  const written = (document: string) =>
    (
      JSON.parse(
        writeOwnDocument({ resources: [{ arn: 'arn:aws:s3:::b', accountId: '111111111111', policy: document }] }),
      ) as {
        resources: [{ policy: JsonValue }];
      }
    ).resources[0].policy;

  test.each([
    '{"Statement": []}',
    '{"Statement":[],"Statement":[]}',
    '{"2":1,"1":2}',
    '{"a":1.0}',
    '{"a":1e400}',
    '"text"',
    '[]',
    'no JSON',
    `{"a":${'['.repeat(40)}${']'.repeat(40)}}`,
  ])('that an object would change is written as text: %s', (document) => {
    expect(written(document)).toBe(document);
  });

  test.each(['{}', '{"Statement":[]}', '{"a":"\\ud800"}', '{"__proto__":1}'])('else as an object: %s', (document) => {
    expect(JSON.stringify(written(document))).toBe(document);
    expect(typeof written(document)).toBe('object');
  });

  test('that cannot be read is stored and warned of', () => {
    const warnings: string[] = [];
    const policy =
      '{"Version":"2012-10-17","Statement":[{"Effect":"Deni","Principal":"*","Action":"s3:*","Resource":"*"}]}';
    const json = { resources: [{ arn: 'arn:aws:s3:::b', accountId: '111111111111', policy }] };
    const read = readOwnDocument(json, (place, message) => void warnings.push(`${place}: ${message}`));
    expect(read.resources?.[0]?.policy).toBe(policy);
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toMatch(/^resources\[0\]\.policy: a part of the policy document cannot be read: .*Effect/);
  });
});

describe('what is wrong is said with its place', () => {
  test.each<readonly [JsonValue, string]>([
    [[], 'expected an object, found an empty list'],
    [{ roles: [{ arn: 'x' }] }, 'roles[0].arn: expected the ARN of a role, found the string `x`'],
    [{ roles: [{ arn: 'arn:aws:iam::111111111111:role/App' }] }, 'roles[0]: the member `trustPolicy` is missing'],
    [{ role: [] }, 'there is no member `role`: did you mean `roles`?'],
    [
      { accessKeys: [{ id: 'AKIA', user: 'arn:aws:iam::111111111111:user/x' }] },
      'there is no member `accessKeys`: there are $schema, services, organizations, accounts, policies, groups, users, roles, instanceProfiles, oidcProviders, resources, vpcEndpoints, knowledge, wholeLists',
    ],
    [
      { users: [{ arn: 'arn:aws:iam::111111111111:user/x', createdAt: '2026-02-30T00:00:00Z' }] },
      'users[0].createdAt: expected an instant such as 2026-11-26T10:00:00Z, found the string `2026-02-30T00:00:00Z`',
    ],
    [
      { users: [{ arn: 'arn:aws:iam::111111111111:user/x', tags: { team: 1 } }] },
      'users[0].tags.team: expected a text without U+0000 and halves of surrogate pairs, found the number 1',
    ],
    [
      { accounts: [{ id: '111111111111', membership: { organizationId: 'o-x' } }] },
      'accounts[0].membership: the member `unitId` is missing',
    ],
  ])('%j', (json, sentence) => {
    expect(refusal(json)).toBe(sentence);
  });
});

describe('a document of this form is recognised', () => {
  test.each<readonly [JsonValue, boolean]>([
    [{ $schema: './rolegate.schema.json' }, true],
    [{ $schema: 'urn:rolegate:directory', role: [] }, true],
    [{ roles: [{ arn: 'arn:aws:iam::111111111111:role/App' }], role: [] }, true],
    [{ knowledge: [{ accountId: '111111111111', layer: 'GRANTS', state: 'NONE' }] }, true],
    [{ $schema: 'https://json-schema.org/draft/2020-12/schema' }, false],
    // A state of Terraform.
    [{ version: 4, serial: 1, resources: [{ mode: 'managed', type: 'aws_iam_role', name: 'app' }] }, false],
    [{ Roles: [{ Arn: 'arn:aws:iam::111111111111:role/App' }] }, false],
    [{ UserDetailList: [] }, false],
    [{}, false],
    [[], false],
    ['roles', false],
  ])('%j: %s', (json, expected) => {
    expect(isOwnDocument(json)).toBe(expected);
  });
});
