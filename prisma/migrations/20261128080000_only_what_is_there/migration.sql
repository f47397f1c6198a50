-- An inline policy or an attachment belongs to one user, group or role, and has nothing in the two other columns. Indexes leave
-- those out: every new row had three entries where one says all. Conditions are not said in schema.prisma: Prisma leaves such
-- indexes alone. Their names stay.

-- DropIndex
DROP INDEX "InlinePolicy_userId_name_key";
DROP INDEX "InlinePolicy_groupId_name_key";
DROP INDEX "InlinePolicy_roleId_name_key";
DROP INDEX "PolicyAttachment_userId_policyId_key";
DROP INDEX "PolicyAttachment_groupId_policyId_key";
DROP INDEX "PolicyAttachment_roleId_policyId_key";
DROP INDEX "User_boundaryId_idx";
DROP INDEX "Role_boundaryId_idx";

-- CreateIndex
CREATE UNIQUE INDEX "InlinePolicy_userId_name_key" ON "InlinePolicy"("userId", "name") WHERE "userId" IS NOT NULL;
CREATE UNIQUE INDEX "InlinePolicy_groupId_name_key" ON "InlinePolicy"("groupId", "name") WHERE "groupId" IS NOT NULL;
CREATE UNIQUE INDEX "InlinePolicy_roleId_name_key" ON "InlinePolicy"("roleId", "name") WHERE "roleId" IS NOT NULL;
CREATE UNIQUE INDEX "PolicyAttachment_userId_policyId_key" ON "PolicyAttachment"("userId", "policyId") WHERE "userId" IS NOT NULL;
CREATE UNIQUE INDEX "PolicyAttachment_groupId_policyId_key" ON "PolicyAttachment"("groupId", "policyId") WHERE "groupId" IS NOT NULL;
CREATE UNIQUE INDEX "PolicyAttachment_roleId_policyId_key" ON "PolicyAttachment"("roleId", "policyId") WHERE "roleId" IS NOT NULL;
CREATE INDEX "User_boundaryId_idx" ON "User"("boundaryId") WHERE "boundaryId" IS NOT NULL;
CREATE INDEX "Role_boundaryId_idx" ON "Role"("boundaryId") WHERE "boundaryId" IS NOT NULL;
