-- What is known of a resource though there is none, and which resources a missing part of a layer concerns: so that a gap is named
-- only where it could change the answer. Rows of before know nothing more than their account does. An earlier version that still runs
-- leaves both columns out.

-- AlterTable
ALTER TABLE "AccountKnowledge" ADD COLUMN "concerns" TEXT[] DEFAULT ARRAY[]::TEXT[];

-- AlterTable
ALTER TABLE "Resource" ADD COLUMN "known" JSONB NOT NULL DEFAULT '[]';
