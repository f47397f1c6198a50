/** The sections of a file of AWS's form, with their keys in lower case. */
export type AwsFile = ReadonlyMap<string, ReadonlyMap<string, string>>;

/** The name of what stands before the first section. */
export const NO_SECTION = '';

/**
 * Reads `~/.aws/credentials` or `~/.aws/config`: `[section]`, `key = value`, comments with # and ;. Indented lines belong to
 * the key above them (`s3 =`) and are no keys of the profile. Sections and keys that come again are added to, the last value
 * counts. https://docs.aws.amazon.com/sdkref/latest/guide/file-format.html
 */
export function readAwsFile(text: string): AwsFile {
  const sections = new Map<string, Map<string, string>>();
  let name = NO_SECTION;
  for (const raw of text.replace(/^\uFEFF/, '').split(/\r?\n/)) {
    if (/^[\s#;]/.test(raw)) continue;
    const line = raw.replace(/\s[#;].*$/, '');
    const header = /^\[([^\]]*)\]/.exec(line)?.[1];
    const equals = line.indexOf('=');
    if (header !== undefined) name = header.trim().replace(/\s+/, ' ').replaceAll('"', '');
    else if (equals > 0) {
      const section = sections.get(name) ?? new Map<string, string>();
      sections.set(name, section.set(line.slice(0, equals).trim().toLowerCase(), line.slice(equals + 1).trim()));
    }
    if (!sections.has(name)) sections.set(name, new Map());
  }
  return sections;
}
