import type { OwnServiceInput } from '../directory/document.ts';
import type { ChangeOptions } from '../directory/entities/entity-store.ts';
import type { OpenDirectory } from '../directory/prisma/open-directory.ts';
import type { SavedService } from '../directory/services/service-store.ts';
import { audited, tried } from './audited.ts';
import type { Call } from './call.ts';

interface Tools {
  readonly directory: Pick<OpenDirectory, 'services' | 'audit'>;
}

/** Prefixes are shorter: what is longer is refused, and recorded cut. */
const LONGEST_TARGET = 100;

function attempted(event: string, prefix: string, options: ChangeOptions) {
  const parameters = tried(options);
  return { event, target: prefix.slice(0, LONGEST_TARGET), ...(parameters && { parameters }) };
}

/** Registers a service of an application, for the operator. Throws as ServiceStore does. */
export function registerService(
  { directory }: Tools,
  call: Call,
  service: OwnServiceInput,
  options: ChangeOptions = {},
): Promise<SavedService> {
  return audited(directory.audit, call, attempted('RegisterService', service.prefix, options), (event) =>
    directory.services.register(service, event, options),
  );
}

/** Puts a whole definition in the place of the former one, for the operator. Throws as ServiceStore does. */
export function updateService(
  { directory }: Tools,
  call: Call,
  service: OwnServiceInput,
  options: ChangeOptions = {},
): Promise<SavedService> {
  return audited(directory.audit, call, attempted('UpdateService', service.prefix, options), (event) =>
    directory.services.update(service, event, options),
  );
}

/** Removes a service of an application, for the operator. Throws as ServiceStore does. */
export function removeService(
  { directory }: Tools,
  call: Call,
  prefix: string,
  options: ChangeOptions = {},
): Promise<SavedService> {
  return audited(directory.audit, call, attempted('RemoveService', prefix, options), (event) =>
    directory.services.remove(prefix, event, options),
  );
}
