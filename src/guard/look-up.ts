import type { PrincipalRef } from '../policy/principal-id.ts';
import type { GuardContext } from './context.ts';
import { mayRead, mayReadPrincipal, type NodeTypeName } from './readable.ts';
import { NOT_SIGNED_IN, orConcealed, type Ruling } from './ruling.ts';

/** Whether the caller may look up the entity with this id or ARN. What it may not read is concealed: as if not there. */
export function mayLookUp(context: GuardContext, type: NodeTypeName, id: string): Ruling | Promise<Ruling> {
  return context.caller.kind === 'anonymous' ? NOT_SIGNED_IN : orConcealed(mayRead(context, type, id));
}

/** As `mayLookUp`, of a principal by its id. */
export function mayLookUpPrincipal(context: GuardContext, principal: PrincipalRef): Ruling | Promise<Ruling> {
  return context.caller.kind === 'anonymous' ? NOT_SIGNED_IN : orConcealed(mayReadPrincipal(context, principal));
}
