/**
 * The names of files that hold one answer of the AWS command line, where the answer does not say what was asked:
 *
 *     ACCOUNT/SERVICE/OPERATION.json
 *     ACCOUNT/SERVICE/OPERATION@ARGUMENT.json
 *     ACCOUNT/REGION/SERVICE/OPERATION@ARGUMENT@ARGUMENT.json
 *
 * with service and operation in the words of the command line (`s3api/get-bucket-policy@my-bucket.json`). Arguments are
 * percent-encoded: `arn%3Aaws%3Adynamodb%3A…`. Folders above the account's have no meaning.
 * A page of get-account-authorization-details has the marker that it begins at as its argument; the first page has none.
 *
 * An answer that is an error is a file too, with the code of the error: `{"Error": {"Code": "NoSuchBucketPolicy"}}`. It says
 * that there is none, or (AccessDenied …) why it is not known.
 */
export interface AnswerName {
  /** Null: the folder names no account. */
  readonly account: string | null;
  readonly region: string | null;
  /** Of the command line: `s3api`. */
  readonly service: string | null;
  /** `get-bucket-policy`; null: the name of the file is not of this form. */
  readonly operation: string | null;
  readonly arguments: readonly string[];
}

/** Bytes; file systems take no longer names. */
const MAX_NAME_LENGTH = 255;
const OPERATION = /^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/;
const REGION = /^[a-z]{2,5}(?:-[a-z]+)+-\d{1,2}$/;

/** An argument as a part of a file's name: what a file system could refuse or take for something else is percent-encoded. */
export function encodeArgument(argument: string): string {
  // encodeURIComponent leaves these; Windows forbids the star, and shells expand it.
  return encodeURIComponent(argument).replace(
    /[*'()!~]/g,
    (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** Null: the percent-encoding is broken. */
export function decodeArgument(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}

/** The name of the file of one answer. Null: it would be longer than file systems allow. */
export function answerFileName(operation: string, ...operands: readonly string[]): string | null {
  const name = `${[operation, ...operands.map(encodeArgument)].join('@')}.json`;
  return name.length > MAX_NAME_LENGTH ? null : name;
}

/** What the place of a file says. */
export function parseAnswerPath(path: string): AnswerName {
  const parts = path.split('/');
  const [operation = '', ...operands] = (parts.pop() ?? '').replace(/\.json$/i, '').split('@');
  const folders = [...parts];
  const last = folders.at(-1);
  const isService = last !== undefined && !isAccount(last) && !REGION.test(last);
  const service = isService ? (folders.pop() ?? null) : null;
  const region = takeLast(folders, (folder) => REGION.test(folder));
  const account = takeLast(folders, isAccount);
  const decoded = operands.map(decodeArgument);
  const isName = OPERATION.test(operation) && decoded.every((operand) => operand !== null);
  return {
    account,
    region,
    service,
    operation: isName ? operation : null,
    arguments: isName ? decoded.filter((operand) => operand !== null) : [],
  };
}

function isAccount(folder: string): boolean {
  return /^\d{12}$/.test(folder);
}

function takeLast(folders: string[], isOne: (folder: string) => boolean): string | null {
  const last = folders.at(-1);
  if (last === undefined || !isOne(last)) return null;
  folders.pop();
  return last;
}
