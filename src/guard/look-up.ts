import type { PrincipalRef } from '../policy/principal-id.ts';
import { mayAskAbout } from './ask.ts';
import type { GuardContext } from './context.ts';
import type { MaybePromise } from './maybe-promise.ts';
import { mayRead, mayReadPrincipal, type NodeTypeName } from './readable.ts';
import { NOT_SIGNED_IN, orConcealed, type Ruling } from './ruling.ts';

/**
 * Whether the caller may look up the entity with this id or ARN. Entities that it may not read are answered as if absent.
 */
export function mayLookUp(context: GuardContext, type: NodeTypeName, id: string): MaybePromise<Ruling> {
  return context.caller.kind === 'anonymous' ? NOT_SIGNED_IN : orConcealed(mayRead(context, type, id));
}

/**
 * As `mayLookUp`, for a principal by its id. A checker finds the principals that it may ask about, and nothing of them but
 * their names and what it may ask there.
 */
export function mayLookUpPrincipal(context: GuardContext, principal: PrincipalRef): MaybePromise<Ruling> {
  switch (context.caller.kind) {
    case 'anonymous':
      return NOT_SIGNED_IN;
    case 'checker':
      return orConcealed(mayAskAbout(context, principal));
    case 'operator':
    case 'principal':
      return orConcealed(mayReadPrincipal(context, principal));
    default:
      return context.caller satisfies never;
  }
}
