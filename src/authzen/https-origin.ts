const FORM = /^https:\/\/[^/?#\\\s@]+\/?$/i;

/** `https://host[:port]` of a text that is just that, with or without a slash at its end; null: it is something else. */
export function httpsOrigin(text: string): string | null {
  return FORM.test(text) && URL.canParse(text) ? new URL(text).origin : null;
}
