-- CreateTable
CREATE TABLE "AuditEventAccount" (
    "accountId" TEXT NOT NULL,
    "sequence" BIGINT NOT NULL,

    CONSTRAINT "AuditEventAccount_pkey" PRIMARY KEY ("sequence","accountId")
);

-- CreateIndex
CREATE INDEX "AuditEventAccount_accountId_sequence_idx" ON "AuditEventAccount"("accountId", "sequence");

-- AddForeignKey
ALTER TABLE "AuditEventAccount" ADD CONSTRAINT "AuditEventAccount_sequence_fkey" FOREIGN KEY ("sequence") REFERENCES "AuditEvent"("sequence") ON DELETE RESTRICT ON UPDATE CASCADE;

-- The accounts of the events that there are, as far as they can still be known
INSERT INTO "AuditEventAccount" ("accountId", "sequence")
SELECT DISTINCT a."accountId", e."sequence"
  FROM "AuditEvent" e CROSS JOIN LATERAL (
    SELECT split_part(e."principal", ':', 5) AS "accountId"
    UNION ALL SELECT split_part(e."target", ':', 5)
    -- An import: its account is all of the target
    UNION ALL SELECT e."target"
    UNION ALL SELECT u."accountId" FROM "AccessKey" k JOIN "User" u ON u."id" = k."userId" WHERE k."id" = e."target"
    UNION ALL SELECT split_part(s."roleArn", ':', 5) FROM "RoleSession" s WHERE s."accessKeyId" = e."target"
    UNION ALL SELECT split_part(s."principal", ':', 5) FROM "KeySession" s WHERE s."accessKeyId" = e."target"
  ) a
 WHERE a."accountId" ~ '^[0-9]{12}$';

-- They are a part of the trail, which only grows
CREATE TRIGGER "AuditEventAccount_appendOnly" BEFORE UPDATE OR DELETE OR TRUNCATE ON "AuditEventAccount"
  FOR EACH STATEMENT EXECUTE FUNCTION "refuseChangeOfAuditTrail"();
