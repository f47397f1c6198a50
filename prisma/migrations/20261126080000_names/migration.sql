-- A slash at the end of an issuer's URL belongs to the name of its provider
UPDATE "OidcProvider" SET "arn" = "arn" || '/' WHERE "url" LIKE '%/' AND "arn" NOT LIKE '%/';

-- CreateIndex
CREATE INDEX "Role_accountId_name_idx" ON "Role"("accountId", "name");
