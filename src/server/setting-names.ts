import { nearest } from '../policy/spelling.ts';
import type { SettingSource } from './setting-reader.ts';
import { ENVIRONMENT } from './setting-reader.ts';

/** Variables of the command line and of applications, which are no settings of the gateway. */
const OTHERS = ['ROLEGATE_URL', 'ROLEGATE_TOKEN', 'ROLEGATE_BACKUP_PASSPHRASE', 'ROLEGATE_AWS_COMMAND'];

/** Of this project's own tests and measurements, which hand their environment on to what they start. */
const OF_TESTS = /^ROLEGATE_(?:TEST|FUZZ|FAULT|BENCH|RECORD)(?:_|$)/;

/**
 * What Kubernetes puts into the environment of every container for a Service of this name, or one that begins with it, in the form of
 * Docker's links.
 * https://kubernetes.io/docs/concepts/services-networking/service/#environment-variables
 */
const OF_KUBERNETES = /^ROLEGATE_(?:SERVICE_[A-Z0-9_]+|PORT_[A-Z0-9_]+)$/;
const OF_NEIGHBOURS =
  /^ROLEGATE_[A-Z0-9_]+_(?:SERVICE_(?:HOST|PORT)(?:_[A-Z0-9_]+)?|PORT_\d+_(?:TCP|UDP|SCTP)(?:_[A-Z]+)?)$/;
/** An address there; a number is of somebody who means PORT. */
const PORT_OF_SERVICE = /^ROLEGATE_(?:[A-Z0-9_]+_)?PORT$/;

function isOfKubernetes(name: string, value = ''): boolean {
  if (OF_KUBERNETES.test(name) || OF_NEIGHBOURS.test(name)) return true;
  return PORT_OF_SERVICE.test(name) && /^(?:tcp|udp|sctp):/.test(value);
}

/**
 * One sentence for each name that is not known. Of the environment, names with our prefix alone: a misspelt setting would otherwise
 * be one that nobody has set. `known`: the names of all settings.
 */
export function unknownNames({ name: source, values }: SettingSource, known: readonly string[]): readonly string[] {
  const isEnvironment = source === ENVIRONMENT;
  const all = new Set([...known, ...(isEnvironment ? OTHERS : [])]);
  return Object.keys(values).flatMap((name) => {
    if (all.has(name)) return [];
    if (isEnvironment && (!name.startsWith('ROLEGATE_') || OF_TESTS.test(name) || isOfKubernetes(name, values[name])))
      return [];
    // Some settings have no prefix.
    const meant = nearest(name, [...all]) ?? nearest(name.replace(/^ROLEGATE_/, ''), known);
    const place = isEnvironment ? '' : ` (${source})`;
    return [
      `${name.slice(0, 100)}${place} is not a setting${meant === null ? '' : `; \`${meant}\` was probably meant`}`,
    ];
  });
}

/** `--data-dir` for ROLEGATE_DATA_DIR, `--port` for PORT. */
export function flagOf(name: string): string {
  return `--${name
    .replace(/^ROLEGATE_/, '')
    .toLowerCase()
    .replaceAll('_', '-')}`;
}
