-- What IAM keeps of policies and instance profiles that are made here.

-- AlterTable
ALTER TABLE "InstanceProfile" ADD COLUMN     "tags" JSONB NOT NULL DEFAULT '{}';

-- AlterTable
ALTER TABLE "ManagedPolicy" ADD COLUMN     "description" TEXT,
ADD COLUMN     "newestVersion" INTEGER NOT NULL DEFAULT 0,
ADD COLUMN     "tags" JSONB NOT NULL DEFAULT '{}';
