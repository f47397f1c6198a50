/** The review of all condition keys of the catalogue: which have a value without being given, and why the others have none. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { openCatalog } from '../../src/catalog/catalog.ts';
import { ARN_KEYS, valueInArn } from '../../src/policy/arn-keys.ts';
import { contextKey } from '../../src/policy/context-key.ts';
import { FIXING_KEYS } from '../../src/policy/public-policy.ts';

interface Review {
  readonly catalogue: string;
  readonly classes: Readonly<Record<string, string>>;
  readonly notFilled: Readonly<Record<string, string>>;
  readonly services: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;
}

const catalog = await openCatalog();
const review: Review = JSON.parse(
  readFileSync(new URL('../../src/evaluation/condition-keys.json', import.meta.url), 'utf8'),
);
const reviewed = Object.values(review.services).flatMap((classes) =>
  Object.entries(classes).flatMap(([name, keys]) => keys.map((key): [string, string] => [key, name])),
);
const ofServices = catalog
  .services()
  .flatMap((service) => catalog.service(service)?.conditionKeys ?? [])
  .map(({ name }) => name)
  .filter((name) => !name.startsWith('aws:'));
const all = [...new Set([...catalog.globalConditionKeys.map(({ name }) => name), ...ofServices])];

/** Classes of keys that only requests give, by the reason. */
const OF_REQUESTS = ['network', 'source', 'credentials', 'claim', 'parameter', 'property', 'unlisted'];

const CLASSES: Readonly<Record<string, string>> = {
  call: 'filled',
  principal: 'caller',
  mfa: 'caller',
  resource: 'resource',
  time: 'time',
  assumed: 'assumed',
};

describe('the review of condition keys', () => {
  test('is of this catalogue, and has every key of it', () => {
    expect(review.catalogue).toBe(catalog.version);
    expect(new Set(reviewed.map(([key]) => key))).toEqual(new Set(all));
    expect(new Set(reviewed.map(([, name]) => name))).toEqual(new Set(Object.keys(review.classes)));
  });

  test('says of each what evaluations do', () => {
    const wrong = reviewed.filter(([key, name]) => {
      const { owner, tag } = contextKey(key);
      if (owner === 'request') return !OF_REQUESTS.includes(name);
      return name !== (owner === 'resource' && tag !== null ? 'tags' : CLASSES[owner]);
    });
    expect(wrong).toEqual([]);
  });

  test('gives the reason that the catalogue gives: where it lists a key', () => {
    const services = catalog.services().flatMap((name) => catalog.service(name) ?? []);
    const listed = (lists: readonly { readonly conditionKeys: readonly string[] }[]): ReadonlySet<string> =>
      new Set(lists.flatMap(({ conditionKeys }) => conditionKeys.map((key) => key.toLowerCase())));
    const ofTypes = listed(services.flatMap(({ resourceTypes }) => resourceTypes));
    const ofActions = listed(services.flatMap(({ actions }) => actions));
    const place = (key: string): string =>
      ofTypes.has(key.toLowerCase()) ? 'property' : ofActions.has(key.toLowerCase()) ? 'parameter' : 'unlisted';
    const wrong = reviewed
      .filter(([key, name]) => ['property', 'parameter', 'unlisted'].includes(name) && name !== place(key))
      .map(([key]) => key);
    // Of the tags of a request every call has its own, whatever lists them.
    expect(new Set(wrong)).toEqual(new Set(['aws:RequestTag/tag-key', 'aws:TagKeys']));
    const claims = reviewed.filter(([, name]) => name === 'claim').map(([key]) => key);
    expect(claims.filter((key) => !/^(?:saml:|[^:]*\.)/.test(key))).toEqual([]);
  });

  test('gives reasons for keys that could seem to follow, which only requests give', () => {
    const wrong = Object.keys(review.notFilled).filter(
      (key) => contextKey(key).owner !== 'request' || !all.includes(key),
    );
    expect(wrong).toEqual([]);
  });
});

describe('keys that hold a part of the ARN', () => {
  const plain = (text: string): string => text.toLowerCase().replace(/[^a-z0-9]/g, '');
  /** Each type of resource with its ARN as an example, and what its placeholders stand for. */
  const examples = catalog.services().flatMap((service) =>
    (catalog.service(service)?.resourceTypes ?? []).flatMap(({ name, arns, conditionKeys }) =>
      arns.map((arn) => {
        const rest = arn.split(':').slice(5).join(':');
        const places = [...rest.matchAll(/\$\{(\w+)\}/g)].map(([, place = '']) => place);
        const keys = conditionKeys.filter((key) => key.startsWith(`${service}:`));
        return { service, type: name, rest: rest.replace(/\$\{(\w+)\}/g, 'of-$1'), places, keys };
      }),
    ),
  );

  test('are all keys that a type lists and that are called like a placeholder of its ARN', () => {
    const wrong = examples.flatMap(({ service, type, rest, places, keys }) =>
      keys.flatMap((key) => {
        const name = plain(key.slice(service.length + 1));
        const place = places.find((one) => name === plain(one) || name === plain(type) + plain(one));
        if (place === undefined || Object.hasOwn(review.notFilled, key) || key.startsWith('rtbfabric:')) return [];
        return valueInArn(key.toLowerCase(), service, rest) === `of-${place}` ? [] : [`${key} of ${type}`];
      }),
    );
    expect(wrong).toEqual([]);
  });

  test('have a value in an ARN of the catalogue, and in no other service', () => {
    const without = ARN_KEYS.filter(
      (key) => !examples.some(({ service, rest }) => valueInArn(key, service, rest) !== undefined),
    );
    expect(without).toEqual([]);
    expect(valueInArn('ec2:instanceid', 'ec2', 'instance/i-0a')).toBe('i-0a');
    expect(valueInArn('ec2:instanceid', 's3', 'instance/i-0a')).toBeUndefined();
    expect(valueInArn('ec2:instanceid', 'ec2', 'volume/vol-0a')).toBeUndefined();
    expect(valueInArn('groundstation:configtype', 'groundstation', 'config/uplink-echo/1')).toBe('uplink-echo');
  });
});

test('keys that keep a policy from being public exist', () => {
  const known = new Set(all.map((key) => key.toLowerCase()));
  expect([...FIXING_KEYS].filter((key) => !known.has(key))).toEqual([]);
});
