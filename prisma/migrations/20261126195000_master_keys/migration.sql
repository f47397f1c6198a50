-- CreateTable
CREATE TABLE "MasterKey" (
    "generation" INTEGER NOT NULL,
    "fingerprint" TEXT NOT NULL,
    "mark" TEXT,
    "createdAt" TIMESTAMP(3) NOT NULL,
    "retiredAt" TIMESTAMP(3),

    CONSTRAINT "MasterKey_pkey" PRIMARY KEY ("generation")
);

-- CreateIndex
CREATE UNIQUE INDEX "MasterKey_fingerprint_key" ON "MasterKey"("fingerprint");

-- CreateIndex
CREATE UNIQUE INDEX "MasterKey_mark_key" ON "MasterKey"("mark");

-- The one master key that there was
INSERT INTO "MasterKey" ("generation", "fingerprint", "createdAt")
SELECT 1, "masterKeyFingerprint", '1970-01-01' FROM "DirectoryState" WHERE "masterKeyFingerprint" IS NOT NULL;

CREATE FUNCTION "newestMasterKey"() RETURNS integer LANGUAGE sql STABLE AS
  'SELECT coalesce(max("generation"), 1) FROM "MasterKey"';

-- AlterTable
ALTER TABLE "SigningKey" ADD COLUMN     "masterGeneration" INTEGER NOT NULL DEFAULT "newestMasterKey"();

-- The generation that a secret is derived from, by the id of what it is the secret of
CREATE FUNCTION "masterGenerationOf"(id text) RETURNS integer LANGUAGE sql STABLE AS
  'SELECT coalesce((SELECT "generation" FROM "MasterKey"
     WHERE "mark" = substr(id, 5, 3) AND left(id, 4) IN (''AKIA'', ''ASIA'', ''MFA-'')), 1)';

-- A gateway may be about to store a credential that it has let in before the generation was retired. The argument: the column of the id
CREATE FUNCTION "refuseRetiredMasterKey"() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  added jsonb := to_jsonb(NEW);
  id text := coalesce(added ->> TG_ARGV[0],
    (SELECT s."accessKeyId" FROM "RoleSession" s WHERE s."id" = added ->> 'roleSessionId'));
BEGIN
  IF id IS NOT NULL AND EXISTS (
    SELECT 1 FROM "MasterKey" m WHERE m."retiredAt" IS NOT NULL AND m."generation" = "masterGenerationOf"(id)
  ) THEN
    RAISE EXCEPTION 'a credential of a retired master key is not stored' USING ERRCODE = 'RG001';
  END IF;
  RETURN NEW;
END;
$$;

CREATE TRIGGER "AccessKey_retiredMasterKey" BEFORE INSERT OR UPDATE OF "status" ON "AccessKey"
  FOR EACH ROW WHEN (NEW."status" = 'ACTIVE') EXECUTE FUNCTION "refuseRetiredMasterKey"('id');
CREATE TRIGGER "RoleSession_retiredMasterKey" BEFORE INSERT ON "RoleSession"
  FOR EACH ROW EXECUTE FUNCTION "refuseRetiredMasterKey"('accessKeyId');
CREATE TRIGGER "KeySession_retiredMasterKey" BEFORE INSERT ON "KeySession"
  FOR EACH ROW EXECUTE FUNCTION "refuseRetiredMasterKey"('keyId');
CREATE TRIGGER "Checker_retiredMasterKey" BEFORE INSERT OR UPDATE OF "tokenHash" ON "Checker"
  FOR EACH ROW EXECUTE FUNCTION "refuseRetiredMasterKey"('keyId');
CREATE TRIGGER "MfaDevice_retiredMasterKey" BEFORE INSERT OR UPDATE OF "userId" ON "MfaDevice"
  FOR EACH ROW WHEN (NEW."userId" IS NOT NULL) EXECUTE FUNCTION "refuseRetiredMasterKey"('seedId');
