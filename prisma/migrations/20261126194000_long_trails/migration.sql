-- How often the failure of an event was repeated. The events themselves are never changed
CREATE TABLE "AuditRepetition" (
    "sequence" BIGINT NOT NULL,
    "key" TEXT NOT NULL,
    "firstAt" TIMESTAMP(3) NOT NULL,
    "lastAt" TIMESTAMP(3) NOT NULL,
    "count" INTEGER NOT NULL,

    CONSTRAINT "AuditRepetition_pkey" PRIMARY KEY ("sequence")
);

-- CreateIndex
CREATE INDEX "AuditRepetition_key_firstAt_idx" ON "AuditRepetition"("key", "firstAt");

-- AddForeignKey
ALTER TABLE "AuditRepetition" ADD CONSTRAINT "AuditRepetition_sequence_fkey" FOREIGN KEY ("sequence") REFERENCES "AuditEvent"("sequence") ON DELETE CASCADE ON UPDATE CASCADE;

-- A repetition is only counted up
CREATE FUNCTION "refuseOtherRepetition"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW."sequence" <> OLD."sequence" OR NEW."key" <> OLD."key" OR NEW."firstAt" <> OLD."firstAt"
    OR NEW."lastAt" < OLD."lastAt" OR NEW."count" < OLD."count" THEN
    RAISE EXCEPTION 'a repetition in the audit trail is only counted up' USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN NEW;
END;
$$;

CREATE TRIGGER "AuditRepetition_countedUp" BEFORE UPDATE ON "AuditRepetition"
  FOR EACH ROW EXECUTE FUNCTION "refuseOtherRepetition"();

-- They are a part of the trail, which only grows
CREATE TRIGGER "AuditRepetition_kept" BEFORE DELETE OR TRUNCATE ON "AuditRepetition"
  FOR EACH STATEMENT EXECUTE FUNCTION "refuseChangeOfAuditTrail"();

-- CreateIndex
CREATE INDEX "AuditEvent_outcome_sequence_idx" ON "AuditEvent"("outcome", "sequence");

-- CreateIndex
CREATE INDEX "AuditEvent_roleSessionId_sequence_idx" ON "AuditEvent"("roleSessionId", "sequence");

-- CreateIndex
CREATE INDEX "AuditEvent_at_sequence_idx" ON "AuditEvent"("at", "sequence");

-- CreateIndex
CREATE INDEX "RoleSession_issuedAt_id_idx" ON "RoleSession"("issuedAt", "id");

-- DropIndex
DROP INDEX "RoleSession_arn_idx";

-- CreateIndex
CREATE INDEX "RoleSession_arn_issuedAt_idx" ON "RoleSession"("arn", "issuedAt");

-- Sessions that have not ended are few among all that ever were. Prisma's schema cannot name these two
CREATE INDEX "RoleSession_live_idx" ON "RoleSession"("arn", "issuedAt" DESC) WHERE "endedAt" IS NULL;
CREATE INDEX "RoleSession_expiresAt_live_idx" ON "RoleSession"("expiresAt") WHERE "endedAt" IS NULL;
