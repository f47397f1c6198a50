-- AlterTable
ALTER TABLE "DirectoryChange" ADD COLUMN     "accountIds" TEXT[] DEFAULT ARRAY[]::TEXT[];

-- CreateTable
CREATE TABLE "FormerOwner" (
    "entity" TEXT NOT NULL,
    "entityId" TEXT NOT NULL,
    "accountId" TEXT NOT NULL,

    CONSTRAINT "FormerOwner_pkey" PRIMARY KEY ("entity","entityId","accountId")
);

-- What a change moves from one account to another, or deletes, belonged to the first: the change is told there, too. Rows are kept
-- until the transaction notes what it has touched.
CREATE FUNCTION "keepFormerOwner"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_TABLE_NAME = 'Resource' THEN
    INSERT INTO "FormerOwner" VALUES ('Resource', OLD.arn, OLD."accountId") ON CONFLICT DO NOTHING;
  ELSIF TG_TABLE_NAME = 'VpcEndpoint' THEN
    INSERT INTO "FormerOwner" VALUES ('VpcEndpoint', OLD.id, OLD."accountId") ON CONFLICT DO NOTHING;
  ELSE
    INSERT INTO "FormerOwner" VALUES ('Organization', OLD.id, OLD."managementAccountId") ON CONFLICT DO NOTHING;
  END IF;
  RETURN NULL;
END
$$;

CREATE TRIGGER "Resource_moved" AFTER UPDATE OF "accountId" ON "Resource"
  FOR EACH ROW WHEN (OLD."accountId" IS DISTINCT FROM NEW."accountId") EXECUTE FUNCTION "keepFormerOwner"();
CREATE TRIGGER "Resource_deleted" AFTER DELETE ON "Resource"
  FOR EACH ROW EXECUTE FUNCTION "keepFormerOwner"();
CREATE TRIGGER "VpcEndpoint_moved" AFTER UPDATE OF "accountId" ON "VpcEndpoint"
  FOR EACH ROW WHEN (OLD."accountId" IS DISTINCT FROM NEW."accountId") EXECUTE FUNCTION "keepFormerOwner"();
CREATE TRIGGER "VpcEndpoint_deleted" AFTER DELETE ON "VpcEndpoint"
  FOR EACH ROW EXECUTE FUNCTION "keepFormerOwner"();
CREATE TRIGGER "Organization_moved" AFTER UPDATE OF "managementAccountId" ON "Organization"
  FOR EACH ROW WHEN (OLD."managementAccountId" IS DISTINCT FROM NEW."managementAccountId") EXECUTE FUNCTION "keepFormerOwner"();
CREATE TRIGGER "Organization_deleted" AFTER DELETE ON "Organization"
  FOR EACH ROW EXECUTE FUNCTION "keepFormerOwner"();

-- Of changes until now, what is known today.
UPDATE "DirectoryChange" c SET "accountIds" = ARRAY(
  SELECT DISTINCT a FROM unnest(ARRAY[
    CASE WHEN c.entity = 'Account' THEN c."entityId" END,
    CASE WHEN split_part(c."entityId", ':', 5) ~ '^[0-9]{12}$' THEN split_part(c."entityId", ':', 5) END,
    (SELECT "accountId" FROM "Resource" WHERE c.entity = 'Resource' AND arn = c."entityId"),
    (SELECT "accountId" FROM "VpcEndpoint" WHERE c.entity = 'VpcEndpoint' AND id = c."entityId"),
    (SELECT "managementAccountId" FROM "Organization" WHERE c.entity = 'Organization' AND id = c."entityId")
  ]) a WHERE a IS NOT NULL ORDER BY a);
