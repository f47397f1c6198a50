-- CreateEnum
CREATE TYPE "KeySessionKind" AS ENUM ('SESSION_TOKEN', 'FEDERATED_USER', 'SIGN_IN');

-- CreateEnum
CREATE TYPE "AuditOutcome" AS ENUM ('SUCCEEDED', 'REFUSED', 'FAILED');

-- AlterEnum


ALTER TYPE "SessionEnd" ADD VALUE 'SWITCHED';
ALTER TYPE "SessionEnd" ADD VALUE 'ROLE_DELETED';

-- DropForeignKey
ALTER TABLE "RoleSession" DROP CONSTRAINT "RoleSession_roleId_fkey";

-- AlterTable
ALTER TABLE "RoleSession" ADD COLUMN     "federatedProvider" TEXT,
ADD COLUMN     "federatedSubject" TEXT,
ADD COLUMN     "formerRoleId" TEXT,
ADD COLUMN     "mfaAuthenticatedAt" TIMESTAMP(3),
ADD COLUMN     "roleArn" TEXT,
ADD COLUMN     "sourceIp" TEXT,
ADD COLUMN     "userAgent" TEXT,
ALTER COLUMN "roleId" DROP NOT NULL;

-- Sessions know the ARN of their role themselves: it is gone from "Role" when the role is
UPDATE "RoleSession" s SET "roleArn" = r."arn" FROM "Role" r WHERE r."id" = s."roleId";
ALTER TABLE "RoleSession" ALTER COLUMN "roleArn" SET NOT NULL;

-- CreateTable
CREATE TABLE "KeySession" (
    "id" TEXT NOT NULL,
    "kind" "KeySessionKind" NOT NULL,
    "accessKeyId" TEXT,
    "keyId" TEXT NOT NULL,
    "principal" TEXT NOT NULL,
    "userId" TEXT,
    "federatedArn" TEXT,
    "tags" JSONB NOT NULL DEFAULT '{}',
    "sessionPolicies" TEXT[],
    "sessionPolicyArns" TEXT[],
    "mfaAuthenticatedAt" TIMESTAMP(3),
    "roleSessionId" TEXT,
    "sourceIp" TEXT,
    "userAgent" TEXT,
    "issuedAt" TIMESTAMP(3) NOT NULL,
    "expiresAt" TIMESTAMP(3) NOT NULL,
    "endedAt" TIMESTAMP(3),

    CONSTRAINT "KeySession_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "MfaDevice" (
    "serialNumber" TEXT NOT NULL,
    "accountId" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "seedId" TEXT NOT NULL,
    "createdAt" TIMESTAMP(3) NOT NULL,
    "userId" TEXT,
    "enabledAt" TIMESTAMP(3),
    "lastTimeStep" INTEGER,

    CONSTRAINT "MfaDevice_pkey" PRIMARY KEY ("serialNumber")
);

-- CreateTable
CREATE TABLE "OidcProvider" (
    "arn" TEXT NOT NULL,
    "accountId" TEXT NOT NULL,
    "url" TEXT NOT NULL,
    "clientIds" TEXT[],
    "jwks" JSONB NOT NULL,
    "createdAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "OidcProvider_pkey" PRIMARY KEY ("arn")
);

-- CreateTable
CREATE TABLE "SigningKey" (
    "generation" INTEGER NOT NULL,
    "createdAt" TIMESTAMP(3) NOT NULL,
    "retiredAt" TIMESTAMP(3),

    CONSTRAINT "SigningKey_pkey" PRIMARY KEY ("generation")
);

-- CreateTable
CREATE TABLE "AuditEvent" (
    "sequence" BIGSERIAL NOT NULL,
    "at" TIMESTAMP(3) NOT NULL,
    "requestId" TEXT,
    "event" TEXT NOT NULL,
    "principal" TEXT NOT NULL,
    "keyId" TEXT,
    "roleArn" TEXT,
    "roleSessionId" TEXT,
    "sourceIdentity" TEXT,
    "sourceIp" TEXT,
    "userAgent" TEXT,
    "action" TEXT,
    "target" TEXT,
    "outcome" "AuditOutcome" NOT NULL,
    "code" TEXT,
    "effect" TEXT,
    "deniedBy" TEXT,
    "revision" BIGINT,

    CONSTRAINT "AuditEvent_pkey" PRIMARY KEY ("sequence")
);

-- CreateIndex
CREATE UNIQUE INDEX "KeySession_accessKeyId_key" ON "KeySession"("accessKeyId");

-- CreateIndex
CREATE INDEX "KeySession_principal_issuedAt_idx" ON "KeySession"("principal", "issuedAt");

-- CreateIndex
CREATE INDEX "KeySession_userId_idx" ON "KeySession"("userId");

-- CreateIndex
CREATE INDEX "KeySession_roleSessionId_idx" ON "KeySession"("roleSessionId");

-- CreateIndex
CREATE UNIQUE INDEX "MfaDevice_seedId_key" ON "MfaDevice"("seedId");

-- CreateIndex
CREATE INDEX "MfaDevice_accountId_name_idx" ON "MfaDevice"("accountId", "name");

-- CreateIndex
CREATE INDEX "MfaDevice_userId_idx" ON "MfaDevice"("userId");

-- CreateIndex
CREATE INDEX "OidcProvider_accountId_arn_idx" ON "OidcProvider"("accountId", "arn");

-- CreateIndex
CREATE INDEX "AuditEvent_principal_sequence_idx" ON "AuditEvent"("principal", "sequence");

-- CreateIndex
CREATE INDEX "AuditEvent_target_sequence_idx" ON "AuditEvent"("target", "sequence");

-- CreateIndex
CREATE INDEX "AuditEvent_event_sequence_idx" ON "AuditEvent"("event", "sequence");

-- CreateIndex
CREATE INDEX "RoleSession_roleArn_issuedAt_idx" ON "RoleSession"("roleArn", "issuedAt");

-- CreateIndex
CREATE INDEX "RoleSession_assumedBy_issuedAt_idx" ON "RoleSession"("assumedBy", "issuedAt");

-- AddForeignKey
ALTER TABLE "RoleSession" ADD CONSTRAINT "RoleSession_roleId_fkey" FOREIGN KEY ("roleId") REFERENCES "Role"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "KeySession" ADD CONSTRAINT "KeySession_userId_fkey" FOREIGN KEY ("userId") REFERENCES "User"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "KeySession" ADD CONSTRAINT "KeySession_roleSessionId_fkey" FOREIGN KEY ("roleSessionId") REFERENCES "RoleSession"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "MfaDevice" ADD CONSTRAINT "MfaDevice_accountId_fkey" FOREIGN KEY ("accountId") REFERENCES "Account"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "MfaDevice" ADD CONSTRAINT "MfaDevice_userId_fkey" FOREIGN KEY ("userId") REFERENCES "User"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "OidcProvider" ADD CONSTRAINT "OidcProvider_accountId_fkey" FOREIGN KEY ("accountId") REFERENCES "Account"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- The first generation of the key that session tokens are signed with
INSERT INTO "SigningKey" ("generation", "createdAt") VALUES (1, '1970-01-01');

-- A role takes its sessions with it, whoever deletes it; their rows stay
CREATE FUNCTION "endSessionsOfRole"() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  instant timestamp(3) := timezone('UTC', clock_timestamp());
BEGIN
  UPDATE "RoleSession"
     SET "formerRoleId" = OLD."id",
         "endReason" = CASE
           WHEN "endedAt" IS NOT NULL OR "expiresAt" <= instant THEN "endReason"
           ELSE 'ROLE_DELETED'::"SessionEnd"
         END,
         "endedAt" = coalesce("endedAt", least("expiresAt", instant))
   WHERE "roleId" = OLD."id";
  RETURN OLD;
END;
$$;

CREATE TRIGGER "Role_endSessions" BEFORE DELETE ON "Role"
  FOR EACH ROW EXECUTE FUNCTION "endSessionsOfRole"();

-- The audit trail only grows
CREATE FUNCTION "refuseChangeOfAuditTrail"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'the audit trail is never changed: % was refused', TG_OP USING ERRCODE = 'insufficient_privilege';
END;
$$;

CREATE TRIGGER "AuditEvent_appendOnly" BEFORE UPDATE OR DELETE OR TRUNCATE ON "AuditEvent"
  FOR EACH STATEMENT EXECUTE FUNCTION "refuseChangeOfAuditTrail"();
