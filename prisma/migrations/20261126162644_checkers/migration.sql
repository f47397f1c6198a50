-- CreateTable
CREATE TABLE "Checker" (
    "id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "tokenHash" TEXT NOT NULL,
    "allAccounts" BOOLEAN NOT NULL,
    "accountIds" TEXT[],
    "actions" TEXT[],
    "search" BOOLEAN NOT NULL DEFAULT false,
    "maker" TEXT NOT NULL,
    "userId" TEXT,
    "roleId" TEXT,
    "keyId" TEXT,
    "keySessionId" TEXT,
    "roleSessionId" TEXT,
    "createdAt" TIMESTAMP(3) NOT NULL,
    "rotatedAt" TIMESTAMP(3),
    "expiresAt" TIMESTAMP(3) NOT NULL,
    "lastUsedAt" TIMESTAMP(3),

    CONSTRAINT "Checker_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "Checker_tokenHash_key" ON "Checker"("tokenHash");

-- CreateIndex
CREATE INDEX "Checker_createdAt_id_idx" ON "Checker"("createdAt", "id");

-- CreateIndex
CREATE INDEX "Checker_userId_idx" ON "Checker"("userId");

-- CreateIndex
CREATE INDEX "Checker_roleId_idx" ON "Checker"("roleId");

-- AddForeignKey
ALTER TABLE "Checker" ADD CONSTRAINT "Checker_userId_fkey" FOREIGN KEY ("userId") REFERENCES "User"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Checker" ADD CONSTRAINT "Checker_roleId_fkey" FOREIGN KEY ("roleId") REFERENCES "Role"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- Without a maker it would be the operator's, and without accounts it would be for all of them
ALTER TABLE "Checker" ADD CONSTRAINT "Checker_maker_check" CHECK (
  num_nonnulls("userId", "roleId") = CASE WHEN "maker" = 'operator' THEN 0 ELSE 1 END
  AND ("roleId" IS NULL) = ("roleSessionId" IS NULL)
  AND ("userId" IS NULL) = ("keyId" IS NULL)
  AND ("userId" IS NOT NULL OR "keySessionId" IS NULL)
);
ALTER TABLE "Checker" ADD CONSTRAINT "Checker_scope_check" CHECK ("allAccounts" = (cardinality("accountIds") = 0) AND ("maker" = 'operator' OR NOT "allAccounts"));
ALTER TABLE "Checker" ADD CONSTRAINT "Checker_actions_check" CHECK (cardinality("actions") > 0);
