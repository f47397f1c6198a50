-- AlterTable
ALTER TABLE "Resource" ADD COLUMN     "accessPoint" JSONB;
