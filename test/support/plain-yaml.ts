/** Values of the plain YAML in which we write: maps, lists and scalars by indentation, inline lists, anchors and merges. */
export type Yaml = string | null | readonly Yaml[] | { readonly [name: string]: Yaml };

interface Line {
  readonly indent: number;
  readonly text: string;
}

/** The documents of a file. Throws at what is not that plain, such as a tab or a line that is no entry. */
export function parsePlainYaml(text: string): readonly Yaml[] {
  if (text.includes('\t')) throw new Error('a tab');
  return text.split(/^---$/m).map((document) => new Reader(linesOf(document)).document());
}

function linesOf(text: string): readonly Line[] {
  return text.split('\n').flatMap((line) => {
    const shown = line.replace(/(?:^|\s)#.*$/, '').trimEnd();
    return shown === '' ? [] : [{ indent: shown.length - shown.trimStart().length, text: shown.trimStart() }];
  });
}

class Reader {
  readonly #lines: Line[];
  readonly #anchors = new Map<string, Yaml>();

  constructor(lines: readonly Line[]) {
    this.#lines = [...lines];
  }

  document(): Yaml {
    const value = this.#block(0);
    if (this.#lines.length > 0) throw new Error(`not read: ${this.#lines[0]?.text}`);
    return value;
  }

  #block(indent: number): Yaml {
    return this.#lines[0]?.text.startsWith('- ') === true ? this.#list(indent) : this.#map(indent);
  }

  #list(indent: number): readonly Yaml[] {
    const items: Yaml[] = [];
    for (let line = this.#lines[0]; line?.indent === indent && line.text.startsWith('- '); line = this.#lines[0]) {
      const rest = line.text.slice(2);
      this.#lines.shift();
      if (!/^[\w.\-/]+:(?: |$)/.test(rest)) items.push(scalar(rest));
      else {
        this.#lines.unshift({ indent: indent + 2, text: rest });
        items.push(this.#map(indent + 2));
      }
    }
    return items;
  }

  #map(indent: number): Yaml {
    const map: Record<string, Yaml> = {};
    for (let line = this.#lines[0]; line?.indent === indent && !line.text.startsWith('- '); line = this.#lines[0]) {
      const [, name, given = ''] = /^([\w.\-/<]+):(?: (.*))?$/.exec(line.text) ?? [];
      if (name === undefined) throw new Error(`no entry: ${line.text}`);
      if (name in map) throw new Error(`twice: ${name}`);
      this.#lines.shift();
      if (name === '<<') {
        Object.assign(map, this.#anchors.get(given.slice(1)));
        continue;
      }
      const anchor = /^&(\w+)$/.exec(given)?.[1];
      map[name] = given === '' || anchor !== undefined ? this.#below(indent) : scalar(given);
      if (anchor !== undefined) this.#anchors.set(anchor, map[name]);
    }
    return map;
  }

  #below(indent: number): Yaml {
    const [next] = this.#lines;
    return next === undefined || next.indent <= indent ? null : this.#block(next.indent);
  }
}

function scalar(text: string): Yaml {
  if (text.startsWith('[')) return JSON.parse(text) as Yaml; // as: a list of texts
  return /^(["']).*\1$/.test(text) ? text.slice(1, -1) : text;
}
