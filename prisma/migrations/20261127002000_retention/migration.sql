-- Up to where the log of changes and the audit trail were removed: what is missing there must not be taken for what never was
ALTER TABLE "DirectoryState" ADD COLUMN     "prunedEvent" BIGINT,
ADD COLUMN     "prunedRevision" BIGINT,
ADD COLUMN     "prunedSessions" BIGINT;

-- AlterTable
ALTER TABLE "PolicyDocument" ADD COLUMN     "unreferencedSince" TIMESTAMP(3);

-- CreateTable
CREATE TABLE "AuditEventDocument" (
    "hash" TEXT NOT NULL,
    "sequence" BIGINT NOT NULL,

    CONSTRAINT "AuditEventDocument_pkey" PRIMARY KEY ("sequence","hash")
);

-- CreateIndex
CREATE INDEX "AuditEventDocument_hash_idx" ON "AuditEventDocument"("hash");

-- AddForeignKey
ALTER TABLE "AuditEventDocument" ADD CONSTRAINT "AuditEventDocument_sequence_fkey" FOREIGN KEY ("sequence") REFERENCES "AuditEvent"("sequence") ON DELETE RESTRICT ON UPDATE CASCADE;

-- The documents of the events that there are
INSERT INTO "AuditEventDocument" ("hash", "sequence")
SELECT DISTINCT substr(p.value, 8), e."sequence"
  FROM "AuditEvent" e CROSS JOIN LATERAL jsonb_each_text(e."parameters") p
 WHERE jsonb_typeof(e."parameters") = 'object' AND p.value ~ '^sha256:[0-9a-f]{64}$';

-- Sessions by their end: "least" leaves a missing time out. Prisma's schema cannot name these two
CREATE INDEX "RoleSession_end_idx" ON "RoleSession"(least("endedAt", "expiresAt"), "id");
CREATE INDEX "KeySession_end_idx" ON "KeySession"(least("endedAt", "expiresAt"), "id");

-- Only the beginning of the audit trail can be removed, up to the event that the state of the directory names
CREATE FUNCTION "refuseRemovalOfKeptEvent"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD."sequence" > coalesce((SELECT "prunedEvent" FROM "DirectoryState" WHERE "id" = 1), 0) THEN
    RAISE EXCEPTION 'the audit trail is never changed: % was refused', TG_OP USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN OLD;
END;
$$;

DROP TRIGGER "AuditEvent_appendOnly" ON "AuditEvent";
CREATE TRIGGER "AuditEvent_unchanged" BEFORE UPDATE OR TRUNCATE ON "AuditEvent"
  FOR EACH STATEMENT EXECUTE FUNCTION "refuseChangeOfAuditTrail"();
CREATE TRIGGER "AuditEvent_kept" BEFORE DELETE ON "AuditEvent"
  FOR EACH ROW EXECUTE FUNCTION "refuseRemovalOfKeptEvent"();

DROP TRIGGER "AuditEventAccount_appendOnly" ON "AuditEventAccount";
CREATE TRIGGER "AuditEventAccount_unchanged" BEFORE UPDATE OR TRUNCATE ON "AuditEventAccount"
  FOR EACH STATEMENT EXECUTE FUNCTION "refuseChangeOfAuditTrail"();
CREATE TRIGGER "AuditEventAccount_kept" BEFORE DELETE ON "AuditEventAccount"
  FOR EACH ROW EXECUTE FUNCTION "refuseRemovalOfKeptEvent"();

CREATE TRIGGER "AuditEventDocument_unchanged" BEFORE UPDATE OR TRUNCATE ON "AuditEventDocument"
  FOR EACH STATEMENT EXECUTE FUNCTION "refuseChangeOfAuditTrail"();
CREATE TRIGGER "AuditEventDocument_kept" BEFORE DELETE ON "AuditEventDocument"
  FOR EACH ROW EXECUTE FUNCTION "refuseRemovalOfKeptEvent"();

DROP TRIGGER "AuditRepetition_kept" ON "AuditRepetition";
CREATE TRIGGER "AuditRepetition_untruncated" BEFORE TRUNCATE ON "AuditRepetition"
  FOR EACH STATEMENT EXECUTE FUNCTION "refuseChangeOfAuditTrail"();
CREATE TRIGGER "AuditRepetition_kept" BEFORE DELETE ON "AuditRepetition"
  FOR EACH ROW EXECUTE FUNCTION "refuseRemovalOfKeptEvent"();
