-- AlterTable
ALTER TABLE "AuditEvent" ADD COLUMN     "parameters" JSONB;
