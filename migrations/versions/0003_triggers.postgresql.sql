CREATE TRIGGER edits_no_delete BEFORE DELETE ON edits FOR EACH ROW EXECUTE FUNCTION reelineage_refuse()

CREATE TRIGGER edits_no_truncate BEFORE TRUNCATE ON edits EXECUTE FUNCTION reelineage_refuse()

CREATE TRIGGER edits_no_update BEFORE UPDATE ON edits FOR EACH ROW EXECUTE FUNCTION reelineage_keep('{changes,reason,tombstone_id}')

CREATE TRIGGER script_edits_no_delete BEFORE DELETE ON script_edits FOR EACH ROW EXECUTE FUNCTION reelineage_refuse()

CREATE TRIGGER script_edits_no_truncate BEFORE TRUNCATE ON script_edits EXECUTE FUNCTION reelineage_refuse()

CREATE TRIGGER script_edits_no_update BEFORE UPDATE ON script_edits FOR EACH ROW EXECUTE FUNCTION reelineage_refuse()
