CREATE TRIGGER tombstone_targets_no_delete BEFORE DELETE ON tombstone_targets FOR EACH ROW EXECUTE FUNCTION reelineage_refuse()

CREATE TRIGGER tombstone_targets_no_truncate BEFORE TRUNCATE ON tombstone_targets EXECUTE FUNCTION reelineage_refuse()

CREATE TRIGGER tombstone_targets_no_update BEFORE UPDATE ON tombstone_targets FOR EACH ROW EXECUTE FUNCTION reelineage_refuse()

CREATE TRIGGER credentials_no_delete BEFORE DELETE ON credentials FOR EACH ROW EXECUTE FUNCTION reelineage_refuse()

CREATE TRIGGER credentials_no_truncate BEFORE TRUNCATE ON credentials EXECUTE FUNCTION reelineage_refuse()

CREATE TRIGGER credentials_no_update BEFORE UPDATE ON credentials FOR EACH ROW EXECUTE FUNCTION reelineage_keep('{manifest,tombstone_id}')

CREATE TRIGGER fingerprints_no_delete BEFORE DELETE ON fingerprints FOR EACH ROW EXECUTE FUNCTION reelineage_refuse()

CREATE TRIGGER fingerprints_no_truncate BEFORE TRUNCATE ON fingerprints EXECUTE FUNCTION reelineage_refuse()

CREATE TRIGGER fingerprints_no_update BEFORE UPDATE ON fingerprints FOR EACH ROW EXECUTE FUNCTION reelineage_refuse()

CREATE TRIGGER reproductions_no_delete BEFORE DELETE ON reproductions FOR EACH ROW EXECUTE FUNCTION reelineage_refuse()

CREATE TRIGGER reproductions_no_truncate BEFORE TRUNCATE ON reproductions EXECUTE FUNCTION reelineage_refuse()

CREATE TRIGGER reproductions_no_update BEFORE UPDATE ON reproductions FOR EACH ROW EXECUTE FUNCTION reelineage_keep('{stages,tombstone_id}')
