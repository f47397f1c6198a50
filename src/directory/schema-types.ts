/** The directory's rows as Pothos knows them: for the schema alone. */
export { type default as PrismaTypes, getDatamodel } from '../generated/pothos-prisma-types.ts';
