import type { Revision } from '../directory/directory.ts';
import type { OwnServiceInput } from '../directory/document.ts';
import type { OpenDirectory } from '../directory/prisma/open-directory.ts';
import { audited } from './audited.ts';
import type { Call } from './call.ts';

interface Tools {
  readonly directory: Pick<OpenDirectory, 'services' | 'audit'>;
}

/** Prefixes are shorter: what is longer is refused, and recorded cut. */
const LONGEST_TARGET = 100;

function attempted(event: string, prefix: string) {
  return { event, target: prefix.slice(0, LONGEST_TARGET) };
}

/** Registers a service of an application, for the operator. Throws as ServiceStore does. */
export function registerService({ directory }: Tools, call: Call, service: OwnServiceInput): Promise<Revision> {
  return audited(directory.audit, call, attempted('RegisterService', service.prefix), (event) =>
    directory.services.register(service, event),
  );
}

/** Puts a whole definition in the place of the former one, for the operator. Throws as ServiceStore does. */
export function updateService({ directory }: Tools, call: Call, service: OwnServiceInput): Promise<Revision> {
  return audited(directory.audit, call, attempted('UpdateService', service.prefix), (event) =>
    directory.services.update(service, event),
  );
}

/** Removes a service of an application, for the operator. Throws as ServiceStore does. */
export function removeService({ directory }: Tools, call: Call, prefix: string): Promise<Revision> {
  return audited(directory.audit, call, attempted('RemoveService', prefix), (event) =>
    directory.services.remove(prefix, event),
  );
}
