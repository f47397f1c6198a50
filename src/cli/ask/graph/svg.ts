import { CommandFailed } from '../../failure.ts';
import { FONT } from './dot.ts';

/** The picture of a graph in Graphviz's language, by Graphviz as WebAssembly. Throws CommandFailed. */
export async function svgOf(dot: string): Promise<string> {
  // Nobody else waits for it.
  const { instance } = await import('@viz-js/viz');
  const viz = await instance();
  const result = viz.render(dot, { format: 'svg', engine: 'dot' });
  if (result.status === 'success')
    return result.output.replaceAll(`font-family="${FONT}"`, `font-family="${FONT}, 'DejaVu Sans', sans-serif"`);
  throw new CommandFailed(`the graph cannot be drawn: ${result.errors.map(({ message }) => message).join('; ')}`);
}
