import type { ChangeOf } from './change-of.ts';
import { ROLE_CHANGES } from './role-changes.ts';
import { USER_CHANGES } from './user-changes.ts';

/** Every change of the directory's entities, by its name: AWS's name of the operation where it has one. */
export const CHANGES = { ...ROLE_CHANGES, ...USER_CHANGES };

type Changes = typeof CHANGES;

export type ChangeName = keyof Changes;

type InputOf<C> = C extends ChangeOf<infer I> ? I : never;

/** The input of each change, by its name. */
export type ChangeInputs = { readonly [Name in ChangeName]: InputOf<Changes[Name]> };

export const CHANGE_NAMES = Object.keys(CHANGES) as readonly ChangeName[]; // as: its keys are these names
