import { expect, test } from 'vitest';
import { httpsOrigin } from '../../src/authzen/https-origin.ts';
import { readNameTable } from '../../src/authzen/name-table.ts';
import { Template } from '../../src/authzen/names.ts';
import { openCatalog } from '../../src/catalog/catalog.ts';
import type { JsonValue } from '../../src/policy/json.ts';

const catalog = await openCatalog();

test.each<readonly [JsonValue, readonly string[]]>([
  [[], ['the table must be an object']],
  [{ subject: {} }, ['it has a member `subject`: it can have base, account, subjects, resources, actions, known']],
  [{ base: 'http://pdp.example.com' }, ['`base` must be https://host or https://host:port']],
  [{ base: 'https://pdp.example.com/x' }, ['`base` must be https://host or https://host:port']],
  [{ account: 333333333333 }, ['`account` must be a string of twelve digits']],
  [{ subjects: { user: 7 } }, ['`subjects.user` must be a string with `{id}` in it once']],
  [{ subjects: { user: 'arn:aws:iam::1:user/x' } }, ['`subjects.user` must be a string with `{id}` in it once']],
  [
    { subjects: { user: 'arn:aws:iam::333:user/{id}' } },
    ['`subjects.user`: `arn:aws:iam::333:user/{id}` is not the ARN of a user, role, session or federated user'],
  ],
  [{ resources: { record: 'records/{id}' } }, ['`resources.record`: `records/{id}` is not an ARN']],
  [{ resources: { record: '{id}{id}' } }, ['`resources.record` must be a string with `{id}` in it once']],
  [
    { actions: { record: { read: 's3:GetObjcet', list: 7 } } },
    [
      expect.stringMatching(
        /^`actions\.record\.read`: the catalogue of \S+ knows no action `s3:GetObjcet`; did you mean `s3:GetObject`\?$/,
      ),
      '`actions.record.list`: it must be a string, `service:Action`',
    ],
  ],
  [{ actions: { record: 's3:GetObject' } }, ['`actions.record` must be an object']],
  [{ known: { record: [] } }, ['`known.record`: `resources` has no such type']],
  [{ resources: { r: '{id}' }, known: { r: {} } }, ['`known.r` must be a list']],
  [
    { resources: { r: '{id}' }, known: { r: [{ id: 'a' }, { id: 'a' }, {}, { id: 'b', properties: 1 }, 7] } },
    [
      '`known.r[1]`: the id `a` is there twice',
      '`known.r[2]` must have an `id`, a string',
      '`properties` of `known.r[3]` must be an object',
      '`known.r[4]` must be an object',
      '`known.r[4]` must have an `id`, a string',
    ],
  ],
  [
    { resources: { r: '{id}' }, known: { r: Array.from({ length: 10_001 }, (_, i) => ({ id: `${i}` })) } },
    ['`known.r` has 10001 entries; the limit is 10000'],
  ],
])('%j is refused with a sentence for each problem', (json, problems) => {
  expect(readNameTable(json, catalog)).toEqual(problems);
});

test('at most twenty problems are named', () => {
  const subjects = Object.fromEntries(Array.from({ length: 50 }, (_, i) => [`t${i}`, 1]));
  expect(readNameTable({ subjects }, catalog)).toHaveLength(20);
});

test('what is left out is empty', () => {
  const empty = new Map();
  const table = { base: null, account: null, subjects: empty, resources: empty, actions: empty, known: empty };
  expect(readNameTable({}, catalog)).toEqual(table);
});

test('names of the table are names and nothing else', () => {
  const text =
    '{"subjects":{"__proto__":"{id}","constructor":"{id}"},"actions":{"__proto__":{"__proto__":"s3:getobject"}}}';
  const table = readNameTable(JSON.parse(text), catalog);
  if (!('subjects' in table)) throw new Error(table.join());
  expect([...table.subjects.keys()]).toEqual(['__proto__', 'constructor']);
  expect(table.actions.get('__proto__')?.get('__proto__')).toBe('s3:GetObject');
  expect(table.subjects.get('toString')).toBeUndefined();
});

test('a template reads back what it has written', () => {
  const template = new Template('arn:aws:iam::111111111111:user/{id}/x');
  for (const id of ['a', 'a/b', 'x', '/x', 'arn:aws:iam::111111111111:user/']) {
    expect(template.idIn(template.textOf(id))).toBe(id);
  }
  expect(template.idIn('arn:aws:iam::111111111111:user//x')).toBeNull();
  expect(template.idIn('arn:aws:iam::222222222222:user/a/x')).toBeNull();
  expect([template.accountId, new Template('{id}').accountId]).toEqual(['111111111111', null]);
});

test.each([
  ['https://pdp.example.com', 'https://pdp.example.com'],
  ['https://PDP.example.com/', 'https://pdp.example.com'],
  ['https://pdp.example.com:8443', 'https://pdp.example.com:8443'],
  ['https://pdp.example.com:443', 'https://pdp.example.com'],
  ['https://[2001:db8::1]:8443', 'https://[2001:db8::1]:8443'],
  ['http://pdp.example.com', null],
  ['https://pdp.example.com/path', null],
  ['https://pdp.example.com?q', null],
  ['https://pdp.example.com/#f', null],
  ['https://user:hunter2@pdp.example.com', null],
  ['https://pdp.example.com\\evil', null],
  ['https://pdp.example.com, evil.example.com', null],
  ['https://', null],
  ['https://:8443', null],
  ['pdp.example.com', null],
])('%s is %s', (text, origin) => {
  expect(httpsOrigin(text)).toBe(origin);
});
