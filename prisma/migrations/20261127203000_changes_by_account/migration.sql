-- Who follows the changes of some accounts is not to read those of all others
CREATE INDEX "DirectoryChange_accountIds_idx" ON "DirectoryChange" USING GIN ("accountIds");
