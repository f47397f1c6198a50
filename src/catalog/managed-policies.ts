import { readDataFileSync } from './data-file.ts';

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

/**
 * The shipped AWS managed policies. The file (3.5 MB) is read when a policy is first needed, and only the lines of needed
 * policies are parsed.
 */
export class ManagedPolicies {
  #lines: Map<string, string> | null = null;

  /** Also null for other partitions: the documents name ARNs of the partition `aws`. */
  find(arn: string): ManagedPolicyEntry | null {
    if (!arn.startsWith(PREFIX)) return null;
    const slash = arn.lastIndexOf('/');
    const name = arn.slice(slash + 1);
    const text = this.#read().get(name);
    if (text === undefined) return null;
    const line = JSON.parse(text) as Line;
    if (line.arn !== null && line.arn !== arn) return null;
    const document = JSON.stringify(line.document);
    return { arn, name, path: arn.slice(PREFIX.length - 1, slash + 1), versionId: line.version, document };
  }

  #read(): Map<string, string> {
    if (this.#lines === null) {
      this.#lines = new Map();
      for (const line of readDataFileSync('catalog/data/aws-managed-policies.jsonl').split('\n')) {
        if (line !== '') this.#lines.set(line.slice(LINE_START.length, line.indexOf('"', LINE_START.length)), line);
      }
    }
    return this.#lines;
  }
}
