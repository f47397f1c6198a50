-- Findings that somebody has set apart, with the reason
CREATE TABLE "FindingAcknowledgement" (
    "findingId" TEXT NOT NULL,
    "accountId" TEXT NOT NULL,
    "reason" TEXT NOT NULL,
    "acknowledgedAt" TIMESTAMP(3) NOT NULL,
    "until" TIMESTAMP(3),

    CONSTRAINT "FindingAcknowledgement_pkey" PRIMARY KEY ("accountId", "findingId")
);
