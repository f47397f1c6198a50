import { LRUCache } from 'lru-cache';

/**
 * Characters of the documents that are kept. A parsed document has 100 to 250 bytes for each of its characters, and anybody may send
 * documents.
 */
const MOST_CHARACTERS = 400_000;
const MOST_DOCUMENTS = 1_000;

/** What is known of documents by their text, bounded by their length. A longer one is not kept. */
export function documentCache<Known extends object>(): LRUCache<string, Known> {
  return new LRUCache({
    max: MOST_DOCUMENTS,
    maxSize: MOST_CHARACTERS,
    sizeCalculation: (_known, text) => text.length + 1,
  });
}
