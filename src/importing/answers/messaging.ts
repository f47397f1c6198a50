import { type Answer, hasMembers, homeOf, type Operation, partitionOf, required } from './answer.ts';
import {
  arnOfArgument,
  documentIn,
  listAnswer,
  nameListAnswer,
  ownPolicyAnswer,
  type ResourceNaming,
  sayResource,
  tagsIn,
} from './resource-answers.ts';

const QUEUE: ResourceNaming = { service: 'sqs', prefix: '', noun: 'queue', arnOf: queueArn };
const TOPIC: ResourceNaming = { service: 'sns', prefix: '', noun: 'topic' };
const BUS: ResourceNaming = { service: 'events', prefix: 'event-bus/', noun: 'event bus' };

/** Amazon SQS, Amazon SNS and Amazon EventBridge. */
export const MESSAGING: readonly Operation[] = [
  // Unless a size of pages is asked for, SQS prints 1,000 queues and no token for the others.
  // https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ListQueues.html
  nameListAnswer('sqs list-queues', 'queues', 'QueueUrls', queueArn, 1000),
  {
    command: 'sqs get-queue-attributes',
    looksLike: (json) => isAttributesWith(json, 'QueueArn'),
    read: readQueue,
  },
  {
    command: 'sqs list-queue-tags',
    read: (answer) => {
      const arn = arnOfArgument(answer, QUEUE);
      const tags = tagsIn(answer.entry) ?? {};
      if (arn !== null) sayResource(answer, arn, { tags });
    },
  },
  listAnswer('sns list-topics', 'topics', 'Topics', {
    looksLike: hasMembers('Topics'),
    arnOf: (entry) => required(entry, 'TopicArn'),
  }),
  {
    command: 'sns get-topic-attributes',
    looksLike: (json) => isAttributesWith(json, 'TopicArn'),
    read: (answer) => {
      const entry = answer.entry.child('Attributes');
      const arn = entry?.text('TopicArn') ?? arnOfArgument(answer, TOPIC);
      if (entry !== null && arn !== null) sayResource(answer, arn, { policy: documentIn(answer, entry, 'Policy') });
    },
  },
  {
    command: 'sns list-tags-for-resource',
    read: (answer) => {
      const arn = arnOfArgument(answer, TOPIC);
      const tags = answer.entry.tags();
      if (arn !== null && tags !== undefined) sayResource(answer, arn, { tags });
    },
  },
  listAnswer('events list-event-buses', 'event buses', 'EventBuses', {
    looksLike: hasMembers('EventBuses'),
    arnOf: (entry) => required(entry, 'Arn'),
    // This list has the policies too.
    patchOf: (entry, answer) => ({ policy: documentIn(answer, entry, 'Policy') }),
  }),
  ownPolicyAnswer('events describe-event-bus', BUS, {
    arn: 'Arn',
    member: 'Policy',
    noneCodes: [],
    looksLike: (json) => typeof json['Arn'] === 'string' && /^arn:[^:]*:events:.*:event-bus\//.test(json['Arn']),
  }),
];

function isAttributesWith(json: Readonly<Record<string, unknown>>, member: string): boolean {
  const attributes = json['Attributes'];
  return typeof attributes === 'object' && attributes !== null && Object.hasOwn(attributes, member);
}

/** `https://sqs.us-east-1.amazonaws.com/111111111111/name` and older forms of it. */
function queueArn(url: string, answer: Answer): string | null {
  if (url.startsWith('arn:')) return url;
  const [, host = '', accountId, name] = /^https:\/\/([^/]{1,255})\/(\d{12})\/([\w.-]{1,80})$/.exec(url) ?? [];
  const region = /(?:^|\.)([a-z]{2,5}(?:-[a-z]+)+-\d{1,2})\./.exec(host)?.[1] ?? homeOf(answer)?.region;
  if (accountId === undefined || name === undefined || region === undefined) {
    answer.facts.note({ file: answer.file, place: url }, 'expected the URL of a queue; it is left out');
    return null;
  }
  return `arn:${partitionOf(answer)}:sqs:${region}:${accountId}:${name}`;
}

/** Only with all attributes, which have the time of creation, a policy that is not there does not exist. */
function readQueue(answer: Answer): void {
  // A queue without any of the attributes that were asked for prints nothing.
  const entry = answer.entry.child('Attributes');
  const arn = entry?.text('QueueArn') ?? arnOfArgument(answer, QUEUE);
  if (arn === null) return;
  const isKnown = entry !== null && (entry.get('Policy') !== undefined || entry.get('CreatedTimestamp') !== undefined);
  sayResource(answer, arn, isKnown ? { policy: documentIn(answer, entry, 'Policy') } : {});
}
