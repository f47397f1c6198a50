import type { JsonObject } from '../policy/json.ts';

/** Members by which AWS says that more follows; the command line adds `NextToken` itself if it is given `--max-items`. */
const TOKENS = [
  'Marker',
  'NextToken',
  'nextToken',
  'NextMarker',
  'ContinuationToken',
  'LastEvaluatedTableName',
  'position',
];
const FLAGS = ['IsTruncated', 'Truncated', 'HasMoreStreams'];

/** Whether an answer is a page after which more follows. */
export function isTruncated(answer: JsonObject): boolean {
  return (
    FLAGS.some((name) => Object.hasOwn(answer, name) && answer[name] === true) ||
    TOKENS.some((name) => Object.hasOwn(answer, name) && typeof answer[name] === 'string' && answer[name] !== '')
  );
}
