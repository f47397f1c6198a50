import { noSuch } from '../directory/entities/holder.ts';
import type { AccessKeyRecord } from '../directory/stores/session-store.ts';
import { parseArn } from '../policy/arn.ts';
import { InvalidInput } from '../policy/errors.ts';
import { isServicePrincipal } from '../policy/principal-id.ts';
import { audited, iamOperation } from './audited.ts';
import type { Call } from './call.ts';
import { ValidationError } from './errors.ts';
import { isRetired, newestGeneration } from './key-generation.ts';
import { newKeyId } from './key-id.ts';
import type { SessionTools } from './session-tools.ts';

/** The owner of a long-term key. */
export type KeyOwner = { readonly userArn: string } | { readonly service: string };

/** Shown once: the gateway keeps no copy of the secret. */
export interface NewAccessKey {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** An existing key. */
export interface KeyName {
  readonly accessKeyId: string;
  /** Principal id of the expected owner; left out: any owner. */
  readonly owner?: string;
}

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateAccessKey.html */
const KEY_ID = /^\w{16,128}$/;

async function keyOf({ directory }: SessionTools, { accessKeyId, owner }: KeyName): Promise<AccessKeyRecord> {
  const key = KEY_ID.test(accessKeyId) ? await directory.keys.find(accessKeyId) : null;
  const itsOwner = key?.owner.kind === 'service' ? key.owner.service : key?.owner.arn;
  if (key !== null && (owner === undefined || owner === itsOwner)) return key;
  throw noSuch('Access Key', accessKeyId.slice(0, 128), 'id');
}

/** Id of the account that a key belongs to; null: there is no such key, or it is a service's. */
export async function accountOfKey({ directory }: SessionTools, accessKeyId: string): Promise<string | null> {
  const owner = KEY_ID.test(accessKeyId) ? await directory.keys.ownerOf(accessKeyId) : null;
  return owner === null ? null : (parseArn(owner)?.accountId ?? null);
}

/** iam:CreateAccessKey, also for services. Throws LimitExceeded, NoSuchEntity, BAD_USER_INPUT. */
export function createAccessKey(tools: SessionTools, call: Call, owner: KeyOwner): Promise<NewAccessKey> {
  const { directory, secrets } = tools;
  const target = 'service' in owner ? owner.service : owner.userArn;
  return audited(directory.audit, call, iamOperation('CreateAccessKey', target), async (event) => {
    if ('service' in owner && !isServicePrincipal(owner.service)) {
      throw new InvalidInput('service', 'not a service principal: expected one such as `ec2.amazonaws.com`');
    }
    const id = newKeyId('AKIA', await newestGeneration(tools));
    await directory.keys.create({ id, ...owner }, event);
    return { accessKeyId: id, secretAccessKey: secrets.secretFor(id) };
  });
}

/**
 * iam:UpdateAccessKey. An inactive key signs nobody in, and browsers that it signed in are signed out; role sessions and
 * temporary credentials that were made with it continue. A key of a
 * retired generation of the master key stays inactive. Throws NoSuchEntity, ValidationError.
 */
export function setAccessKeyActive(
  tools: SessionTools,
  call: Call,
  { active, ...name }: KeyName & { readonly active: boolean },
): Promise<void> {
  const { accessKeyId } = name;
  const { directory } = tools;
  const attempted = iamOperation('UpdateAccessKey', accessKeyId, { status: active ? 'Active' : 'Inactive' });
  return audited(directory.audit, call, attempted, async (event) => {
    await keyOf(tools, name);
    if (active && (await isRetired(tools, accessKeyId))) {
      throw new ValidationError('its generation of the master key was retired: create a new key', 'accessKeyId');
    }
    await directory.entities.setKeyActive(accessKeyId, active, event);
  });
}

/**
 * iam:DeleteAccessKey. The key no longer signs in, and browsers that it signed in are signed out. Role sessions and
 * temporary credentials that were made with it continue until they expire, as AWS's do: they depend on the user.
 * https://aws.amazon.com/blogs/security/what-to-do-if-you-inadvertently-expose-an-aws-access-key/
 * Throws NoSuchEntity.
 */
export function deleteAccessKey(tools: SessionTools, call: Call, name: KeyName): Promise<void> {
  const { accessKeyId } = name;
  const { directory } = tools;
  return audited(directory.audit, call, iamOperation('DeleteAccessKey', accessKeyId), async (event) => {
    // The owner cannot be looked up once the key is deleted.
    const { owner } = await keyOf(tools, name);
    const accountIds = owner.kind === 'user' ? [parseArn(owner.arn)?.accountId ?? ''] : [];
    await directory.keys.remove(accessKeyId, call.now, { ...event, accountIds });
  });
}
