-- IAM names users, groups, roles and instance profiles by name, in an account, without regard to case and path; and lists them
-- and policies in the order of their names. Expressions are not said in schema.prisma: Prisma leaves such indexes alone.

-- CreateIndex
CREATE INDEX "User_accountId_lower_name_idx" ON "User"("accountId", (lower("name") COLLATE "C"), "id");

-- CreateIndex
CREATE INDEX "Group_accountId_lower_name_idx" ON "Group"("accountId", (lower("name") COLLATE "C"), "id");

-- CreateIndex
CREATE INDEX "Role_accountId_lower_name_idx" ON "Role"("accountId", (lower("name") COLLATE "C"), "id");

-- CreateIndex
CREATE INDEX "ManagedPolicy_accountId_lower_name_idx" ON "ManagedPolicy"("accountId", (lower("name") COLLATE "C"), "id");

-- CreateIndex
CREATE INDEX "InstanceProfile_account_lower_name_idx" ON "InstanceProfile"(split_part("arn", ':', 5), (lower("name") COLLATE "C"), "id");
