import type { JsonObject, JsonValue } from '../../policy/json.ts';
import { describeJson } from '../bounded-json.ts';
import { isJsonObject } from '../entry.ts';
import type { Facts } from '../facts.ts';
import { parseIamArn } from '../iam-arn.ts';
import { IamDetails } from '../iam-details.ts';
import type { Form } from '../recognise.ts';
import type { ParsedFile } from '../source-file.ts';
import { asDetails, IAM_TYPES } from './config-iam.ts';
import { type ConfigItem, readConfigItem, unpacked } from './config-item.ts';
import { sayConfigItem } from './config-resource.ts';

/** The lists of items that Config writes, and the names of what writes them. */
const LISTS = {
  configurationItems: 'configuration items of AWS Config',
  baseConfigurationItems: 'configuration items of AWS Config',
  Results: 'results of a query of AWS Config',
} as const;

/**
 * Configuration items of AWS Config: snapshots, histories, and results of select-resource-config and
 * select-aggregate-resource-config. Of several items about one thing, the latest counts.
 *
 * Config records what it is told to record. It never says that a list is whole, so that nothing is removed; it holds no
 * organization, no control policies and no grants.
 */
export class ConfigForm implements Form {
  readonly #facts: Facts;
  readonly #items = new Map<string, ConfigItem[]>();

  constructor(facts: Facts) {
    this.#facts = facts;
  }

  take(file: ParsedFile): string | null {
    if (!isJsonObject(file.json)) return null;
    for (const [list, form] of Object.entries(LISTS)) {
      const items = file.json[list];
      if (!Array.isArray(items) || !isListOfItems(items as readonly JsonValue[])) continue;
      for (const [index, item] of (items as readonly JsonValue[]).entries()) {
        this.#takeItem(unpacked(item), { file: file.path, place: `${list}[${index}]` });
      }
      return form;
    }
    return null;
  }

  finish(): void {
    const details = new Map<string, IamDetails>();
    for (const items of this.#items.values()) {
      for (const item of latest(items)) {
        if (item.isDeleted) this.#facts.note(item.at, 'AWS Config says that it is deleted; what is stored of it stays');
        else this.#sayItem(item, details);
      }
    }
    for (const [accountId, entities] of details) {
      entities.say();
      this.#facts.describesSome(accountId);
    }
  }

  #takeItem(value: JsonValue, at: { readonly file: string; readonly place: string }): void {
    const item = isJsonObject(value) ? readConfigItem(value, at) : null;
    if (item === null) {
      const message = `expected a configuration item with resourceType and accountId, found ${describeJson(value)}`;
      this.#facts.note(at, message);
      return;
    }
    const key = JSON.stringify([
      item.accountId,
      item.type,
      item.arn ?? item.name,
      item.arn === null ? item.region : '',
    ]);
    const items = this.#items.get(key) ?? [];
    this.#items.set(key, items);
    items.push(item);
  }

  #sayItem(item: ConfigItem, details: Map<string, IamDetails>): void {
    const { accountId, at } = item;
    const kind = IAM_TYPES[item.type];
    if (kind === undefined) {
      sayConfigItem(item, this.#facts);
      return;
    }
    const value = iamValue(item);
    if (value === null) {
      this.#facts.note(at, 'its configuration is missing (a query must select it); left out');
      return;
    }
    const written = value['Arn'];
    const arn = typeof written === 'string' ? parseIamArn(written) : null;
    if (arn !== null && arn.account !== accountId && arn.account !== 'aws') {
      this.#facts.note(at, `its ARN is not in its account, ${accountId}; left out`);
      return;
    }
    const home = { partition: arn?.partition ?? 'aws', account: accountId };
    const entities = details.get(accountId) ?? new IamDetails(this.#facts, home);
    details.set(accountId, entities);
    entities.add({ kind, value, at });
    this.#facts.accounts.say(accountId, { partition: home.partition }, at);
  }
}

/** Queries may select columns without the ARN, which stands in the item too. */
function iamValue({ configuration, arn }: ConfigItem): JsonObject | null {
  if (Object.keys(configuration).length === 0) return null;
  const value = asDetails(configuration);
  return arn === null || value['Arn'] !== undefined ? value : { ...value, Arn: arn };
}

/** Other answers have a list called Results too. An empty list could be anything. */
function isListOfItems(list: readonly JsonValue[]): boolean {
  const first = unpacked(list[0]);
  return isJsonObject(first) && typeof first['resourceType'] === 'string';
}

/** The newest, or all that could be. */
function latest(items: readonly ConfigItem[]): readonly ConfigItem[] {
  const newest = items.reduce((latest, { capturedAt }) => Math.max(latest, capturedAt ?? -Infinity), -Infinity);
  return items.filter(({ capturedAt }) => capturedAt === null || capturedAt === newest);
}
