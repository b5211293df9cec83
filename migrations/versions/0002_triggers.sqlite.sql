CREATE TRIGGER tombstone_targets_no_delete BEFORE DELETE ON tombstone_targets BEGIN SELECT RAISE(ABORT, 'tombstone_targets rows are append-only: DELETE refused'); END

CREATE TRIGGER tombstone_targets_no_update BEFORE UPDATE ON tombstone_targets BEGIN SELECT RAISE(ABORT, 'tombstone_targets rows are append-only: UPDATE refused'); END

CREATE TRIGGER credentials_no_delete BEFORE DELETE ON credentials BEGIN SELECT RAISE(ABORT, 'credentials rows are append-only: DELETE refused'); END

CREATE TRIGGER credentials_no_update BEFORE UPDATE ON credentials WHEN NOT ((OLD.id IS NEW.id AND OLD.job_id IS NEW.job_id AND OLD.video_id IS NEW.video_id AND OLD.video_sha256 IS NEW.video_sha256 AND OLD.subject IS NEW.subject AND OLD.file_sha256 IS NEW.file_sha256 AND OLD.manifest_label IS NEW.manifest_label AND OLD.manifest_sha256 IS NEW.manifest_sha256 AND OLD.certificate_sha256 IS NEW.certificate_sha256 AND OLD.digital_source_type IS NEW.digital_source_type AND OLD.timestamped IS NEW.timestamped AND OLD.run_id IS NEW.run_id AND OLD.created_at IS NEW.created_at AND OLD.tombstone_id IS NULL AND NEW.tombstone_id IS NOT NULL)) BEGIN SELECT RAISE(ABORT, 'credentials rows are append-only: UPDATE refused'); END

CREATE TRIGGER fingerprints_no_delete BEFORE DELETE ON fingerprints BEGIN SELECT RAISE(ABORT, 'fingerprints rows are append-only: DELETE refused'); END

CREATE TRIGGER fingerprints_no_update BEFORE UPDATE ON fingerprints BEGIN SELECT RAISE(ABORT, 'fingerprints rows are append-only: UPDATE refused'); END

CREATE TRIGGER reproductions_no_delete BEFORE DELETE ON reproductions BEGIN SELECT RAISE(ABORT, 'reproductions rows are append-only: DELETE refused'); END

CREATE TRIGGER reproductions_no_update BEFORE UPDATE ON reproductions WHEN NOT ((OLD.id IS NEW.id AND OLD.job_id IS NEW.job_id AND OLD.video_id IS NEW.video_id AND OLD.verdict IS NEW.verdict AND OLD.code_version IS NEW.code_version AND OLD.actor IS NEW.actor AND OLD.created_at IS NEW.created_at AND OLD.tombstone_id IS NULL AND NEW.tombstone_id IS NOT NULL)) BEGIN SELECT RAISE(ABORT, 'reproductions rows are append-only: UPDATE refused'); END
