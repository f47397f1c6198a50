import { UsageError } from './usage-error.ts';

/** What `parse` returns; what it says is wrong is a UsageError. */
export function readArguments<T>(parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    // Its messages are sentences for users: `Unknown option '--foo'. To specify a positional argument …`
    throw new UsageError(error instanceof Error ? (error.message.split('. ')[0] ?? '') : String(error));
  }
}
