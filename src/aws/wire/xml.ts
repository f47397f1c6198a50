const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
  // A parser would read a bare one as a line feed.
  '\r': '&#xD;',
};

/** Nothing in it has to be escaped: nearly all texts. */
const PLAIN = /^[ !#-%(-;=?-~]*$/;

/** Text of an element. XML 1.0 cannot hold other control characters, U+FFFE, U+FFFF or half a surrogate pair: they become U+FFFD. */
export function xmlText(text: string): string {
  if (PLAIN.test(text)) return text;
  return text
    .replace(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, '\uFFFD')
    .replace(/[&<>"'\r]/g, (char) => ESCAPES[char] ?? char);
}

/** An element; `content`: markup. */
export function element(name: string, content: string, attributes = ''): string {
  return content === '' ? `<${name}${attributes}/>` : `<${name}${attributes}>${content}</${name}>`;
}
