import { RolegateError } from '../policy/errors.ts';
import { CertificateError } from './certificate.ts';
import { type Settings, withoutPassword } from './settings.ts';

/** Codes of certificates that are not accepted. https://nodejs.org/api/tls.html#x509-certificate-error-codes */
const CERTIFICATE = /^(?:DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_(?:GET|VERIFY)_|CERT_|ERR_TLS_CERT_)/;
/** What `pg` says of a server that speaks no TLS. */
const NO_TLS = 'The server does not support SSL connections';

/** Why starting failed, in one sentence for people; null: an unexpected error. */
export function failureSentence(error: unknown, settings: Settings): string | null {
  if (error instanceof RolegateError) return sentenceOf(error, settings);
  if (error instanceof CertificateError) return error.message;
  if (!(error instanceof Error)) return null;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  const { host, port, dataDir } = settings;
  if (
    'syscall' in error &&
    (error.syscall === 'listen' || error.syscall === 'getaddrinfo' || error.syscall === 'bind')
  ) {
    const reason: Readonly<Record<string, string>> = {
      EADDRINUSE: `port ${port} on ${host} is already in use: stop the program that listens there, or choose another port with PORT`,
      EACCES: `port ${port} on ${host} may not be opened by this user: choose one above 1023 with PORT`,
      EADDRNOTAVAIL: `${host} is not an address of this machine: choose another one with HOST`,
      ENOTFOUND: `the host name ${host} is not known: choose another one with HOST`,
      EAI_AGAIN: `the host name ${host} cannot be looked up: choose another one with HOST`,
    };
    return reason[code] ?? `${host}:${port} cannot be listened on (${code})`;
  }
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') {
    return `the data folder ${dataDir} cannot be written (${code}): choose another one with ROLEGATE_DATA_DIR`;
  }
  if (settings.databaseUrl !== null && (CERTIFICATE.test(code) || error.message === NO_TLS)) {
    const url = withoutPassword(settings.databaseUrl);
    return `there is no safe connection to the database: ${error.message} (sslmode and sslrootcert of DATABASE_URL ${url})`;
  }
  if (code === 'ENOSPC') return `there is no space left for the data folder ${dataDir}`;
  if (code === 'ENOTDIR' || code === 'EEXIST') return `the data folder ${dataDir} is not a folder`;
  return null;
}

function sentenceOf(error: RolegateError, settings: Settings): string {
  const sentence = error.message.replaceAll('`', '');
  if (error.code === 'DATA_DIR_LOCKED')
    return sentence.replace('choose another folder', 'choose another folder with ROLEGATE_DATA_DIR');
  if (settings.databaseUrl === null) return sentence;
  return `${sentence} (DATABASE_URL ${withoutPassword(settings.databaseUrl)})`;
}
