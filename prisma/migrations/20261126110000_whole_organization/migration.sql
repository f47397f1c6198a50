-- AlterTable
ALTER TABLE "Organization" ADD COLUMN     "rootName" TEXT NOT NULL DEFAULT 'Root';

-- AlterTable
ALTER TABLE "Account" ADD COLUMN     "alias" TEXT,
ADD COLUMN     "organizationPublicAccessBlock" JSONB,
ADD COLUMN     "publicAccessBlock" JSONB;

-- AlterTable
ALTER TABLE "ControlPolicy" ADD COLUMN     "description" TEXT;

-- AlterTable
ALTER TABLE "Resource" ADD COLUMN     "abacEnabled" BOOLEAN,
ADD COLUMN     "grants" JSONB NOT NULL DEFAULT '[]',
ADD COLUMN     "objectOwnership" TEXT,
ADD COLUMN     "publicAccessBlock" JSONB,
ADD COLUMN     "region" TEXT;

-- CreateTable
CREATE TABLE "AccountKnowledge" (
    "accountId" TEXT NOT NULL,
    "layer" TEXT NOT NULL,
    "service" TEXT NOT NULL DEFAULT '',
    "state" TEXT NOT NULL,
    "at" TIMESTAMP(3),
    "missing" TEXT[],

    CONSTRAINT "AccountKnowledge_pkey" PRIMARY KEY ("accountId","layer","service")
);

-- CreateTable
CREATE TABLE "VpcEndpoint" (
    "id" TEXT NOT NULL,
    "arn" TEXT NOT NULL,
    "accountId" TEXT NOT NULL,
    "region" TEXT NOT NULL,
    "vpcId" TEXT,
    "serviceName" TEXT NOT NULL,
    "type" TEXT NOT NULL,
    "tags" JSONB NOT NULL DEFAULT '{}',
    "policyHash" TEXT,

    CONSTRAINT "VpcEndpoint_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "VpcEndpoint_arn_key" ON "VpcEndpoint"("arn");

-- CreateIndex
CREATE INDEX "VpcEndpoint_accountId_id_idx" ON "VpcEndpoint"("accountId", "id");

-- CreateIndex
CREATE INDEX "VpcEndpoint_policyHash_idx" ON "VpcEndpoint"("policyHash");

-- AddForeignKey
ALTER TABLE "AccountKnowledge" ADD CONSTRAINT "AccountKnowledge_accountId_fkey" FOREIGN KEY ("accountId") REFERENCES "Account"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "VpcEndpoint" ADD CONSTRAINT "VpcEndpoint_accountId_fkey" FOREIGN KEY ("accountId") REFERENCES "Account"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "VpcEndpoint" ADD CONSTRAINT "VpcEndpoint_policyHash_fkey" FOREIGN KEY ("policyHash") REFERENCES "PolicyDocument"("hash") ON DELETE SET NULL ON UPDATE CASCADE;

-- What earlier versions imported: IAM's entities whole, and for some accounts their place in an organization. The time is not known
INSERT INTO "AccountKnowledge" ("accountId", "layer", "state", "missing")
SELECT a."id", layer, 'COMPLETE', '{}'
  FROM "Account" a, unnest(ARRAY['IDENTITY_POLICIES', 'TRUST_POLICIES', 'PERMISSIONS_BOUNDARIES']) AS layer
 WHERE EXISTS (SELECT FROM "Role" r WHERE r."accountId" = a."id") OR EXISTS (SELECT FROM "User" u WHERE u."accountId" = a."id");
INSERT INTO "AccountKnowledge" ("accountId", "layer", "state", "missing")
SELECT a."id", layer, 'COMPLETE', '{}'
  FROM "Account" a, unnest(ARRAY['ORGANIZATION', 'CONTROL_POLICIES']) AS layer
 WHERE a."membership" <> 'UNKNOWN';
