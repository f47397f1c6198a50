// The production part of a lockfile: what `npm ci --omit=dev` has to install, and nothing that only makes or tests it.

/** Where `name` is found by a package at `from` ("node_modules/a/node_modules/b"), as Node looks for it. Undefined: nowhere. */
function resolveIn(packages, from, name) {
  const path = from === '' ? `node_modules/${name}` : `${from}/node_modules/${name}`;
  if (packages[path] !== undefined) return path;
  if (from === '') return undefined;
  return resolveIn(packages, from.slice(0, Math.max(0, from.lastIndexOf('/node_modules/'))), name);
}

/** Names that a package cannot run without, and those that it takes where they are. */
function needs({ dependencies = {}, optionalDependencies = {}, peerDependencies = {}, peerDependenciesMeta = {} }) {
  const required = [...Object.keys(dependencies), ...Object.keys(peerDependencies)].filter(
    (name) => peerDependenciesMeta[name]?.optional !== true && optionalDependencies[name] === undefined,
  );
  return { required, optional: Object.keys(optionalDependencies) };
}

/**
 * Paths of the packages that `root` (the first entry of a lockfile, or a package.json) needs in production, in the
 * lockfile's order. Optional peers stay out: `@prisma/client` names `prisma` as one, which only makes it. Throws if one
 * that is needed is not in the lockfile.
 */
export function productionPaths(packages, root) {
  const found = new Set();
  const waiting = [['', root]];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const [from, entry] = next;
    const { required, optional } = needs(entry);
    for (const name of [...required, ...optional]) {
      const path = resolveIn(packages, from, name);
      if (path === undefined) {
        if (optional.includes(name)) continue;
        throw new Error(`package-lock.json lacks ${name}, which ${from || 'the project'} needs`);
      }
      if (found.has(path)) continue;
      found.add(path);
      waiting.push([path, packages[path]]);
    }
  }
  return Object.keys(packages).filter((path) => found.has(path));
}

/** The lockfile of the package: `manifest` is its package.json. */
export function productionPart(lock, manifest) {
  const { name, version, license, dependencies, bin, engines } = manifest;
  const entries = productionPaths(lock.packages, manifest).map((path) => {
    const { dev: _dev, devOptional: _devOptional, ...entry } = lock.packages[path];
    return [path, entry];
  });
  return {
    ...lock,
    packages: { '': { name, version, license, dependencies, bin, engines }, ...Object.fromEntries(entries) },
  };
}
