import { InvalidInput } from '../policy/errors.ts';
import { isServicePrincipal } from '../policy/principal-id.ts';
import { audited } from './audited.ts';
import type { Call } from './call.ts';
import { newKeyId } from './key-id.ts';
import type { SessionTools } from './session-tools.ts';

/** Whose a long-term key is. */
export type KeyOwner = { readonly userArn: string } | { readonly service: string };

/** Shown once: the gateway keeps no copy of the secret. */
export interface NewAccessKey {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** iam:CreateAccessKey, also for services. Throws LimitExceeded, NoSuchEntity, BAD_USER_INPUT. */
export function createAccessKey(
  { directory, secrets }: SessionTools,
  call: Call,
  owner: KeyOwner,
): Promise<NewAccessKey> {
  const target = 'service' in owner ? owner.service : owner.userArn;
  const attempted = { event: 'CreateAccessKey', action: 'iam:CreateAccessKey', target };
  return audited(directory.audit, call, attempted, async (event) => {
    if ('service' in owner && !isServicePrincipal(owner.service)) {
      throw new InvalidInput('service', 'not a service principal: expected one such as `ec2.amazonaws.com`');
    }
    const id = newKeyId('AKIA');
    await directory.keys.create({ id, ...owner }, event);
    return { accessKeyId: id, secretAccessKey: secrets.secretFor(id) };
  });
}

/**
 * iam:UpdateAccessKey. A key that is off signs nobody in, browsers that it signed in included; role sessions and temporary
 * credentials that were made with it go on. Throws NoSuchEntity.
 */
export function setAccessKeyActive(
  { directory }: SessionTools,
  call: Call,
  { accessKeyId, active }: { readonly accessKeyId: string; readonly active: boolean },
): Promise<void> {
  const parameters = { status: active ? 'Active' : 'Inactive' };
  const attempted = { event: 'UpdateAccessKey', action: 'iam:UpdateAccessKey', target: accessKeyId, parameters };
  return audited(directory.audit, call, attempted, (event) =>
    directory.entities.setKeyActive(accessKeyId, active, event),
  );
}

/**
 * iam:DeleteAccessKey. Nobody signs in with it any more, and the browsers that it signed in are signed out. Role sessions
 * and temporary credentials that were made with it go on until they expire, as AWS's do: these go by the user.
 * https://aws.amazon.com/blogs/security/what-to-do-if-you-inadvertently-expose-an-aws-access-key/
 * Throws NoSuchEntity.
 */
export function deleteAccessKey({ directory }: SessionTools, call: Call, accessKeyId: string): Promise<void> {
  const attempted = { event: 'DeleteAccessKey', action: 'iam:DeleteAccessKey', target: accessKeyId };
  return audited(directory.audit, call, attempted, async (event) => {
    // Whose it was cannot be looked up once it is gone.
    const owner = (await directory.keys.find(accessKeyId))?.owner;
    const accountIds = owner?.kind === 'user' ? [owner.arn.split(':', 5)[4] ?? ''] : [];
    await directory.keys.remove(accessKeyId, call.now, { ...event, accountIds });
  });
}
