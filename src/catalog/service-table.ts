import { numberAction } from '../evaluation/action-number.ts';
import { askedOnOf } from './asked-on.ts';
import type {
  AccessLevel,
  ActionResource,
  CatalogAction,
  CatalogService,
  ConditionKey,
  ResourceType,
} from './catalog-service.ts';
import { GATEWAY_SERVICE } from './gateway-service.ts';
import type { Services } from './layered-table.ts';

/** The lines of catalog.jsonl, as `.config/catalog.mjs` writes and describes them. */
interface Header {
  readonly version: string;
  readonly globalKeys: readonly Pair[];
}
type Pair = readonly [name: string, type: string];
type ActionRow = readonly [
  name: string,
  level: number,
  resourceSet: number,
  keySet: number,
  dependent?: readonly string[],
];
type ServiceRow = readonly [
  key: string,
  name: string,
  rcp: 0 | 1,
  conditionKeys: readonly Pair[],
  resourceTypes: readonly (readonly [name: string, arns: readonly string[], keySet: number])[],
  resourceSets: readonly (readonly number[])[],
  keySets: readonly (readonly (number | string)[])[],
  actions: readonly ActionRow[],
];

const LEVELS: readonly AccessLevel[] = ['LIST', 'READ', 'WRITE', 'TAGGING', 'PERMISSIONS_MANAGEMENT'];
const NONE: readonly never[] = [];

function conditionKey([name, type]: Pair): ConditionKey {
  return { name, type };
}

/** Actions with the same resource types or condition keys share one list of them. */
function readService(line: string): CatalogService {
  const [key, name, rcp, keyRows, typeRows, resourceSetRows, keySetRows, actionRows] = JSON.parse(line) as ServiceRow;
  const conditionKeys = keyRows.map(conditionKey);
  const keySets = keySetRows.map((row) =>
    row.map((code) => (typeof code === 'string' ? code : (conditionKeys[code]?.name ?? ''))),
  );
  const resourceTypes = typeRows.map(([typeName, arns, keySet]): ResourceType => {
    return { name: typeName, arns, conditionKeys: keySets[keySet] ?? NONE };
  });
  const resourceSets = resourceSetRows.map((row) =>
    row.flatMap((code): readonly ActionResource[] => {
      const type = resourceTypes[code >> 1];
      return type === undefined ? [] : [{ type, required: (code & 1) === 1 }];
    }),
  );
  const actions = actionRows.map(([actionName, level, resourceSet, keySet, dependent]): CatalogAction => {
    const types = resourceSets[resourceSet] ?? NONE;
    const fullName = `${key}:${actionName}`;
    const askedOn = types.length === 0 ? askedOnOf(fullName) : undefined;
    return {
      name: fullName,
      service: key,
      wildcardOnly: types.length === 0,
      ...(askedOn === undefined ? {} : { askedOn }),
      resourceControlSupported: rcp === 1,
      number: numberAction(fullName),
      accessLevel: LEVELS[level] ?? 'WRITE',
      resourceTypes: types,
      conditionKeys: keySets[keySet] ?? NONE,
      dependentActions: dependent ?? null,
    };
  });
  return { key, name, resourceControlSupported: rcp === 1, actions, resourceTypes, conditionKeys };
}

/** The services of the file, each parsed when it is first needed: most requests concern few of them; and the gateway itself. */
export class ServiceTable implements Services {
  readonly version: string;
  readonly keys: readonly string[];
  readonly globalConditionKeys: readonly ConditionKey[];
  readonly #lines = new Map<string, string>();
  readonly #services = new Map<string, CatalogService>();
  /** By the spelled name and by the name in lower case: the right spelling is found in one step. */
  readonly #actions = new Map<string, CatalogAction>();

  constructor(text: string) {
    const [header, ...lines] = text.split('\n');
    const { version, globalKeys } = JSON.parse(header ?? '') as Header;
    this.version = version;
    this.globalConditionKeys = globalKeys.map(conditionKey);
    for (const line of lines) {
      if (line === '') continue;
      this.#lines.set(line.slice(2, line.indexOf('"', 2)), line);
    }
    this.keys = [...this.#lines.keys(), GATEWAY_SERVICE.key].sort();
    this.#keep(GATEWAY_SERVICE);
  }

  service(name: string): CatalogService | null {
    const known = this.#services.get(name);
    if (known !== undefined) return known;
    const key = name.toLowerCase();
    const line = this.#lines.get(key);
    if (line === undefined) return this.#services.get(key) ?? null;
    const service = readService(line);
    this.#lines.delete(key);
    this.#keep(service);
    return service;
  }

  #keep(service: CatalogService): void {
    this.#services.set(service.key, service);
    for (const action of service.actions) {
      this.#actions.set(action.name, action);
      this.#actions.set(action.name.toLowerCase(), action);
    }
  }

  action(name: string): CatalogAction | null {
    const known = this.#actions.get(name);
    if (known !== undefined) return known;
    const colon = name.indexOf(':');
    if (colon < 0 || this.service(name.slice(0, colon)) === null) return null;
    return this.#actions.get(name) ?? this.#actions.get(name.toLowerCase()) ?? null;
  }
}
