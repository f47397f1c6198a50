-- Every gateway on the server is told of each new revision when it is committed. In the embedded database nobody listens.
CREATE FUNCTION "tellOfRevision"() RETURNS trigger AS $$
BEGIN
  PERFORM pg_notify('rolegate_revision', NEW.revision::text);
  RETURN NULL;
END
$$ LANGUAGE plpgsql;

CREATE TRIGGER "DirectoryState_told" AFTER UPDATE OF revision ON "DirectoryState"
  FOR EACH ROW WHEN (NEW.revision IS DISTINCT FROM OLD.revision) EXECUTE FUNCTION "tellOfRevision"();
