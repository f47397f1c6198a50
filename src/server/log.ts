import { destination, type Logger, pino } from 'pino';
import type { LogLevel } from './setting-values.ts';

export type Log = Logger;

/**
 * One JSON object a line on standard error. Headers and bodies are never passed to it, because they contain credentials.
 */
export function createLog(level: LogLevel): Log {
  return pino(
    { level, base: null, timestamp: () => `,"time":"${new Date().toISOString()}"` },
    destination({ dest: 2, sync: true }),
  );
}
