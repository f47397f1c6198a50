-- CreateIndex
CREATE INDEX "Role_accountId_name_idx" ON "Role"("accountId", "name");
