import { parseIso } from '../../policy/date.ts';
import type { JsonObject, JsonValue } from '../../policy/json.ts';
import { isJsonObject } from '../entry.ts';
import { isAccountId } from '../iam-arn.ts';
import type { Place } from '../source-file.ts';

/**
 * A configuration item of AWS Config. Snapshots, answers and results of queries write it with different names.
 * https://docs.aws.amazon.com/config/latest/developerguide/config-item-table.html
 */
export interface ConfigItem {
  /** AWS::IAM::Role */
  readonly type: string;
  /** Null: it has none. */
  readonly arn: string | null;
  readonly name: string | null;
  readonly accountId: string;
  /** `global` for what has no Region; null: not said. */
  readonly region: string | null;
  readonly configuration: JsonObject;
  readonly supplement: JsonObject;
  /** Undefined: not said. */
  readonly tags: Readonly<Record<string, string>> | undefined;
  readonly isDeleted: boolean;
  /** When it was so, milliseconds since 1970; null: not said. */
  readonly capturedAt: number | null;
  readonly at: Place;
}

/** Null: it lacks its type or its account. */
export function readConfigItem(value: JsonObject, at: Place): ConfigItem | null {
  const type = text(value['resourceType']);
  const accountId = text(value['awsAccountId']) ?? text(value['accountId']);
  if (type === null || accountId === null || !isAccountId(accountId)) return null;
  const time = text(value['configurationItemCaptureTime']);
  const name = text(value['resourceName']);
  const id = text(value['resourceId']);
  return {
    type,
    arn: text(value['ARN']) ?? text(value['arn']),
    name: name ?? id,
    accountId,
    region: text(value['awsRegion']),
    configuration: object(value['configuration']),
    supplement: object(value['supplementaryConfiguration']),
    tags: tagsOf(value['tags']),
    isDeleted: (text(value['configurationItemStatus']) ?? '').startsWith('ResourceDeleted'),
    capturedAt: time === null ? null : parseIso(time),
    at: { file: at.file, place: `${at.place}: ${type} ${name ?? id ?? ''}`.trimEnd() },
  };
}

function text(value: JsonValue | undefined): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

/** An object, or its JSON: answers of Config's API have texts. */
export function unpacked(value: JsonValue | undefined): JsonValue {
  if (typeof value !== 'string' || !/^\s*[[{]/.test(value)) return value ?? null;
  try {
    return JSON.parse(value) as JsonValue;
  } catch {
    return value;
  }
}

function object(value: JsonValue | undefined): JsonObject {
  const found = unpacked(value);
  return isJsonObject(found) ? found : {};
}

/** A map, or (results of queries) a list of `{key, value}`. */
function tagsOf(value: JsonValue | undefined): Readonly<Record<string, string>> | undefined {
  if (isJsonObject(value)) {
    return Object.fromEntries(
      Object.entries(value).flatMap(([key, tag]) => (typeof tag === 'string' ? [[key, tag]] : [])),
    );
  }
  if (!Array.isArray(value)) return undefined;
  const tags = (value as readonly JsonValue[]).flatMap((tag) => {
    const key = isJsonObject(tag) ? text(tag['key']) : null;
    return key === null || !isJsonObject(tag) ? [] : [[key, text(tag['value']) ?? ''] as const];
  });
  return Object.fromEntries(tags);
}
