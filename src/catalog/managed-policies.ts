import { readDataBytesSync } from './data-file.ts';

/** An AWS managed policy of the shipped data. */
export interface ManagedPolicyEntry {
  readonly arn: string;
  readonly name: string;
  /** `/`, `/service-role/`, `/job-function/`, `/aws-service-role/` … */
  readonly path: string;
  readonly versionId: string;
  /** JSON text. */
  readonly document: string;
}

interface Line {
  readonly name: string;
  /** Null for a deprecated policy of which upstream has only the name. */
  readonly arn: string | null;
  readonly version: string;
  readonly document: object;
}

const PREFIX = 'arn:aws:iam::aws:policy/';
const LINE_START = '{"name":"';
const QUOTE = 0x22;
const LINE_END = 0x0a;

/** Where a line is in the file. */
interface Place {
  readonly start: number;
  readonly end: number;
}

/**
 * The shipped AWS managed policies. The file (3.5 MB) is read when a policy is first needed, and only the lines of needed
 * policies are made texts and parsed.
 */
export class ManagedPolicies {
  #bytes: Buffer = Buffer.alloc(0);
  #lines: Map<string, Place> | null = null;

  /** Also null for other partitions: the documents name ARNs of the partition `aws`. */
  find(arn: string): ManagedPolicyEntry | null {
    if (!arn.startsWith(PREFIX)) return null;
    const slash = arn.lastIndexOf('/');
    const name = arn.slice(slash + 1);
    const place = this.#read().get(name);
    if (place === undefined) return null;
    const line = JSON.parse(this.#bytes.toString('utf8', place.start, place.end)) as Line;
    if (line.arn !== null && line.arn !== arn) return null;
    const document = JSON.stringify(line.document);
    return { arn, name, path: arn.slice(PREFIX.length - 1, slash + 1), versionId: line.version, document };
  }

  #read(): Map<string, Place> {
    if (this.#lines !== null) return this.#lines;
    const bytes = readDataBytesSync('catalog/data/aws-managed-policies.jsonl');
    const lines = new Map<string, Place>();
    for (let start = 0; start < bytes.length; ) {
      const newline = bytes.indexOf(LINE_END, start);
      const end = newline < 0 ? bytes.length : newline;
      const from = start + LINE_START.length;
      if (end > start) lines.set(bytes.toString('utf8', from, bytes.indexOf(QUOTE, from)), { start, end });
      start = end + 1;
    }
    this.#bytes = bytes;
    this.#lines = lines;
    return lines;
  }
}
