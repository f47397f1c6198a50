/** FNV-1a over the end, where names differ most, and every fourth character before it. For places in tables: not for secrets. */
export function textHash(text: string): number {
  let hash = 0x811c9dc5 ^ text.length;
  const end = Math.max(0, text.length - 12);
  for (let i = 0; i < end; i += 4) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  for (let i = end; i < text.length; i += 1) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash ^ (hash >>> 15);
}
