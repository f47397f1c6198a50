import { RolegateError } from '../policy/errors.ts';

/**
 * The directory cannot be read or written now, whatever was asked. Codes: DIRECTORY_UNAVAILABLE (its database does not answer),
 * DIRECTORY_FULL (no space is left for it), DIRECTORY_DAMAGED (its files are), DIRECTORY_FAILING (they cannot be read or
 * written).
 */
export class StoreUnavailable extends RolegateError {}
