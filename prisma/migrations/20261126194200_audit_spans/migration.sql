-- The earliest and the latest event of each 512 numbers of the audit trail: what is looked for by time is near by number, but
-- clocks of gateways differ, and step back
CREATE TABLE "AuditSpan" (
    "block" BIGINT NOT NULL,
    "earliest" TIMESTAMP(3) NOT NULL,
    "latest" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "AuditSpan_pkey" PRIMARY KEY ("block")
);

INSERT INTO "AuditSpan" ("block", "earliest", "latest")
SELECT "sequence" / 512, min("at"), max("at") FROM "AuditEvent" GROUP BY 1;

-- Sessions of an account are looked for by the beginning of their role's ARN, whatever the collation of the database
CREATE INDEX "RoleSession_roleArn_prefix_idx" ON "RoleSession"("roleArn" text_pattern_ops, "issuedAt");
