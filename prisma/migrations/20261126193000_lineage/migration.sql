-- AlterTable
ALTER TABLE "DirectoryState" ADD COLUMN     "restoredRevision" BIGINT;
