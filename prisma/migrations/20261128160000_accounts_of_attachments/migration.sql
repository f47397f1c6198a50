-- Which accounts use a policy of AWS, without a look at each user, group and role that does: an attachment says the account of its
-- holder, and the indexes by policy and by boundary have the account, too. An earlier version that still runs leaves the column out.

-- AlterTable
ALTER TABLE "PolicyAttachment" ADD COLUMN "accountId" TEXT;

UPDATE "PolicyAttachment" a SET "accountId" = coalesce(
  (SELECT h."accountId" FROM "User" h WHERE h.id = a."userId"),
  (SELECT h."accountId" FROM "Group" h WHERE h.id = a."groupId"),
  (SELECT h."accountId" FROM "Role" h WHERE h.id = a."roleId"));

ALTER TABLE "PolicyAttachment" ALTER COLUMN "accountId" SET NOT NULL;

CREATE FUNCTION "accountOfAttachment"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW."accountId" := coalesce(
    (SELECT h."accountId" FROM "User" h WHERE h.id = NEW."userId"),
    (SELECT h."accountId" FROM "Group" h WHERE h.id = NEW."groupId"),
    (SELECT h."accountId" FROM "Role" h WHERE h.id = NEW."roleId"));
  RETURN NEW;
END
$$;

CREATE TRIGGER "PolicyAttachment_account" BEFORE INSERT ON "PolicyAttachment"
  FOR EACH ROW WHEN (NEW."accountId" IS NULL) EXECUTE FUNCTION "accountOfAttachment"();

-- DropIndex
DROP INDEX "PolicyAttachment_policyId_idx";
DROP INDEX "User_boundaryId_idx";
DROP INDEX "Role_boundaryId_idx";

-- CreateIndex
CREATE INDEX "PolicyAttachment_policyId_accountId_idx" ON "PolicyAttachment"("policyId", "accountId");
CREATE INDEX "User_boundaryId_accountId_idx" ON "User"("boundaryId", "accountId") WHERE "boundaryId" IS NOT NULL;
CREATE INDEX "Role_boundaryId_accountId_idx" ON "Role"("boundaryId", "accountId") WHERE "boundaryId" IS NOT NULL;
